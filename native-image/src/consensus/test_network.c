#include "consensus/repair.h"
#include "consensus/simulation.h"
#include "consensus/testing.h"
#include "consensus/tree.h"
#include "consensus/vote.h"

/* A network of 100 validators in virtual time: what all of them together reach, and how soon. */

enum { VALIDATORS = 100 };

static struct simulation_result run(const struct simulation_settings *settings, uint32_t slots, const char *what) {
    struct simulation *simulation = simulation_make(settings);
    simulation_run(simulation, slots);
    struct simulation_result result = simulation_result(simulation);
    uint64_t sent = simulation_count(simulation, SHREDS_SENT) + simulation_count(simulation, SHREDS_RELAYED);
    printf("# %s: propagation p50 %.2f p95 %.2f most %.2f ms, response p50 %.2f p95 %.2f ms, repaired %.2f %%, "
           "requests %.1f a block and validator, twice %.2f %%\n",
           what, result.propagation_p50_ms, result.propagation_p95_ms, result.propagation_most_ms,
           result.response_p50_ms, result.response_p95_ms,
           100.0 * (double)simulation_count(simulation, SHREDS_REPAIRED) /
               (double)simulation_count(simulation, SHREDS_RECEIVED),
           (double)simulation_count(simulation, REPAIRS_ASKED) / (double)result.expected,
           100.0 * (double)simulation_count(simulation, SHREDS_DUPLICATED) / (double)sent);
    assert_int_equal(result.wrong, 0);
    assert_int_equal(result.completed, result.expected);
    simulation_release(simulation);
    return result;
}

static void check(uint32_t block_bytes, uint32_t slots, uint32_t loss_millionths, double most_ms, const char *what) {
    struct simulation_settings settings = simulation_default(VALIDATORS);
    settings.block_bytes = block_bytes;
    settings.validator.max_block = block_bytes;
    settings.loss_millionths = loss_millionths;
    struct simulation_result result = run(&settings, slots, what);
    assert_true(result.propagation_most_ms <= most_ms);
    assert_int_equal(result.missed, 0);
    assert_int_equal(result.confirmed, slots);
}

static void all_get_blocks_of_128_kb_where_nothing_is_lost(void **state) {
    (void)state;
    check(128 << 10, 4, 0, 2, "128 KB, loss 0 %");
}

static void all_get_blocks_of_128_kb_with_one_percent_of_loss(void **state) {
    (void)state;
    check(128 << 10, 4, 10000, 25, "128 KB, loss 1 %");
}

static void all_get_blocks_of_128_kb_with_five_percent_of_loss(void **state) {
    (void)state;
    check(128 << 10, 4, 50000, 40, "128 KB, loss 5 %");
}

static void all_get_blocks_of_1_mb_where_nothing_is_lost(void **state) {
    (void)state;
    check(1 << 20, 2, 0, 8, "1 MB, loss 0 %");
}

static void all_get_blocks_of_1_mb_with_one_percent_of_loss(void **state) {
    (void)state;
    check(1 << 20, 2, 10000, 25, "1 MB, loss 1 %");
}

static void all_get_blocks_of_1_mb_with_five_percent_of_loss(void **state) {
    (void)state;
    check(1 << 20, 2, 50000, 60, "1 MB, loss 5 %");
}

static void datagrams_out_of_order_and_twice_disturb_nobody(void **state) {
    (void)state;
    struct simulation_settings settings = simulation_default(VALIDATORS);
    settings.loss_millionths = 10000;
    settings.reorder_millionths = 200000;
    settings.duplicate_millionths = 50000;
    struct simulation_result result = run(&settings, 4, "128 KB, loss 1 %, 20 % reordered, 5 % twice");
    assert_true(result.propagation_most_ms <= 50);
    assert_int_equal(result.confirmed, 4);
}

/* A validator whose place in the tree of `slot` is directly below the leader. */
static uint32_t interior(const struct simulation_settings *settings, uint64_t slot) {
    struct tree tree;
    const struct schedule *schedule = &settings->validator.schedule;
    tree_make(&tree, VALIDATORS, settings->validator.fan_out, settings->seed, slot, schedule_leader(schedule, slot));
    return tree_at(&tree, 1);
}

