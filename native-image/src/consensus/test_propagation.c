#include "consensus/probe.h"
#include "consensus/testing.h"

static struct probe_block block;

static void a_new_shred_goes_on_to_the_children_at_once_and_a_second_one_does_not(void **state) {
    (void)state;
    struct probe_place place = probe_place(0);
    struct probe *probe = probe_make(place.now);
    uint8_t body[SHRED_HEAD + PROBE_STRIDE];
    probe_block(&block, place.slot, 5000);
    probe_receive_shred(probe, &block, 2, place.parent, place.now);
    assert_int_equal(probe->sent_count, 1);
    const struct probe_sent *sent = &probe->sent[0];
    assert_int_equal(sent->type, MESSAGE_SHRED);
    assert_int_equal(sent->count, PROBE_FAN_OUT);
    for (uint32_t i = 0; i < PROBE_FAN_OUT; i++) assert_int_equal(sent->peers[i], probe_peer(place.children[i]));
    assert_int_equal(sent->body, probe_shred(&block, 2, body));
    assert_memory_equal(sent->bytes, body, sizeof sent->bytes);
    probe_receive_shred(probe, &block, 2, place.parent, place.now);
    probe_receive_shred(probe, &block, 2, place.leader, place.now);
    assert_int_equal(probe->sent_count, 1);
    assert_int_equal(probe_count(probe, SHREDS_RELAYED), PROBE_FAN_OUT);
    assert_int_equal(probe_count(probe, SHREDS_RECEIVED), 1);
    assert_int_equal(probe_count(probe, SHREDS_DUPLICATED), 2);
    probe_release(probe);
}

static void a_complete_block_is_handed_up_once_and_voted_for(void **state) {
    (void)state;
    struct probe_place place = probe_place(0);
    struct probe *probe = probe_make(place.now);
    probe_block(&block, place.slot, 2 * PROBE_STRIDE);
    probe_receive_shred(probe, &block, 1, place.parent, place.now);
    probe_receive_shred(probe, &block, 0, place.leader, place.now + 5);
    probe_receive_shred(probe, &block, 0, place.parent, place.now + 6);
    assert_int_equal(probe->told[EVENT_COMPLETED], 1);
    assert_int_equal(probe_count(probe, BLOCKS_COMPLETED), 1);
    assert_int_equal(probe_count(probe, PROPAGATION_NS), MS + 5);
    assert_int_equal(probe->sent_count, 3);
    const struct probe_sent *sent = &probe->sent[2];
    struct vote vote;
    assert_int_equal(sent->type, MESSAGE_VOTE);
    assert_true(vote_read(sent->bytes, sent->body, &vote));
    assert_int_equal(vote.slot, place.slot);
    assert_int_equal(vote.block, block.head.block);
    assert_int_equal(vote.voter, PROBE_SELF);
    assert_int_equal(sent->peers[0], probe_peer((place.leader + 1) % PROBE_VALIDATORS));
    probe_release(probe);
}

static void a_repair_is_answered_with_the_shreds_as_they_came(void **state) {
    (void)state;
    struct probe_place place = probe_place(0);
    uint8_t request[REPAIR_MAX_BYTES], body[SHRED_HEAD + PROBE_STRIDE];
    size_t length;
    struct probe *probe = probe_make_full(place, &block, request, &length);
    probe_receive(probe, MESSAGE_REPAIR, request, length, place.children[1], place.now);
    assert_int_equal(probe->sent_count, block.head.count);
    for (uint32_t i = 0; i < block.head.count; i++) {
        const struct probe_sent *sent = &probe->sent[i];
        assert_int_equal(sent->count, 1);
        assert_int_equal(sent->peers[0], probe_peer(place.children[1]));
        assert_int_equal(sent->body, probe_shred(&block, i, body));
        assert_memory_equal(sent->bytes, body, sizeof sent->bytes);
    }
    assert_int_equal(probe_count(probe, REPAIRS_ANSWERED), block.head.count);
    probe_release(probe);
}

static void a_gap_is_asked_of_the_parent_and_then_of_the_leader(void **state) {
    (void)state;
    struct probe_place place = probe_place(0);
    struct probe *probe = probe_make(place.now);
    struct repair_request request;
    probe_block(&block, place.slot, 10 * PROBE_STRIDE);
    for (uint32_t i = 0; i < 10; i++)
        if (i != 4 && i != 5) probe_receive_shred(probe, &block, i, place.parent, place.now);
    probe_forget(probe);
    uint64_t next = validator_tick(probe->validator, place.now);
    assert_int_equal(next, place.now + SETTINGS_REPAIR_NS);
    validator_tick(probe->validator, next - 1);
    assert_int_equal(probe->sent_count, 0);
    next = validator_tick(probe->validator, next);
    assert_int_equal(probe->sent_count, 1);
    assert_int_equal(probe->sent[0].peers[0], probe_peer(place.parent));
    assert_true(repair_read(probe->sent[0].bytes, probe->sent[0].body, &request));
    assert_int_equal(request.ranges, 1);
    assert_int_equal(request.list[0].first, 4);
    assert_int_equal(request.list[0].count, 2);
    validator_tick(probe->validator, next);
    assert_int_equal(probe->sent_count, 2);
    assert_int_equal(probe->sent[1].peers[0], probe_peer(place.leader));
    probe_receive_shred(probe, &block, 4, place.leader, next);
    probe_receive_shred(probe, &block, 5, place.parent, next); /* late, and still welcome */
    assert_int_equal(probe->told[EVENT_COMPLETED], 1);
    assert_int_equal(probe_count(probe, SHREDS_REPAIRED), 2);
    assert_int_equal(probe_count(probe, REPAIRS_ASKED), 2);
    probe_release(probe);
}

