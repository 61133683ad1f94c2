#include "consensus/bucket.h"
#include "consensus/repair.h"
#include "consensus/testing.h"

enum { STRIDE = 512, SHREDS = 100, WAIT = 5000000 };

static uint8_t bytes[SHREDS * STRIDE];

/* A block of 100 shreds of which some are here. */
static struct block *make(struct assembly *assembly, uint32_t here) {
    struct block *block = NULL;
    for (uint32_t i = 0; i < here; i++) {
        struct shred shred = {.head = {.block = 1, .length = sizeof bytes, .count = SHREDS, .stride = STRIDE},
                              .index = (uint16_t)i,
                              .payload = bytes,
                              .payload_length = STRIDE};
        assembly_add(assembly, &shred, &block);
    }
    return here > 0 ? block : assembly_open(assembly, 0);
}

static enum repair_target due(struct repair *repair, const struct block *block, uint64_t now,
                              struct repair_request *request) {
    return repair_due(repair, block, now, WAIT, request);
}

static void the_parent_is_asked_after_a_silence_and_the_leader_where_it_says_nothing(void **state) {
    (void)state;
    struct assembly *assembly = assembly_make(4, sizeof bytes);
    struct block *block = make(assembly, 97);
    struct repair repair;
    struct repair_request request;
    repair_begin(&repair, REPAIR_NEVER, 1);
    assert_false(repair_arrived(&repair, 96, 1000, WAIT));
    assert_int_equal(due(&repair, block, 1000 + WAIT - 1, &request), REPAIR_NOBODY);
    assert_int_equal(due(&repair, block, 1000 + WAIT, &request), REPAIR_PARENT);
    assert_int_equal(request.shreds, 3);
    assert_int_equal(due(&repair, block, 1000 + 2 * WAIT - 1, &request), REPAIR_NOBODY);
    assert_int_equal(due(&repair, block, 1000 + 2 * WAIT, &request), REPAIR_LEADER);
    assert_true(repair_arrived(&repair, 97, 1000 + 2 * WAIT + 5, WAIT));
    assert_int_equal(repair.due_ns, 1000 + 3 * WAIT + 5);
    assert_int_equal(due(&repair, block, repair.due_ns, &request), REPAIR_LEADER); /* from now on */
    assembly_release(assembly);
}

static void who_stands_deeper_asks_the_parent_more_often(void **state) {
    (void)state;
    struct assembly *assembly = assembly_make(4, sizeof bytes);
    struct block *block = make(assembly, 0);
    struct repair repair;
    struct repair_request request;
    repair_begin(&repair, 0, 3);
    for (int i = 0; i < 5; i++)
        assert_int_equal(due(&repair, block, repair.due_ns, &request), i < 3 ? REPAIR_PARENT : REPAIR_LEADER);
    repair_begin(&repair, 0, 0);
    assert_int_equal(due(&repair, block, 0, &request), REPAIR_LEADER);
    assembly_release(assembly);
}

static void a_parent_that_answered_in_part_is_asked_again(void **state) {
    (void)state;
    struct assembly *assembly = assembly_make(4, sizeof bytes);
    struct block *block = make(assembly, 97);
    struct repair repair;
    struct repair_request request;
    repair_begin(&repair, 0, 1);
    assert_int_equal(due(&repair, block, 0, &request), REPAIR_PARENT);
    assert_true(repair_arrived(&repair, 97, 10, WAIT));
    assert_int_equal(due(&repair, block, 10 + WAIT, &request), REPAIR_PARENT);
    assembly_release(assembly);
}

static void the_next_ones_are_asked_for_as_soon_as_all_are_here(void **state) {
    (void)state;
    struct assembly *assembly = assembly_make(4, sizeof bytes);
    struct block *block = make(assembly, 1);
    struct repair repair;
    struct repair_request request;
    repair_begin(&repair, 0, 1);
    assert_int_equal(due(&repair, block, 0, &request), REPAIR_PARENT);
    assert_int_equal(request.shreds, REPAIR_MOST);
    assert_false(repair_arrived(&repair, 99, 7, WAIT)); /* behind what was asked for */
    for (uint32_t i = REPAIR_MOST - 1; i > 0; i--) assert_true(repair_arrived(&repair, i, 8, WAIT));
    assert_int_equal(repair.due_ns, 8 + WAIT);
    assert_true(repair_arrived(&repair, REPAIR_MOST, 9, WAIT));
    assert_int_equal(repair.due_ns, 9);
    assembly_release(assembly);
}

