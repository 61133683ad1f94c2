#include "protocol/limit.h"
#include "protocol/testing.h"

static const uint64_t MS = 1000000;

static void a_bucket_fills_with_time_and_never_over(void **state) {
    (void)state;
    struct limit limit = {0};
    const struct limit_rate rate = limit_rate_make(LIMIT_PER_SECOND, LIMIT_BURST);
    for (unsigned i = 0; i < LIMIT_BURST; i++) assert_true(limit_take(&limit, &rate, 1));
    assert_false(limit_take(&limit, &rate, 1));
    assert_false(limit_take(&limit, &rate, 9 * MS));
    assert_true(limit_take(&limit, &rate, 10 * MS + 1));
    assert_false(limit_take(&limit, &rate, 10 * MS + 2));
    unsigned taken = 0;
    while (limit_take(&limit, &rate, 1000000 * MS)) taken++;
    assert_int_equal(taken, LIMIT_BURST);
}

static void a_rate_lets_through_its_burst_and_then_so_many_a_second(void **state) {
    (void)state;
    for (uint32_t per_second = 1; per_second <= 1000000; per_second *= 10) {
        struct limit limit = {0};
        const struct limit_rate rate = limit_rate_make(per_second, 100);
        uint64_t step = 1000000000u / per_second / 3, taken = 0; /* three are offered for each that may pass */
        for (unsigned i = 0; i < 3000; i++) taken += limit_take(&limit, &rate, 5 + i * step);
        assert_in_range(taken, 1098, 1100);
    }
}

static void nothing_passes_where_the_rate_or_the_burst_is_nothing(void **state) {
    (void)state;
    struct limit limit = {0};
    const struct limit_rate never = limit_rate_make(0, 100), none = limit_rate_make(100, 0);
    for (uint64_t now = 0; now < 100000 * MS; now += 1000 * MS) {
        assert_false(limit_take(&limit, &never, now));
        assert_false(limit_take(&limit, &none, now));
    }
}

static void a_burst_of_one_spaces_datagrams_evenly(void **state) {
    (void)state;
    struct limit limit = {0};
    const struct limit_rate rate = limit_rate_make(1000, 1);
    assert_true(limit_take(&limit, &rate, 7));
    assert_false(limit_take(&limit, &rate, 7 + MS - 1));
    assert_true(limit_take(&limit, &rate, 7 + MS));
    assert_false(limit_take(&limit, &rate, 7 + MS));
}

static void a_clock_that_goes_back_lets_nothing_more_through(void **state) {
    (void)state;
    struct limit limit = {0};
    const struct limit_rate rate = limit_rate_make(1000, 4);
    for (unsigned i = 0; i < 4; i++) assert_true(limit_take(&limit, &rate, 1000 * MS));
    assert_false(limit_take(&limit, &rate, 0));
    assert_false(limit_take(&limit, &rate, 1000 * MS));
    assert_true(limit_take(&limit, &rate, 1001 * MS));
}

static void the_longest_wait_does_not_overflow(void **state) {
    (void)state;
    struct limit limit = {0};
    const struct limit_rate rate = limit_rate_make(1, UINT32_MAX);
    for (unsigned i = 0; i < 1000; i++) assert_true(limit_take(&limit, &rate, UINT64_MAX / 4));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bucket_fills_with_time_and_never_over),
        cmocka_unit_test(a_rate_lets_through_its_burst_and_then_so_many_a_second),
        cmocka_unit_test(nothing_passes_where_the_rate_or_the_burst_is_nothing),
        cmocka_unit_test(a_burst_of_one_spaces_datagrams_evenly),
        cmocka_unit_test(a_clock_that_goes_back_lets_nothing_more_through),
        cmocka_unit_test(the_longest_wait_does_not_overflow),
    };
    return cmocka_run_group_tests_name("limit", tests, NULL, NULL);
}
