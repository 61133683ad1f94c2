#include "consensus/probe.h"
#include "consensus/testing.h"

static struct probe_block block;

static void only_a_leader_proposes_and_once(void **state) {
    (void)state;
    uint64_t now = PROBE_SELF * PROBE_SLOT_NS;
    struct probe *probe = probe_make(now);
    assert_int_equal(validator_propose(probe->validator, block.bytes, 1000, now - 1), PROPOSE_NOT_LEADER);
    assert_int_equal(validator_propose(probe->validator, block.bytes, 0, now), PROPOSE_LENGTH);
    assert_int_equal(validator_propose(probe->validator, block.bytes, 64 * 1024 + 1, now), PROPOSE_LENGTH);
    assert_int_equal(validator_propose(probe->validator, block.bytes, SIZE_MAX, now), PROPOSE_LENGTH);
    assert_int_equal(validator_propose(probe->validator, block.bytes, 1000, now), PROPOSED);
    assert_int_equal(validator_propose(probe->validator, block.bytes, 1000, now), PROPOSE_AGAIN);
    assert_int_equal(validator_propose(probe->validator, block.bytes, 1000, now + PROBE_SLOT_NS), PROPOSE_NOT_LEADER);
    assert_int_equal(probe_count(probe, BLOCKS_PROPOSED), 1);
    probe_release(probe);
}

/* The slot before the probe's: it counts the votes for it. */
enum { COLLECTED = PROBE_SELF - 1 };

static void receive_vote(struct probe *probe, uint32_t from, uint32_t voter, uint64_t slot, uint64_t id, uint64_t now) {
    uint8_t body[VOTE_BYTES];
    vote_write(&(struct vote){.slot = slot, .block = id, .voter = (uint16_t)voter}, body);
    probe_receive(probe, MESSAGE_VOTE, body, sizeof body, from, now);
}

static struct vote_ack last_ack(const struct probe *probe) {
    struct vote_ack ack;
    const struct probe_sent *sent = &probe->sent[probe->sent_count - 1];
    assert_int_equal(sent->type, MESSAGE_VOTE_ACK);
    assert_true(vote_ack_read(sent->bytes, sent->body, &ack));
    return ack;
}

static void votes_are_acknowledged_each_time_and_counted_once(void **state) {
    (void)state;
    uint64_t now = COLLECTED * PROBE_SLOT_NS + 3 * MS;
    struct probe *probe = probe_make(now);
    for (int i = 0; i < 5; i++) {
        receive_vote(probe, 20, 20, COLLECTED, 77, now);
        assert_int_equal(probe->sent_count, i + 1);
        assert_int_equal(last_ack(probe).confirmed_ns, 0);
        assert_int_equal(probe->sent[i].peers[0], probe_peer(20));
    }
    assert_int_equal(probe_count(probe, VOTES_COUNTED_IN), 1);
    assert_int_equal(probe_count(probe, VOTES_REPEATED), 4);
    probe_release(probe);
}

static void with_the_quorum_all_voters_hear_that_the_slot_is_confirmed(void **state) {
    (void)state;
    uint64_t now = COLLECTED * PROBE_SLOT_NS + 3 * MS;
    struct probe *probe = probe_make(now);
    for (uint32_t voter = 8; voter < 28; voter++) receive_vote(probe, voter, voter, COLLECTED, 77, now);
    assert_int_equal(probe->told[EVENT_CONFIRMED], 0);
    receive_vote(probe, 28, 28, COLLECTED, 77, now + 9); /* the 21st of 30 */
    assert_int_equal(probe->told[EVENT_CONFIRMED], 1);
    assert_int_equal(probe->told_ns, now + 9);
    assert_int_equal(probe_count(probe, SLOTS_CONFIRMED), 1);
    assert_int_equal(last_ack(probe).confirmed_ns, now + 9);
    assert_int_equal(probe->sent[probe->sent_count - 1].count, 21);
    receive_vote(probe, 29, 29, COLLECTED, 77, now + 20); /* who is late hears it as well */
    assert_int_equal(last_ack(probe).confirmed_ns, now + 9);
    assert_int_equal(probe->told[EVENT_CONFIRMED], 1);
    probe_release(probe);
}

static void votes_that_are_not_the_senders_or_not_for_us_are_dropped(void **state) {
    (void)state;
    uint64_t now = COLLECTED * PROBE_SLOT_NS + 3 * MS;
    struct probe *probe = probe_make(now);
    receive_vote(probe, 20, 21, COLLECTED, 77, now);
    receive_vote(probe, 20, UINT16_MAX, COLLECTED, 77, now);
    receive_vote(probe, 20, 20, COLLECTED - 1, 77, now); /* another collects these */
    assert_int_equal(probe_count(probe, DROP_SENDER), 3);
    receive_vote(probe, 20, 20, COLLECTED + 30ull * PROBE_VALIDATORS, 77, now);
    receive_vote(probe, 20, 20, UINT64_MAX - UINT64_MAX % PROBE_VALIDATORS - PROBE_VALIDATORS + COLLECTED, 77, now);
    assert_int_equal(probe_count(probe, DROP_SLOT), 2);
    probe_receive(probe, MESSAGE_VOTE, (const uint8_t *)"vote", 4, 20, now);
    assert_int_equal(probe_count(probe, DROP_MALFORMED), 1);
    receive_vote(probe, 20, 20, COLLECTED, 77, now);
    receive_vote(probe, 20, 20, COLLECTED, 78, now);
    assert_int_equal(probe_count(probe, DROP_CONFLICTING), 1);
    assert_int_equal(probe->sent_count, 1);
    probe_release(probe);
}

