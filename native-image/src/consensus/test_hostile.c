#include <malloc.h>

#include "consensus/probe.h"
#include "consensus/testing.h"

/* What others may send, and what it may cost. */

static struct probe_block block;

static void shreds_of_others_than_parent_and_leader_are_dropped(void **state) {
    (void)state;
    struct probe_place place = probe_place(0);
    struct probe *probe = probe_make(place.now);
    probe_block(&block, place.slot, 5000);
    probe_receive_shred(probe, &block, 0, place.other, place.now);
    probe_receive_shred(probe, &block, 0, place.children[0], place.now);
    assert_int_equal(probe_count(probe, DROP_SENDER), 2);
    uint8_t body[SHRED_HEAD + PROBE_STRIDE];
    size_t length = probe_shred(&block, 0, body);
    validator_receive(probe->validator, MESSAGE_SHRED, body, length, 5, place.now);
    validator_receive(probe->validator, MESSAGE_SHRED, body, length, UINT32_MAX, place.now);
    assert_int_equal(probe_count(probe, DROP_STRANGER), 2);
    validator_receive(probe->validator, MESSAGE_SHRED, body, length, probe_peer(PROBE_SELF), place.now);
    assert_int_equal(probe_count(probe, DROP_STRANGER), 3);
    validator_receive(probe->validator, MESSAGE_HELLO, body, length, probe_peer(place.leader), place.now);
    assert_int_equal(probe_count(probe, DROP_TYPE), 1);
    assert_int_equal(probe->sent_count, 0);
    assert_int_equal(probe_count(probe, SHREDS_RECEIVED), 0);
    probe_release(probe);
}

static void a_leader_that_does_not_lead_the_slot_is_not_believed(void **state) {
    (void)state;
    struct probe_place place = probe_place(0);
    struct probe *probe = probe_make(place.now);
    probe_block(&block, place.slot, 5000);
    block.head.leader = (uint16_t)place.parent;
    probe_receive_shred(probe, &block, 0, place.parent, place.now);
    block.head.leader = UINT16_MAX;
    probe_receive_shred(probe, &block, 0, place.leader, place.now);
    assert_int_equal(probe_count(probe, DROP_LEADER), 2);
    assert_int_equal(probe->sent_count, 0);
    probe_release(probe);
}

static void only_slots_of_now_are_taken(void **state) {
    (void)state;
    struct probe_place place = probe_place(100);
    struct probe *probe = probe_make(place.now);
    uint32_t taken = 0;
    for (uint64_t slot = place.slot - 20; slot <= place.slot + 20; slot++) {
        uint32_t leader = (uint32_t)(slot % PROBE_VALIDATORS);
        if (leader == PROBE_SELF) continue;
        probe_block(&block, slot, 5000);
        bool open = slot + 4 >= place.slot && slot <= place.slot + 1;
        uint64_t before = probe_count(probe, SHREDS_RECEIVED);
        validator_receive(probe->validator, MESSAGE_SHRED, (uint8_t[1]){0}, 1, probe_peer(leader), place.now);
        probe_receive_shred(probe, &block, 0, leader, place.now);
        assert_int_equal(probe_count(probe, SHREDS_RECEIVED) - before, open);
        taken += open;
    }
    assert_in_range(taken, 5, 6);
    static const uint64_t FAR[] = {0, UINT64_MAX, UINT64_MAX - 7, 1ull << 63, 1ull << 32};
    for (size_t i = 0; i < sizeof FAR / sizeof *FAR; i++) {
        probe_block(&block, FAR[i], 5000);
        probe_receive_shred(probe, &block, 0, (uint32_t)(FAR[i] % PROBE_VALIDATORS), place.now);
    }
    assert_int_equal(probe_count(probe, SHREDS_RECEIVED), taken);
    assert_true(probe_count(probe, DROP_SLOT) >= 35);
    probe_release(probe);
}

static void blocks_that_are_too_large_or_contradict_themselves_are_dropped(void **state) {
    (void)state;
    struct probe_place place = probe_place(0);
    struct probe *probe = probe_make(place.now);
    probe_block(&block, place.slot, 64 * 1024);
    block.head.length += PROBE_STRIDE;
    block.head.count++;
    probe_receive_shred(probe, &block, 0, place.leader, place.now);
    assert_int_equal(probe_count(probe, DROP_TOO_LARGE), 1);
    block.head.count--;
    probe_receive_shred(probe, &block, 0, place.leader, place.now);
    assert_int_equal(probe_count(probe, DROP_MALFORMED), 1);
    assert_int_equal(probe->sent_count, 0);
    probe_release(probe);
}