static void check_dead(uint32_t block_bytes, uint32_t slots, uint32_t loss_millionths, double most_ms,
                       const char *what) {
    struct simulation_settings settings = simulation_default(VALIDATORS);
    settings.block_bytes = block_bytes;
    settings.validator.max_block = block_bytes;
    settings.loss_millionths = loss_millionths;
    uint32_t dead = interior(&settings, 0);
    assert_true(dead > slots);
    struct simulation *simulation = simulation_make(&settings);
    simulation_kill(simulation, dead);
    simulation_run(simulation, slots);
    struct simulation_result result = simulation_result(simulation);
    printf("# %s, %u dead: propagation p95 %.2f most %.2f ms\n", what, dead, result.propagation_p95_ms,
           result.propagation_most_ms);
    assert_int_equal(result.wrong, 0);
    assert_int_equal(result.completed, result.expected);
    assert_int_equal(result.confirmed, slots);
    assert_true(result.propagation_most_ms <= most_ms);
    simulation_release(simulation);
}

static void a_dead_validator_in_the_tree_keeps_no_block_from_those_below(void **state) {
    (void)state;
    check_dead(128 << 10, 4, 0, 40, "128 KB, loss 0 %");
    check_dead(128 << 10, 4, 50000, 60, "128 KB, loss 5 %");
    check_dead(1 << 20, 2, 10000, 80, "1 MB, loss 1 %");
}

/* To everybody: repairs of the last slot, votes of others, and shreds for this slot with another's block in them. */
static void flood(struct simulation *simulation, uint32_t hostile, uint64_t slot) {
    static uint8_t shred_body[SHRED_HEAD + SHRED_MIN_STRIDE], repair_body[REPAIR_MAX_BYTES], vote_body[VOTE_BYTES];
    static const uint8_t JUNK[SHRED_MIN_STRIDE];
    struct shred shred = {.head = {.slot = slot,
                                   .block = 99,
                                   .length = SHRED_MIN_STRIDE * 2,
                                   .count = 2,
                                   .stride = SHRED_MIN_STRIDE,
                                   .leader = (uint16_t)(slot % VALIDATORS)},
                          .payload = JUNK,
                          .payload_length = SHRED_MIN_STRIDE};
    struct repair_request request = {.slot = slot - 1, .ranges = 1, .list = {{0, REPAIR_MOST}}};
    struct vote vote = {.slot = slot - 1, .block = 99};
    size_t shred_length = shred_write(&shred, shred_body), repair_length = repair_write(&request, repair_body);
    for (uint32_t to = 0; to < VALIDATORS; to++) {
        for (uint32_t i = 0; i < 200 && to != hostile; i++) {
            vote.voter = (uint16_t)i;
            vote_write(&vote, vote_body);
            simulation_inject(simulation, hostile, to, MESSAGE_REPAIR, repair_body, repair_length);
            simulation_inject(simulation, hostile, to, MESSAGE_SHRED, shred_body, shred_length);
            simulation_inject(simulation, hostile, to, MESSAGE_VOTE, vote_body, sizeof vote_body);
        }
    }
}

static double run_with_flood(bool hostile, uint64_t *answered) {
    enum { SLOTS = 4, HOSTILE = 50 };
    struct simulation_settings settings = simulation_default(VALIDATORS);
    struct simulation *simulation = simulation_make(&settings);
    simulation_kill(simulation, HOSTILE);
    simulation_run(simulation, 1);
    for (uint64_t slot = 1; slot < SLOTS; slot++) {
        if (hostile) flood(simulation, HOSTILE, slot);
        simulation_run(simulation, 1);
    }
    struct simulation_result result = simulation_result(simulation);
    *answered = simulation_count(simulation, REPAIRS_ANSWERED);
    assert_int_equal(result.wrong, 0);
    assert_int_equal(result.completed, result.expected);
    assert_int_equal(result.confirmed, SLOTS);
    assert_int_equal(simulation_count(simulation, BLOCKS_CORRUPT), 0);
    simulation_release(simulation);
    return result.propagation_p95_ms;
}

static void a_hostile_validator_delays_nobody_and_is_sent_little(void **state) {
    (void)state;
    uint64_t quiet_answers, answers, shreds = (128 * 1024 + 1119) / 1120;
    double quiet = run_with_flood(false, &quiet_answers), flooded = run_with_flood(true, &answers);
    printf("# p95 %.2f ms without, %.2f ms with a flood of 60,000 datagrams a slot; %llu shreds sent for it\n", quiet,
           flooded, (unsigned long long)(answers - quiet_answers));
    assert_true(flooded <= quiet * 1.1);
    assert_true(answers - quiet_answers <=
                3 * 2 * 2 * shreds); /* two blocks each by parent and leader, in three slots */
}