static void a_leader_sends_its_block_to_its_children_and_its_ends_to_all(void **state) {
    (void)state;
    uint64_t now = PROBE_SELF * PROBE_SLOT_NS;
    struct probe *probe = probe_make(now);
    probe_block(&block, PROBE_SELF, 64 * 1024);
    assert_int_equal(validator_propose(probe->validator, block.bytes, 64 * 1024, now), PROPOSED);
    assert_int_equal(probe->sent_count, 0);
    assert_int_equal(validator_tick(probe->validator, now), now); /* the first burst, and a vote */
    assert_int_equal(probe_count(probe, SHREDS_SENT), 32 * PROBE_FAN_OUT + PROBE_VALIDATORS - 1 - PROBE_FAN_OUT);
    assert_true(validator_tick(probe->validator, now) > now);
    assert_int_equal(probe_count(probe, SHREDS_SENT), 59 * PROBE_FAN_OUT + 2 * (PROBE_VALIDATORS - 1 - PROBE_FAN_OUT));
    uint32_t to_children = 0, to_all = 0, votes = 0;
    for (size_t i = 0; i < probe->sent_count; i++) {
        to_children += probe->sent[i].count == PROBE_FAN_OUT;
        to_all += probe->sent[i].count == PROBE_VALIDATORS - 1 - PROBE_FAN_OUT;
        votes += probe->sent[i].type == MESSAGE_VOTE;
    }
    assert_int_equal(to_children, 59);
    assert_int_equal(to_all, 2);
    assert_int_equal(votes, 1);
    probe_release(probe);
}

static void a_leader_without_room_in_its_outbox_goes_on_later(void **state) {
    (void)state;
    uint64_t now = PROBE_SELF * PROBE_SLOT_NS;
    struct probe *probe = probe_make(now);
    probe_block(&block, PROBE_SELF, 64 * 1024);
    validator_propose(probe->validator, block.bytes, 64 * 1024, now);
    validator_tick(probe->validator, now);
    uint64_t sent = probe_count(probe, SHREDS_SENT);
    probe->is_full = true;
    uint64_t next = validator_tick(probe->validator, now);
    assert_in_range(next, now + 1, now + MS);
    assert_int_equal(probe_count(probe, SHREDS_SENT), sent);
    probe->is_full = false;
    validator_tick(probe->validator, next);
    assert_int_equal(probe_count(probe, SHREDS_SENT), 59 * PROBE_FAN_OUT + 2 * (PROBE_VALIDATORS - 1 - PROBE_FAN_OUT));
    assert_int_equal(probe_count(probe, SEND_REFUSED), 0);
    struct probe_place place = probe_place(PROBE_SELF + 1);
    probe_block(&block, place.slot, 5000);
    probe->is_full = true;
    probe_receive_shred(probe, &block, 0, place.parent, place.now);
    assert_true(probe_count(probe, SEND_REFUSED) >= PROBE_FAN_OUT);
    assert_int_equal(probe_count(probe, SHREDS_RELAYED), 0);
    assert_int_equal(probe_count(probe, SHREDS_RECEIVED), 1);
    probe_release(probe);
}

static void jumbo_datagrams_are_a_setting(void **state) {
    (void)state;
    struct settings settings = probe_settings();
    settings.datagram = 8952;
    struct probe *probe = probe_make_with(&settings, 0);
    uint64_t now = PROBE_SELF * PROBE_SLOT_NS;
    probe_block(&block, PROBE_SELF, 64 * 1024);
    assert_int_equal(validator_propose(probe->validator, block.bytes, 64 * 1024, now), PROPOSED);
    validator_tick(probe->validator, now);
    size_t longest = 0;
    for (size_t i = 0; i < probe->sent_count; i++)
        if (probe->sent[i].body > longest) longest = probe->sent[i].body;
    assert_int_equal(longest + HEADER_BYTES, 8952);
    assert_int_equal(probe_count(probe, SHREDS_SENT), 8 * PROBE_FAN_OUT + 2 * (PROBE_VALIDATORS - 1 - PROBE_FAN_OUT));
    probe_release(probe);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_shred_goes_on_to_the_children_at_once_and_a_second_one_does_not),
        cmocka_unit_test(a_complete_block_is_handed_up_once_and_voted_for),
        cmocka_unit_test(a_repair_is_answered_with_the_shreds_as_they_came),
        cmocka_unit_test(a_gap_is_asked_of_the_parent_and_then_of_the_leader),
        cmocka_unit_test(a_leader_sends_its_block_to_its_children_and_its_ends_to_all),
        cmocka_unit_test(a_leader_without_room_in_its_outbox_goes_on_later),
        cmocka_unit_test(jumbo_datagrams_are_a_setting),
    };
    return cmocka_run_group_tests_name("propagation", tests, NULL, NULL);
}