static void what_the_leader_says_itself_outweighs_what_a_relay_said(void **state) {
    (void)state;
    struct probe_place place = probe_place(0);
    struct probe *probe = probe_make(place.now);
    static struct probe_block forged;
    probe_block(&block, place.slot, 3 * PROBE_STRIDE);
    probe_block(&forged, place.slot, 3 * PROBE_STRIDE);
    forged.head.block ^= 1;
    probe_receive_shred(probe, &forged, 0, place.parent, place.now);
    probe_receive_shred(probe, &block, 0, place.leader, place.now);
    assert_int_equal(probe_count(probe, BLOCKS_CONTRADICTED), 1);
    probe_receive_shred(probe, &forged, 1, place.parent, place.now); /* the relay is not heard any more */
    assert_int_equal(probe_count(probe, DROP_SENDER), 1);
    probe_receive_shred(probe, &forged, 1, place.leader, place.now); /* nor the leader a second time */
    assert_int_equal(probe_count(probe, DROP_INCONSISTENT), 1);
    probe_receive_shred(probe, &block, 1, place.leader, place.now);
    probe_receive_shred(probe, &block, 2, place.leader, place.now);
    assert_int_equal(probe->told[EVENT_COMPLETED], 1);
    probe_receive_shred(probe, &forged, 1, place.leader, place.now); /* it stays as it is */
    assert_int_equal(probe->told[EVENT_COMPLETED], 1);
    probe_release(probe);
}

static void a_corrupt_block_is_fetched_anew_from_the_leader_and_once_only(void **state) {
    (void)state;
    struct probe_place place = probe_place(0);
    struct probe *probe = probe_make(place.now);
    struct repair_request request;
    probe_block(&block, place.slot, 3 * PROBE_STRIDE);
    block.bytes[5] ^= 1;
    for (uint32_t i = 0; i < 3; i++) probe_receive_shred(probe, &block, i, place.parent, place.now);
    assert_int_equal(probe_count(probe, BLOCKS_CORRUPT), 1);
    assert_int_equal(probe->told[EVENT_COMPLETED], 0);
    const struct probe_sent *sent = &probe->sent[probe->sent_count - 1];
    assert_int_equal(sent->type, MESSAGE_REPAIR);
    assert_int_equal(sent->peers[0], probe_peer(place.leader));
    assert_true(repair_read(sent->bytes, sent->body, &request));
    assert_int_equal(request.slot, place.slot);
    for (uint32_t i = 0; i < 3; i++) probe_receive_shred(probe, &block, i, place.leader, place.now);
    assert_int_equal(probe_count(probe, BLOCKS_CORRUPT), 2);
    size_t so_far = probe->sent_count;
    block.bytes[5] ^= 1;
    for (uint32_t i = 0; i < 3; i++) probe_receive_shred(probe, &block, i, place.leader, place.now);
    for (uint64_t ms = 0; ms < 2000; ms++) validator_tick(probe->validator, place.now + ms * MS);
    assert_int_equal(probe->told[EVENT_COMPLETED], 0); /* the slot is left */
    for (size_t i = so_far; i < probe->sent_count; i++) {
        assert_int_equal(probe->sent[i].type, MESSAGE_REPAIR);
        repair_read(probe->sent[i].bytes, probe->sent[i].body, &request);
        assert_int_not_equal(request.slot, place.slot);
    }
    probe_release(probe);
}

static void a_corrupt_block_comes_right_where_only_the_relay_lied(void **state) {
    (void)state;
    struct probe_place place = probe_place(0);
    struct probe *probe = probe_make(place.now);
    probe_block(&block, place.slot, 3 * PROBE_STRIDE);
    block.bytes[5] ^= 1;
    for (uint32_t i = 0; i < 3; i++) probe_receive_shred(probe, &block, i, place.parent, place.now);
    block.bytes[5] ^= 1;
    for (uint32_t i = 0; i < 3; i++) probe_receive_shred(probe, &block, i, place.leader, place.now);
    assert_int_equal(probe->told[EVENT_COMPLETED], 1);
    probe_release(probe);
}