static void an_acknowledgement_counts_only_from_the_collector(void **state) {
    (void)state;
    struct probe_place place = probe_place(0);
    struct probe *probe = probe_make(place.now);
    uint32_t collector = (place.leader + 1) % PROBE_VALIDATORS;
    probe_block(&block, place.slot, 1000);
    probe_receive_shred(probe, &block, 0, place.leader, place.now);
    uint8_t body[VOTE_ACK_BYTES];
    struct vote_ack ack = {.slot = place.slot, .block = block.head.block};
    vote_ack_write(&ack, body);
    probe_receive(probe, MESSAGE_VOTE_ACK, body, sizeof body, place.leader, place.now);
    assert_int_equal(probe_count(probe, DROP_SENDER), 1);
    validator_tick(probe->validator, place.now + 5 * MS);
    probe_receive(probe, MESSAGE_VOTE_ACK, body, sizeof body, collector, place.now + 6 * MS);
    probe_receive(probe, MESSAGE_VOTE_ACK, body, sizeof body, collector, place.now + 7 * MS);
    assert_int_equal(probe_count(probe, VOTES_ACKED), 1);
    assert_int_equal(probe_count(probe, RESPONSE_NS), 7 * MS);
    assert_int_equal(probe_count(probe, VOTES_RETRIED), 1);
    assert_int_equal(probe_count(probe, DROP_UNAWAITED), 1);
    ack.confirmed_ns = 5;
    vote_ack_write(&ack, body);
    probe_receive(probe, MESSAGE_VOTE_ACK, body, sizeof body, collector, place.now + 8 * MS);
    probe_receive(probe, MESSAGE_VOTE_ACK, body, sizeof body, collector, place.now + 9 * MS);
    assert_int_equal(probe->told[EVENT_CONFIRMED], 1);
    assert_int_equal(probe->told[EVENT_ACKED], 1);
    probe_release(probe);
}

static void slots_are_missed_once_each_also_over_a_standstill(void **state) {
    (void)state;
    struct probe *probe = probe_make(0);
    for (uint64_t now = 0; now <= 5 * PROBE_SLOT_NS; now += 10 * MS) validator_tick(probe->validator, now);
    assert_int_equal(probe_count(probe, BLOCKS_MISSED), 5);
    assert_int_equal(probe->told[EVENT_MISSED], 5);
    validator_tick(probe->validator, 1000 * PROBE_SLOT_NS);
    assert_int_equal(probe_count(probe, BLOCKS_MISSED), 1000);
    validator_tick(probe->validator, UINT64_MAX / 2);
    assert_int_equal(probe_count(probe, BLOCKS_MISSED), UINT64_MAX / 2 / PROBE_SLOT_NS);
    probe_release(probe);
}

static void settings_that_cannot_be_are_refused(void **state) {
    (void)state;
    struct outbox outbox = {0};
    for (int i = 0; i < 17; i++) {
        struct settings settings = probe_settings();
        uint32_t peers[PROBE_VALIDATORS];
        memcpy(peers, settings.peers, sizeof peers);
        settings.peers = peers;
        if (i == 1) settings.self = PROBE_VALIDATORS;
        if (i == 2) settings.schedule.validators = 0;
        if (i == 3) settings.schedule.validators = 65536;
        if (i == 4) settings.schedule.slot_ns = 1;
        if (i == 5) settings.fan_out = 0;
        if (i == 6) settings.fan_out = TREE_MAX_FAN_OUT + 1;
        if (i == 7) settings.depth = 3;
        if (i == 8) settings.depth = 65;
        if (i == 9) settings.max_block = 0;
        if (i == 10) settings.max_block = SHRED_MAX_BLOCK + 1;
        if (i == 11) settings.datagram = 623;
        if (i == 12) settings.datagram = 8953;
        if (i == 13) settings.repair_ns = 0;
        if (i == 14) settings.vote_rto_ns = 0;
        if (i == 15) peers[3] = peers[4]; /* one peer, two validators */
        if (i == 16) peers[3] = POST_MAX_PEERS;
        struct validator *validator = validator_make(&settings, &outbox, 0);
        assert_int_equal(validator != NULL, i == 0);
        validator_release(validator);
    }
}

static void every_counter_has_a_name_of_its_own(void **state) {
    (void)state;
    for (unsigned i = 0; i < CONSENSUS_COUNTERS; i++) {
        assert_non_null(consensus_counter_name(i));
        for (unsigned j = 0; j < i; j++) assert_string_not_equal(consensus_counter_name(i), consensus_counter_name(j));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_leader_proposes_and_once),
        cmocka_unit_test(votes_are_acknowledged_each_time_and_counted_once),
        cmocka_unit_test(with_the_quorum_all_voters_hear_that_the_slot_is_confirmed),
        cmocka_unit_test(votes_that_are_not_the_senders_or_not_for_us_are_dropped),
        cmocka_unit_test(an_acknowledgement_counts_only_from_the_collector),
        cmocka_unit_test(slots_are_missed_once_each_also_over_a_standstill),
        cmocka_unit_test(settings_that_cannot_be_are_refused),
        cmocka_unit_test(every_counter_has_a_name_of_its_own),
    };
    return cmocka_run_group_tests_name("validator", tests, NULL, NULL);
}