static void who_hears_nothing_at_all_asks_by_the_half_of_the_slot(void **state) {
    (void)state;
    struct simulation_settings settings = simulation_default(2);
    settings.loss_millionths = 1000000;
    struct simulation *simulation = simulation_make(&settings);
    simulation_run(simulation, 1);
    const struct counter *other = validator_counters(simulation_validator(simulation, 1));
    assert_int_equal(counter_read(&other[REPAIRS_ASKED]),
                     6); /* 5, 10, … 160 ms after one another, until the slot ends */
    assert_int_equal(counter_read(&other[BLOCKS_MISSED]), 1);
    simulation_release(simulation);
}

static void a_slot_whose_leader_is_dead_is_missed_by_all_and_costs_little(void **state) {
    (void)state;
    struct simulation_settings settings = simulation_default(VALIDATORS);
    struct simulation *simulation = simulation_make(&settings);
    simulation_kill(simulation, 2);
    simulation_run(simulation, 4);
    struct simulation_result result = simulation_result(simulation);
    assert_int_equal(result.completed, result.expected);
    assert_int_equal(result.missed, VALIDATORS - 1);
    assert_int_equal(result.confirmed, 2); /* slots 0 and 3: the dead one was to count the votes for slot 1 */
    assert_int_equal(simulation_count(simulation, VOTES_GIVEN_UP), VALIDATORS - 1);
    assert_true(simulation_count(simulation, REPAIRS_ASKED) <= (VALIDATORS - 1) * REPAIR_TRIES);
    simulation_release(simulation);
}

static void small_networks_work_as_well(void **state) {
    (void)state;
    for (uint32_t validators = 1; validators <= 7; validators++) {
        struct simulation_settings settings = simulation_default(validators);
        settings.validator.fan_out = validators % 3 + 1;
        settings.block_bytes = 40000;
        settings.loss_millionths = 50000;
        struct simulation *simulation = simulation_make(&settings);
        simulation_run(simulation, 10);
        struct simulation_result result = simulation_result(simulation);
        assert_int_equal(result.expected, 10 * (validators - 1));
        assert_int_equal(result.completed, result.expected);
        assert_int_equal(result.wrong, 0);
        assert_int_equal(result.confirmed, 10);
        simulation_release(simulation);
    }
}

static void fan_outs_are_compared_on_fast_and_slow_lines(void **state) {
    (void)state;
    static const uint32_t FAN_OUTS[] = {3, 5, 10, 20};
    for (uint64_t gigabits = 1; gigabits <= 10; gigabits += 9) {
        for (size_t i = 0; i < sizeof FAN_OUTS / sizeof *FAN_OUTS; i++) {
            struct simulation_settings settings = simulation_default(VALIDATORS);
            char what[64];
            settings.validator.fan_out = FAN_OUTS[i];
            settings.block_bytes = settings.validator.max_block = 1 << 20;
            settings.loss_millionths = 10000;
            settings.bits_per_second = gigabits * 1000000000;
            snprintf(what, sizeof what, "%u Gbit/s, fan-out %u, 1 MB, loss 1 %%", (unsigned)gigabits, FAN_OUTS[i]);
            run(&settings, 1, what);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_get_blocks_of_128_kb_where_nothing_is_lost),
        cmocka_unit_test(all_get_blocks_of_128_kb_with_one_percent_of_loss),
        cmocka_unit_test(all_get_blocks_of_128_kb_with_five_percent_of_loss),
        cmocka_unit_test(all_get_blocks_of_1_mb_where_nothing_is_lost),
        cmocka_unit_test(all_get_blocks_of_1_mb_with_one_percent_of_loss),
        cmocka_unit_test(all_get_blocks_of_1_mb_with_five_percent_of_loss),
        cmocka_unit_test(datagrams_out_of_order_and_twice_disturb_nobody),
        cmocka_unit_test(a_dead_validator_in_the_tree_keeps_no_block_from_those_below),
        cmocka_unit_test(a_hostile_validator_delays_nobody_and_is_sent_little),
        cmocka_unit_test(who_hears_nothing_at_all_asks_by_the_half_of_the_slot),
        cmocka_unit_test(a_slot_whose_leader_is_dead_is_missed_by_all_and_costs_little),
        cmocka_unit_test(small_networks_work_as_well),
        cmocka_unit_test(fan_outs_are_compared_on_fast_and_slow_lines),
    };
    return cmocka_run_group_tests_name("network", tests, NULL, NULL);
}