static void a_leader_that_lies_about_the_time_spoils_no_figure(void **state) {
    (void)state;
    struct probe_place place = probe_place(100);
    struct probe *probe = probe_make(place.now);
    probe_block(&block, place.slot, 1000);
    block.head.time_ns = 0;
    probe_receive_shred(probe, &block, 0, place.leader, place.now);
    assert_int_equal(probe_count(probe, PROPAGATION_NS), 6 * PROBE_SLOT_NS);
    probe_block(&block, place.slot - 1, 1000);
    block.head.time_ns = UINT64_MAX;
    probe_receive_shred(probe, &block, 0, block.head.leader, place.now);
    assert_int_equal(probe_count(probe, BLOCKS_COMPLETED), 2);
    assert_int_equal(probe_count(probe, PROPAGATION_NS), 6 * PROBE_SLOT_NS);
    probe_release(probe);
}

static void repairs_are_answered_to_children_alone_and_only_for_the_block_that_is_here(void **state) {
    (void)state;
    struct probe_place place = probe_place(0);
    uint8_t request[REPAIR_MAX_BYTES];
    size_t length;
    struct probe *probe = probe_make_full(place, &block, request, &length);
    probe_receive(probe, MESSAGE_REPAIR, request, length, place.other, place.now);
    probe_receive(probe, MESSAGE_REPAIR, request, length, place.parent, place.now);
    probe_receive(probe, MESSAGE_REPAIR, request, length, place.leader, place.now);
    assert_int_equal(probe_count(probe, DROP_SENDER), 3);
    request[15] ^= 1; /* another block */
    probe_receive(probe, MESSAGE_REPAIR, request, length, place.children[0], place.now);
    assert_int_equal(probe_count(probe, REPAIRS_UNKNOWN), 1);
    request[15] ^= 1;
    request[0] = 0xff; /* a slot from afar */
    probe_receive(probe, MESSAGE_REPAIR, request, length, place.children[0], place.now);
    assert_int_equal(probe_count(probe, DROP_SLOT), 1);
    assert_int_equal(probe->sent_count, 0);
    request[0] = 0;
    memset(request + 8, 0, 8); /* whichever block it is */
    probe_receive(probe, MESSAGE_REPAIR, request, length, place.children[0], place.now);
    assert_int_equal(probe->sent_count, block.head.count);
    probe_release(probe);
}

static void a_flood_of_repairs_costs_no_more_than_a_child_of_the_tree_does(void **state) {
    (void)state;
    struct probe_place place = probe_place(0);
    uint8_t request[REPAIR_MAX_BYTES];
    size_t length;
    struct probe *probe = probe_make_full(place, &block, request, &length);
    uint32_t most = (64 * 1024 + PROBE_STRIDE - 1) / PROBE_STRIDE; /* shreds of the largest block */
    for (uint32_t i = 0; i < 10000; i++)
        validator_receive(probe->validator, MESSAGE_REPAIR, request, length, probe_peer(place.children[0]), place.now);
    assert_int_equal(probe_count(probe, REPAIRS_ANSWERED), 2 * most);
    assert_int_equal(probe_count(probe, REPAIRS_LIMITED), (10000 - 2) * REPAIR_MOST + REPAIR_MOST - block.head.count);
    probe_receive(probe, MESSAGE_REPAIR, request, length, place.children[1], place.now); /* another's is left */
    assert_int_equal(probe_count(probe, REPAIRS_ANSWERED), 3 * most);
    for (uint32_t i = 0; i < 10000; i++)
        validator_receive(probe->validator, MESSAGE_REPAIR, request, length, probe_peer(place.children[0]),
                          place.now + PROBE_SLOT_NS);
    assert_int_equal(probe_count(probe, REPAIRS_ANSWERED), 4 * most);
    probe_release(probe);
}

static void all_peers_together_get_repairs_of_fan_out_blocks_a_slot(void **state) {
    (void)state;
    uint64_t now = PROBE_SELF * PROBE_SLOT_NS;
    struct probe *probe = probe_make(now);
    uint8_t request[REPAIR_MAX_BYTES];
    probe_block(&block, PROBE_SELF, 64 * 1024);
    assert_int_equal(validator_propose(probe->validator, block.bytes, 64 * 1024, now), PROPOSED);
    struct repair_request wanted = {.slot = PROBE_SELF, .ranges = 1};
    wanted.list[0] = (struct repair_range){0, REPAIR_MOST};
    size_t length = repair_write(&wanted, request);
    for (uint32_t i = 0; i < 100 * PROBE_VALIDATORS; i++)
        validator_receive(probe->validator, MESSAGE_REPAIR, request, length, probe_peer(i % PROBE_VALIDATORS), now);
    uint32_t most = (64 * 1024 + PROBE_STRIDE - 1) / PROBE_STRIDE;
    assert_int_equal(probe_count(probe, REPAIRS_ANSWERED), 2 * PROBE_FAN_OUT * most);
    probe_release(probe);
}

