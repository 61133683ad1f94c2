#include "protocol/sequence.h"
#include "protocol/testing.h"

static uint64_t lost;

static enum sequence_result take(struct sequence *sequence, uint64_t number) {
    return sequence_take(sequence, 1, number, &lost);
}

static void numbers_in_order_are_next(void **state) {
    (void)state;
    struct sequence sequence = {0};
    for (uint64_t n = 100; n < 5000; n++) assert_int_equal(take(&sequence, n), SEQUENCE_NEXT);
}

static void a_gap_is_lost_until_it_is_filled(void **state) {
    (void)state;
    struct sequence sequence = {0};
    take(&sequence, 0);
    assert_int_equal(take(&sequence, 4), SEQUENCE_GAP);
    assert_int_equal(lost, 3);
    assert_int_equal(take(&sequence, 2), SEQUENCE_LATE);
    assert_int_equal(take(&sequence, 2), SEQUENCE_DUPLICATED);
    assert_int_equal(take(&sequence, 4), SEQUENCE_DUPLICATED);
    assert_int_equal(take(&sequence, 1), SEQUENCE_LATE);
    assert_int_equal(take(&sequence, 3), SEQUENCE_LATE);
    assert_int_equal(take(&sequence, 5), SEQUENCE_NEXT);
}

static void what_is_behind_the_window_is_stale(void **state) {
    (void)state;
    struct sequence sequence = {0};
    take(&sequence, 0);
    take(&sequence, SEQUENCE_WINDOW + 1);
    assert_int_equal(lost, SEQUENCE_WINDOW);
    assert_int_equal(take(&sequence, 1), SEQUENCE_STALE);
    assert_int_equal(take(&sequence, 2), SEQUENCE_LATE);
    assert_int_equal(take(&sequence, SEQUENCE_WINDOW + 1), SEQUENCE_DUPLICATED);
}

static void what_came_before_the_first_is_stale(void **state) {
    (void)state;
    struct sequence sequence = {0};
    take(&sequence, 10);
    assert_int_equal(take(&sequence, 9), SEQUENCE_STALE);
    assert_int_equal(take(&sequence, 11), SEQUENCE_NEXT);
}

static void a_leap_that_cannot_be_changes_nothing(void **state) {
    (void)state;
    struct sequence sequence = {0};
    take(&sequence, 0);
    assert_int_equal(take(&sequence, 1 + SEQUENCE_MAX_GAP), SEQUENCE_IMPOSSIBLE);
    assert_int_equal(take(&sequence, UINT64_MAX), SEQUENCE_IMPOSSIBLE);
    assert_int_equal(take(&sequence, 1), SEQUENCE_NEXT);
    assert_int_equal(take(&sequence, 1 + SEQUENCE_MAX_GAP), SEQUENCE_GAP);
}

static void a_sender_that_starts_again_begins_anew(void **state) {
    (void)state;
    struct sequence sequence = {0};
    take(&sequence, 1000);
    assert_int_equal(sequence_take(&sequence, 2, 0, &lost), SEQUENCE_NEXT);
    assert_int_equal(sequence_take(&sequence, 1, 1001, &lost), SEQUENCE_STALE);
    assert_int_equal(sequence_take(&sequence, 2, 1, &lost), SEQUENCE_NEXT);
    assert_int_equal(sequence_take(&sequence, 3, 0, &lost), SEQUENCE_NEXT);
    assert_int_equal(sequence_take(&sequence, 2, 2, &lost), SEQUENCE_STALE);
}

/* Any order of any numbers: lost less late is what is missing among the numbers since the first. */
static void counts_agree_with_a_list_of_everything(void **state) {
    (void)state;
    uint32_t random = 1;
    for (int round = 0; round < 200; round++) {
        struct sequence sequence = {0};
        bool here[600] = {false};
        uint64_t missing = 0, largest = 0;
        assert_int_equal(take(&sequence, 0), SEQUENCE_NEXT);
        here[0] = true;
        for (int i = 0; i < 300; i++) {
            random = random * 1103515245u + 12345u;
            uint64_t n = random >> 16;
            n = largest + n % 8 > 4 ? largest + n % 8 - 4 : n % 8; /* around the largest so far */
            if (n >= 600) break;
            enum sequence_result result = take(&sequence, n);
            if (result == SEQUENCE_GAP) missing += lost;
            if (result == SEQUENCE_LATE) missing--;
            assert_int_equal(result == SEQUENCE_DUPLICATED, here[n]);
            here[n] = true;
            largest = n > largest ? n : largest;
        }
        uint64_t truly = 0;
        for (uint64_t n = 0; n <= largest; n++) truly += !here[n];
        assert_int_equal(missing, truly);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_in_order_are_next),
        cmocka_unit_test(a_gap_is_lost_until_it_is_filled),
        cmocka_unit_test(what_is_behind_the_window_is_stale),
        cmocka_unit_test(what_came_before_the_first_is_stale),
        cmocka_unit_test(a_leap_that_cannot_be_changes_nothing),
        cmocka_unit_test(a_sender_that_starts_again_begins_anew),
        cmocka_unit_test(counts_agree_with_a_list_of_everything),
    };
    return cmocka_run_group_tests_name("sequence", tests, NULL, NULL);
}
