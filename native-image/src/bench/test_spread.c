#include "bench/spread.h"
#include "bench/testing.h"

#include <math.h>

static void fill(struct comparison *comparison, const struct spread_pair *pairs, unsigned count) {
    enum side side;
    comparison_start(comparison, count, 100);
    while (comparison_next(comparison, &side)) {
        const struct spread_pair *pair = &pairs[comparison->count];
        comparison_report(comparison, side == SIDE_A ? pair->a : pair->b);
    }
    assert_int_equal(comparison->count, count);
}

static void sides_take_turns_at_being_first(void **state) {
    (void)state;
    static struct comparison comparison;
    enum side side;
    char order[16] = "";
    comparison_start(&comparison, 4, 0);
    while (comparison_next(&comparison, &side)) {
        strcat(order, side == SIDE_A ? "A" : "B");
        comparison_report(&comparison, side == SIDE_A ? 1 : 2);
    }
    assert_string_equal(order, "ABBAABBA");
    for (unsigned i = 0; i < 4; i++) assert_true(comparison.pairs[i].a == 1 && comparison.pairs[i].b == 2);
}

static void the_ratio_is_of_medians_and_the_spread_of_pairs(void **state) {
    (void)state;
    static const struct spread_pair PAIRS[] = {{10, 20}, {10, 22}, {10, 21}, {10, 19}, {10, 20}, {20, 40}};
    static struct comparison comparison;
    struct spread spread;
    fill(&comparison, PAIRS, 6);
    assert_true(comparison_spread(&comparison, &spread));
    assert_near(spread.ratio, 2.05, 1e-12);
    assert_near(spread.pair_ratio, 2.0, 1e-12);
    assert_near(spread.low, 1.9, 1e-12);
    assert_near(spread.high, 2.2, 1e-12);
    assert_near(spread.confidence, 0.96875, 1e-12);
    assert_true(spread.agrees);
}

/* Tables of order statistics: 95 % for the median from 8 values is the 1st to the 8th, from 9 the 2nd to the 8th. */
static void as_many_ends_are_left_out_as_the_binomial_table_allows(void **state) {
    (void)state;
    static const struct {
        unsigned count;
        double low;
        double confidence;
    } TABLE[] = {{1, 1, 0},      {2, 1, 0.5},     {5, 1, 0.9375},  {6, 1, 0.9688},  {8, 1, 0.9922},
                 {9, 2, 0.9609}, {10, 2, 0.9785}, {20, 6, 0.9586}, {25, 8, 0.9567}, {100, 40, 0.9648}};
    static struct spread_pair pairs[SPREAD_MOST_PAIRS];
    static struct comparison comparison;
    struct spread spread;
    for (unsigned i = 0; i < SPREAD_MOST_PAIRS; i++) pairs[i] = (struct spread_pair){1, i + 1};
    for (unsigned i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++) {
        fill(&comparison, pairs, TABLE[i].count);
        assert_true(comparison_spread(&comparison, &spread));
        assert_near(spread.low, TABLE[i].low, 1e-9);
        assert_near(spread.high, TABLE[i].count + 1 - TABLE[i].low, 1e-9);
        if (TABLE[i].count > 1) assert_near(spread.confidence, TABLE[i].confidence, 1e-4);
    }
}

/* The promise of the interval, tried: the true median lies in it at least as often as it says. */
static void the_interval_holds_what_it_promises(void **state) {
    (void)state;
    static struct comparison comparison;
    struct spread spread;
    uint64_t random = 5;
    unsigned inside = 0, rounds = 4000;
    double promised = 0;
    for (unsigned round = 0; round < rounds; round++) {
        struct spread_pair pairs[9];
        for (unsigned i = 0; i < 9; i++) /* skewed: ratios whose logarithm is even, median 3 */
            pairs[i] = (struct spread_pair){1, 3 * pow(10, draw_share(&random) - 0.5)};
        fill(&comparison, pairs, 9);
        assert_true(comparison_spread(&comparison, &spread));
        inside += spread.low <= 3 && 3 <= spread.high;
        promised = spread.confidence;
    }
    assert_near((double)inside / rounds, promised, 0.01);
}

static void a_machine_that_changes_is_on_both_sides_of_a_pair(void **state) {
    (void)state;
    static struct spread_pair pairs[10];
    static struct comparison comparison;
    struct spread spread;
    for (unsigned i = 0; i < 10; i++) pairs[i] = (struct spread_pair){10.0 + i, 2 * (10.0 + i)};
    fill(&comparison, pairs, 10);
    assert_true(comparison_spread(&comparison, &spread));
    assert_near(spread.ratio, 2, 1e-12);
    assert_near(spread.high - spread.low + 1, 1, 1e-12);
}

/* Eight pairs say 2, but the middle run of A belongs to the ninth, so the medians say 2.4. */
static void medians_that_contradict_the_pairs_are_told(void **state) {
    (void)state;
    static struct comparison comparison;
    struct spread spread;
    struct spread_pair pairs[9];
    for (unsigned i = 0; i < 9; i++) pairs[i] = (struct spread_pair){1 + i, i == 4 ? 20 : 2 * (1.0 + i)};
    fill(&comparison, pairs, 9);
    assert_true(comparison_spread(&comparison, &spread));
    assert_near(spread.ratio, 2.4, 1e-9);
    assert_near(spread.pair_ratio, 2, 1e-9);
    assert_false(spread.agrees);
}

static void a_discarded_run_takes_its_whole_pair_along(void **state) {
    (void)state;
    static struct comparison comparison;
    enum side side;
    comparison_start(&comparison, 2, 3);
    assert_true(comparison_next(&comparison, &side));
    comparison_report(&comparison, 1);
    assert_true(comparison_next(&comparison, &side));
    assert_int_equal(side, SIDE_B);
    comparison_discard(&comparison);
    assert_int_equal(comparison.discarded, 2);
    assert_true(comparison_next(&comparison, &side));
    assert_int_equal(side, SIDE_A); /* from its start */
    comparison_discard(&comparison);
    assert_true(comparison_next(&comparison, &side));
    comparison_discard(&comparison);
    assert_false(comparison_next(&comparison, &side));
    struct spread spread;
    assert_false(comparison_spread(&comparison, &spread));
}

static void the_middle_of_values_in_any_order_is_told(void **state) {
    (void)state;
    double odd[] = {9, 1, 5}, even[] = {8, 2, 4, 100}, one[] = {7};
    assert_near(spread_median(odd, 3), 5, 1e-12);
    assert_near(spread_median(even, 4), 6, 1e-12);
    assert_near(spread_median(one, 1), 7, 1e-12);
    assert_true(odd[0] == 1 && odd[2] == 9); /* in order now */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sides_take_turns_at_being_first),
        cmocka_unit_test(the_ratio_is_of_medians_and_the_spread_of_pairs),
        cmocka_unit_test(as_many_ends_are_left_out_as_the_binomial_table_allows),
        cmocka_unit_test(the_interval_holds_what_it_promises),
        cmocka_unit_test(a_machine_that_changes_is_on_both_sides_of_a_pair),
        cmocka_unit_test(medians_that_contradict_the_pairs_are_told),
        cmocka_unit_test(a_discarded_run_takes_its_whole_pair_along),
        cmocka_unit_test(the_middle_of_values_in_any_order_is_told),
    };
    return cmocka_run_group_tests_name("spread", tests, NULL, NULL);
}