static void what_an_answer_lost_is_asked_for_as_soon_as_its_last_shred_is_here(void **state) {
    (void)state;
    struct assembly *assembly = assembly_make(4, sizeof bytes);
    struct block *block = make(assembly, 90);
    struct repair repair;
    struct repair_request request;
    repair_begin(&repair, 0, 1);
    assert_int_equal(due(&repair, block, 0, &request), REPAIR_PARENT);
    assert_true(repair_arrived(&repair, 98, 5, WAIT));
    assert_int_equal(repair.due_ns, 5 + WAIT);
    assert_true(repair_arrived(&repair, 99, 6, WAIT));
    assert_int_equal(due(&repair, block, 6, &request), REPAIR_PARENT);
    assembly_release(assembly);
}

static void each_fruitless_request_waits_longer_and_their_number_is_bounded(void **state) {
    (void)state;
    struct assembly *assembly = assembly_make(4, sizeof bytes);
    struct block *block = make(assembly, 0);
    struct repair repair;
    struct repair_request request;
    static const uint32_t WAITS[REPAIR_TRIES] = {1, 2, 4, 8, 16, 32, 32, 32, 32, 32};
    uint64_t now = 0;
    repair_begin(&repair, now, 1);
    for (uint32_t i = 0; i < REPAIR_TRIES; i++) {
        assert_int_equal(due(&repair, block, now, &request), i == 0 ? REPAIR_PARENT : REPAIR_LEADER);
        assert_int_equal(request.block, BLOCK_ANY);
        assert_int_equal(repair.due_ns, now + (uint64_t)WAITS[i] * WAIT);
        now = repair.due_ns;
    }
    assert_int_equal(due(&repair, block, now, &request), REPAIR_NOBODY);
    assert_int_equal(repair.due_ns, REPAIR_NEVER);
    repair_arrived(&repair, 5, now, WAIT); /* there is somebody after all */
    assert_int_equal(due(&repair, block, now + WAIT, &request), REPAIR_LEADER);
    assembly_release(assembly);
}

static void nothing_is_asked_of_a_complete_block(void **state) {
    (void)state;
    struct assembly *assembly = assembly_make(4, sizeof bytes);
    struct block_head head = {.length = sizeof bytes, .stride = STRIDE};
    struct block *block = assembly_fill(assembly, &head, bytes);
    struct repair repair;
    struct repair_request request;
    repair_begin(&repair, 0, 1);
    assert_int_equal(due(&repair, block, 0, &request), REPAIR_NOBODY);
    assert_int_equal(repair.due_ns, REPAIR_NEVER);
    assembly_release(assembly);
}

static void a_bucket_gives_its_burst_and_then_what_time_brings(void **state) {
    (void)state;
    const struct bucket_rate rate = {.burst = 200, .per_slot = 100, .slot_ns = 400000000};
    struct bucket bucket = {0};
    assert_int_equal(bucket_look(&bucket, &rate, 0), 200);
    bucket.tokens = 0;
    assert_int_equal(bucket_look(&bucket, &rate, 3999999), 0);
    assert_int_equal(bucket_look(&bucket, &rate, 4000001), 1);
    assert_int_equal(bucket_look(&bucket, &rate, 1), 1); /* time does not go back */
    uint64_t taken = 0;
    bucket.tokens = 0;
    for (uint64_t now = 4000001; now < 4000001 + 10 * 400000000ull; now += 1234567) {
        taken += bucket_look(&bucket, &rate, now);
        bucket.tokens = 0;
    }
    assert_in_range(taken, 998, 1000);
    assert_int_equal(bucket_look(&bucket, &rate, UINT64_MAX), 200);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_parent_is_asked_after_a_silence_and_the_leader_where_it_says_nothing),
        cmocka_unit_test(who_stands_deeper_asks_the_parent_more_often),
        cmocka_unit_test(a_parent_that_answered_in_part_is_asked_again),
        cmocka_unit_test(the_next_ones_are_asked_for_as_soon_as_all_are_here),
        cmocka_unit_test(what_an_answer_lost_is_asked_for_as_soon_as_its_last_shred_is_here),
        cmocka_unit_test(each_fruitless_request_waits_longer_and_their_number_is_bounded),
        cmocka_unit_test(nothing_is_asked_of_a_complete_block),
        cmocka_unit_test(a_bucket_gives_its_burst_and_then_what_time_brings),
    };
    return cmocka_run_group_tests_name("repair", tests, NULL, NULL);
}
