#include "bench/histogram.h"
#include "bench/testing.h"

static const uint32_t PARTS[] = {0, 1, 10000, 250000, 500000, 900000, 990000, 999000, 999900, 999999, 1000000};

static int by_size(const void *a, const void *b) {
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

/* Of any size from 1 ns to 100 s, each power of two as likely as another. */
static uint64_t latency(uint64_t *random) {
    uint64_t value = draw(random) >> (27 + draw(random) % 37);
    return value > HISTOGRAM_MOST_NS ? HISTOGRAM_MOST_NS : value;
}

/* The smallest value that at least so many parts of a million are not above. */
static uint64_t sorted_at(const uint64_t *sorted, uint64_t count, uint32_t parts) {
    uint64_t rank = 1;
    while (rank < count && rank * 1000000 < (uint64_t)parts * count) rank++;
    return sorted[rank - 1];
}

static void percentiles_are_those_of_the_sorted_list_to_three_digits(void **state) {
    (void)state;
    enum { MOST = 3000 };
    static uint64_t values[MOST];
    uint64_t random = 7;
    struct histogram *histogram = histogram_make();
    for (unsigned round = 0; round < 100; round++) {
        uint64_t count = 1 + draw(&random) % MOST, sum = 0;
        histogram_clear(histogram);
        for (uint64_t i = 0; i < count; i++) histogram_record(histogram, values[i] = latency(&random));
        qsort(values, count, sizeof *values, by_size);
        for (unsigned i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++) {
            uint64_t truth = sorted_at(values, count, PARTS[i]), found = histogram_value_at(histogram, PARTS[i]);
            assert_true(found >= truth);
            assert_true(found - truth <= truth / 1024);
        }
        for (uint64_t i = 0; i < count; i++) sum += values[i];
        assert_near(histogram_mean(histogram), (double)sum / (double)count, 0.0006);
        assert_int_equal(histogram->least, values[0]);
        assert_int_equal(histogram->most, values[count - 1]);
    }
    histogram_release(histogram);
}

static void small_values_and_the_largest_are_exact(void **state) {
    (void)state;
    struct histogram *histogram = histogram_make();
    for (uint64_t ns = 1; ns <= 2000; ns++) histogram_record(histogram, ns);
    assert_int_equal(histogram_value_at(histogram, 500000), 1000);
    assert_int_equal(histogram_value_at(histogram, 999000), 1998);
    assert_int_equal(histogram_value_at(histogram, 1000000), 2000);
    histogram_record(histogram, 123456789);
    assert_int_equal(histogram_value_at(histogram, 1000000), 123456789);
    histogram_release(histogram);
}

static void every_slot_follows_the_one_before(void **state) {
    (void)state;
    unsigned slot = 0;
    for (uint64_t ns = 0; ns <= HISTOGRAM_MOST_NS; ns += 1 + ns / 5000) {
        unsigned next = histogram_slot(ns);
        assert_true(next == slot || next == slot + 1);
        slot = next;
    }
    assert_true(histogram_slot(HISTOGRAM_MOST_NS) < HISTOGRAM_SLOTS);
}

static void what_is_beyond_a_hundred_seconds_is_counted_and_said(void **state) {
    (void)state;
    struct histogram *histogram = histogram_make();
    histogram_record(histogram, 1000);
    histogram_record(histogram, UINT64_MAX);
    assert_int_equal(histogram->count, 2);
    assert_int_equal(histogram->beyond, 1);
    assert_true(histogram_value_at(histogram, 1000000) >= HISTOGRAM_MOST_NS);
    histogram_release(histogram);
}

static void merged_ones_are_as_one_that_recorded_everything(void **state) {
    (void)state;
    uint64_t random = 11;
    struct histogram *whole = histogram_make(), *merged = histogram_make(), *part[3];
    for (unsigned i = 0; i < 3; i++) part[i] = histogram_make();
    for (unsigned i = 0; i < 10000; i++) {
        uint64_t ns = latency(&random) * (1 + draw(&random) % 2);
        histogram_record(whole, ns);
        histogram_record(part[draw(&random) % 2], ns); /* the third stays empty */
    }
    for (unsigned i = 0; i < 3; i++) histogram_merge(merged, part[i]);
    assert_memory_equal(merged, whole, sizeof *whole);
    for (unsigned i = 0; i < 3; i++) histogram_release(part[i]);
    histogram_release(merged);
    histogram_release(whole);
}

static void an_empty_one_answers_zero(void **state) {
    (void)state;
    struct histogram *histogram = histogram_make();
    assert_int_equal(histogram_value_at(histogram, 500000), 0);
    assert_true(histogram_mean(histogram) == 0);
    histogram_release(histogram);
}

static void as_json_it_has_percentiles_and_the_slots_that_are_used(void **state) {
    (void)state;
    struct json json;
    struct written written;
    struct histogram *histogram = histogram_make();
    for (uint64_t ns = 1; ns <= 1000; ns++) histogram_record(histogram, ns);
    histogram_record(histogram, 5000);
    write_begin(&written);
    json_start(&json, written.file);
    histogram_json(&json, NULL, histogram);
    assert_true(json_finish(&json));
    const char *text = write_end(&written);
    assert_contains(text, "\"count\": 1001,");
    assert_contains(text, "\"50\": 501,");
    assert_contains(text, "\"99.9\": 1000,");
    assert_contains(text, "[1000, 1],\n    [5003, 1]\n");
    written_free(&written);
    histogram_release(histogram);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(percentiles_are_those_of_the_sorted_list_to_three_digits),
        cmocka_unit_test(small_values_and_the_largest_are_exact),
        cmocka_unit_test(every_slot_follows_the_one_before),
        cmocka_unit_test(what_is_beyond_a_hundred_seconds_is_counted_and_said),
        cmocka_unit_test(merged_ones_are_as_one_that_recorded_everything),
        cmocka_unit_test(an_empty_one_answers_zero),
        cmocka_unit_test(as_json_it_has_percentiles_and_the_slots_that_are_used),
    };
    return cmocka_run_group_tests_name("histogram", tests, NULL, NULL);
}
