#include "consensus/testing.h"
#include "consensus/votes.h"

enum { RTO = 5000000, VALIDATORS = 100, QUORUM = 67 };

static void a_vote_is_sent_at_once_and_again_until_it_is_acknowledged(void **state) {
    (void)state;
    static const uint32_t WAITS[VOTES_TRIES] = {1, 2, 4, 8, 16, 32, 32, 32};
    struct votes_sent sent = {0};
    struct vote_flight flight;
    uint64_t now = 7;
    assert_false(votes_begin(&sent, 3, 33, 5, now));
    for (uint32_t i = 0; i < VOTES_TRIES; i++) {
        assert_int_equal(votes_deadline(&sent), now);
        assert_int_equal(votes_due(&sent, now - 1, RTO, &flight), VOTES_NONE);
        assert_int_equal(votes_due(&sent, now, RTO, &flight), i == 0 ? VOTES_FIRST : VOTES_AGAIN);
        assert_int_equal(flight.slot, 3);
        assert_int_equal(flight.block, 33);
        assert_int_equal(votes_due(&sent, now, RTO, &flight), VOTES_NONE);
        now += (uint64_t)WAITS[i] * RTO;
    }
    assert_int_equal(votes_due(&sent, now, RTO, &flight), VOTES_LOST);
    assert_int_equal(votes_deadline(&sent), VOTES_NEVER);
    assert_int_equal(votes_acknowledged(&sent, 3, 33, false, &flight), 0);
}

static void an_acknowledgement_counts_once_and_only_for_the_vote_it_names(void **state) {
    (void)state;
    struct votes_sent sent = {0};
    struct vote_flight flight;
    assert_int_equal(votes_acknowledged(&sent, 0, 0, true, &flight), 0);
    votes_begin(&sent, 3, 33, 5, 7);
    assert_int_equal(votes_acknowledged(&sent, 3, 34, false, &flight), 0);
    assert_int_equal(votes_acknowledged(&sent, 35, 33, false, &flight), 0); /* the same place */
    assert_int_equal(votes_acknowledged(&sent, 3, 33, false, &flight), VOTES_IS_ACKED);
    assert_int_equal(flight.proposed_ns, 5);
    assert_int_equal(votes_due(&sent, 1000 * MS, RTO, &flight), VOTES_NONE);
    assert_int_equal(votes_acknowledged(&sent, 3, 33, false, &flight), 0);
    assert_int_equal(votes_acknowledged(&sent, 3, 33, true, &flight), VOTES_IS_CONFIRMED);
    assert_int_equal(votes_acknowledged(&sent, 3, 33, true, &flight), 0);
    votes_begin(&sent, 4, 44, 5, 7);
    assert_int_equal(votes_acknowledged(&sent, 4, 44, true, &flight), VOTES_IS_ACKED + VOTES_IS_CONFIRMED);
}

static void no_more_than_32_votes_are_under_way(void **state) {
    (void)state;
    struct votes_sent sent = {0};
    struct vote_flight flight;
    for (uint64_t slot = 0; slot < 100; slot++)
        assert_int_equal(votes_begin(&sent, slot, slot + 1, 0, slot), slot >= VOTES_IN_FLIGHT);
    uint64_t slots = 0;
    unsigned count = 0;
    while (votes_due(&sent, 100, RTO, &flight) == VOTES_FIRST) {
        count++;
        slots += flight.slot;
    }
    assert_int_equal(count, VOTES_IN_FLIGHT);
    assert_int_equal(slots, (68 + 99) * 16); /* the last ones */
}

static void a_quorum_is_two_thirds_and_one(void **state) {
    (void)state;
    static const uint32_t QUORUMS[][2] = {{1, 1}, {2, 2}, {3, 3}, {4, 3}, {6, 5}, {7, 5}, {100, 67}, {65535, 43691}};
    for (size_t i = 0; i < sizeof QUORUMS / sizeof *QUORUMS; i++)
        assert_int_equal(votes_quorum(QUORUMS[i][0]), QUORUMS[i][1]);
}