/* A message with a few bytes changed, of a slot of now so that it gets far. */
static size_t make_hostile(uint64_t *random, uint64_t slot, uint8_t *body, enum message_type *type) {
    size_t length;
    *type = MESSAGE_SHRED + (enum message_type)(draw(random) % 4);
    if (*type == MESSAGE_SHRED) {
        block.head.slot = slot + draw(random) % 3;
        block.head.leader = (uint16_t)(block.head.slot % PROBE_VALIDATORS);
        length = probe_shred(&block, (uint32_t)(draw(random) % block.head.count), body);
    } else if (*type == MESSAGE_REPAIR) {
        struct repair_request request = {.slot = slot + draw(random) % 3, .ranges = 1};
        request.list[0] = (struct repair_range){(uint16_t)(draw(random) % 50), REPAIR_MOST};
        length = repair_write(&request, body);
    } else if (*type == MESSAGE_VOTE) {
        struct vote vote = {.slot = slot, .block = 1 + draw(random) % 9, .voter = (uint16_t)(draw(random) % 30)};
        vote_write(&vote, body);
        length = VOTE_BYTES;
    } else {
        struct vote_ack ack = {.slot = slot, .block = block.head.block, .confirmed_ns = draw(random) % 2};
        vote_ack_write(&ack, body);
        length = VOTE_ACK_BYTES;
    }
    for (uint64_t changes = draw(random) % 3; changes > 0; changes--)
        body[draw(random) % (length < 40 ? length : 40)] = (uint8_t)draw(random);
    return draw(random) % 10 == 0 ? draw(random) % length : length;
}

static void whatever_comes_costs_no_memory_and_no_more_than_it_may(void **state) {
    (void)state;
    enum { MESSAGES = 200000 };
    struct probe *probe = probe_make(0);
    uint64_t random = 5;
    uint8_t body[SHRED_HEAD + PROBE_STRIDE];
    probe_block(&block, 1, 64 * 1024);
    size_t before = mallinfo2().uordblks;
    for (uint64_t i = 0; i < MESSAGES; i++) {
        enum message_type type;
        uint64_t now = PROBE_SLOT_NS + i * 100000; /* 20 slots in all */
        size_t length = make_hostile(&random, now / PROBE_SLOT_NS - 1, body, &type);
        probe_receive(probe, type, body, length, (uint32_t)(draw(&random) % PROBE_VALIDATORS), now);
    }
    assert_int_equal(mallinfo2().uordblks, before);
    /* Answered to all: fan_out blocks a slot, and twice as much at first. Relayed: a shred that was new goes on once.
     */
    assert_true(probe_count(probe, REPAIRS_ANSWERED) <= 22 * PROBE_FAN_OUT * 59);
    assert_true(probe_count(probe, SHREDS_RELAYED) <= probe_count(probe, SHREDS_RECEIVED) * PROBE_FAN_OUT);
    assert_true(probe_count(probe, SHREDS_RECEIVED) > 100);
    assert_true(probe_count(probe, VOTES_COUNTED_IN) > 0);
    assert_true(probe_count(probe, DROP_MALFORMED) > 1000);
    assert_true(probe->sent_count <= MESSAGES + probe_count(probe, REPAIRS_ANSWERED));
    probe_release(probe);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shreds_of_others_than_parent_and_leader_are_dropped),
        cmocka_unit_test(a_leader_that_does_not_lead_the_slot_is_not_believed),
        cmocka_unit_test(only_slots_of_now_are_taken),
        cmocka_unit_test(blocks_that_are_too_large_or_contradict_themselves_are_dropped),
        cmocka_unit_test(what_the_leader_says_itself_outweighs_what_a_relay_said),
        cmocka_unit_test(a_corrupt_block_is_fetched_anew_from_the_leader_and_once_only),
        cmocka_unit_test(a_corrupt_block_comes_right_where_only_the_relay_lied),
        cmocka_unit_test(a_leader_that_lies_about_the_time_spoils_no_figure),
        cmocka_unit_test(repairs_are_answered_to_children_alone_and_only_for_the_block_that_is_here),
        cmocka_unit_test(a_flood_of_repairs_costs_no_more_than_a_child_of_the_tree_does),
        cmocka_unit_test(all_peers_together_get_repairs_of_fan_out_blocks_a_slot),
        cmocka_unit_test(whatever_comes_costs_no_memory_and_no_more_than_it_may),
    };
    return cmocka_run_group_tests_name("hostile", tests, NULL, NULL);
}