static void votes_are_counted_once_each_and_the_quorum_once_a_slot(void **state) {
    (void)state;
    struct votes_counted *counted = votes_make(4, VALIDATORS);
    uint64_t confirmed;
    for (uint32_t voter = 0; voter < VALIDATORS; voter++) {
        enum votes_result expected = voter + 1 == QUORUM ? VOTES_QUORUM : VOTES_COUNTED;
        assert_int_equal(votes_count(counted, 9, 1, voter, voter + 100, &confirmed), expected);
        assert_int_equal(confirmed, voter + 1 < QUORUM ? 0 : QUORUM - 1 + 100);
        assert_int_equal(votes_count(counted, 9, 1, voter, 500, &confirmed), VOTES_DUPLICATED);
        assert_int_equal(confirmed, voter + 1 < QUORUM ? 0 : QUORUM - 1 + 100);
    }
    uint32_t voters[VALIDATORS];
    assert_int_equal(votes_voters(counted, 9, 1, voters), VALIDATORS);
    assert_int_equal(votes_voters(counted, 9, 2, voters), 0);
    assert_int_equal(votes_voters(counted, 8, 1, voters), 0);
    votes_release(counted);
}

static void who_votes_for_two_blocks_counts_for_the_first(void **state) {
    (void)state;
    struct votes_counted *counted = votes_make(4, VALIDATORS);
    uint64_t confirmed;
    uint32_t voters[VALIDATORS];
    assert_int_equal(votes_count(counted, 1, 11, 0, 1, &confirmed), VOTES_COUNTED);
    assert_int_equal(votes_count(counted, 1, 12, 0, 1, &confirmed), VOTES_CONFLICTING);
    assert_int_equal(votes_count(counted, 1, 12, 1, 1, &confirmed), VOTES_COUNTED);
    for (uint32_t voter = 2; voter < QUORUM; voter++)
        assert_int_equal(votes_count(counted, 1, 11, voter, 1, &confirmed), VOTES_COUNTED);
    assert_int_equal(votes_count(counted, 1, 11, QUORUM, 9, &confirmed), VOTES_QUORUM);
    assert_int_equal(votes_voters(counted, 1, 12, voters), 1);
    assert_int_equal(voters[0], 1);
    votes_release(counted);
}

static void the_number_of_blocks_a_slot_is_bounded(void **state) {
    (void)state;
    struct votes_counted *counted = votes_make(4, VALIDATORS);
    uint64_t confirmed;
    for (uint32_t voter = 0; voter < VALIDATORS; voter++)
        assert_int_equal(votes_count(counted, 1, 100 + voter, voter, 1, &confirmed),
                         voter < VOTES_BLOCKS ? VOTES_COUNTED : VOTES_CONFLICTING);
    assert_int_equal(votes_count(counted, 1, 100, 50, 1, &confirmed),
                     VOTES_COUNTED); /* it may still choose one of them */
    votes_release(counted);
}

static void a_slot_makes_room_for_a_later_one_and_does_not_come_back(void **state) {
    (void)state;
    struct votes_counted *counted = votes_make(4, VALIDATORS);
    uint64_t confirmed;
    assert_int_equal(votes_count(counted, 3, 1, 0, 1, &confirmed), VOTES_COUNTED);
    assert_int_equal(votes_count(counted, 7, 1, 0, 1, &confirmed), VOTES_COUNTED);
    assert_int_equal(votes_count(counted, 3, 1, 1, 1, &confirmed), VOTES_OLD);
    assert_int_equal(votes_count(counted, 7, 1, 0, 1, &confirmed), VOTES_DUPLICATED);
    votes_release(counted);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_vote_is_sent_at_once_and_again_until_it_is_acknowledged),
        cmocka_unit_test(an_acknowledgement_counts_once_and_only_for_the_vote_it_names),
        cmocka_unit_test(no_more_than_32_votes_are_under_way),
        cmocka_unit_test(a_quorum_is_two_thirds_and_one),
        cmocka_unit_test(votes_are_counted_once_each_and_the_quorum_once_a_slot),
        cmocka_unit_test(who_votes_for_two_blocks_counts_for_the_first),
        cmocka_unit_test(the_number_of_blocks_a_slot_is_bounded),
        cmocka_unit_test(a_slot_makes_room_for_a_later_one_and_does_not_come_back),
    };
    return cmocka_run_group_tests_name("votes", tests, NULL, NULL);
}
