#include "bench/pacer.h"
#include "bench/simulated.h"
#include "bench/testing.h"

__extension__ typedef unsigned __int128 wide;

static uint64_t due(uint64_t rate, uint64_t n) {
    return (uint64_t)((wide)n * 1000000000u / rate);
}

static void the_nth_packet_is_due_n_over_rate_after_the_start(void **state) {
    (void)state;
    static const uint64_t RATES[] = {1, 3, 7, 1000, 999983, 14880952, 37202381, 1000000000};
    for (unsigned r = 0; r < sizeof RATES / sizeof RATES[0]; r++) {
        struct pacer pacer;
        uint64_t scheduled, rate = RATES[r];
        pacer_start(
            &pacer,
            &(struct pacing){
                .rate = rate, .duration_ns = UINT64_C(3600) * 1000000000, .start_ns = 5, .threads = 1, .burst = 32});
        for (uint64_t n = 0; n < 3000; n++) {
            pacer_look(&pacer, UINT64_MAX);
            assert_true(pacer_take(&pacer, &scheduled));
            assert_int_equal(scheduled, 5 + due(rate, n));
        }
    }
}

static void threads_share_a_load_without_a_gap(void **state) {
    (void)state;
    uint64_t rate = 1234567, duration = 10000000, offered = pacer_offered(rate, duration), taken = 0, scheduled;
    assert_int_equal(offered, 12346);
    for (unsigned thread = 0; thread < 3; thread++) {
        struct pacer pacer;
        pacer_start(
            &pacer,
            &(struct pacing){.rate = rate, .duration_ns = duration, .thread = thread, .threads = 3, .burst = 100000});
        pacer_look(&pacer, duration);
        for (uint64_t n = thread; pacer_take(&pacer, &scheduled); n += 3, taken++)
            assert_int_equal(scheduled, due(rate, n));
        assert_true(pacer_is_done(&pacer));
    }
    assert_int_equal(taken, offered);
}

static void more_threads_than_packets_leave_some_without(void **state) {
    (void)state;
    struct pacer pacer;
    pacer_start(&pacer, &(struct pacing){.rate = 2, .duration_ns = 1000000000, .thread = 2, .threads = 4, .burst = 1});
    assert_true(pacer_is_done(&pacer));
    assert_int_equal(pacer_unsent(&pacer), 0);
}

static void nothing_is_sent_before_it_is_due(void **state) {
    (void)state;
    struct pacer pacer;
    uint64_t scheduled;
    pacer_start(&pacer, &(struct pacing){.rate = 1000, .duration_ns = 10000000, .threads = 1, .burst = 32});
    pacer_look(&pacer, 0);
    assert_true(pacer_take(&pacer, &scheduled));
    assert_false(pacer_take(&pacer, &scheduled));
    pacer_look(&pacer, 999999);
    assert_false(pacer_take(&pacer, &scheduled));
    pacer_look(&pacer, 1000000);
    assert_true(pacer_take(&pacer, &scheduled));
    assert_int_equal(pacer.late, 0);
    assert_int_equal(pacer.full_rounds, 0);
}

static void one_that_falls_behind_sends_bursts_and_counts_it(void **state) {
    (void)state;
    struct pacer pacer;
    uint64_t scheduled, sent = 0;
    pacer_start(&pacer, &(struct pacing){.rate = 1000000, .duration_ns = 2000000, .threads = 1, .burst = 32});
    pacer_look(&pacer, 1000000); /* a thousand and one are due */
    while (pacer_take(&pacer, &scheduled)) sent++;
    assert_int_equal(sent, 32);
    assert_int_equal(pacer.full_rounds, 1);
    assert_int_equal(pacer.most_behind_ns, 1000000);
    assert_int_equal(pacer.late, 32);
    assert_int_equal(pacer_unsent(&pacer), 2000 - 32);
    for (unsigned round = 0; round < 31; round++)
        for (pacer_look(&pacer, 1000000); pacer_take(&pacer, &scheduled);) sent++;
    assert_int_equal(sent, 1001);
    assert_int_equal(pacer.late, 950); /* those due up to 950 us */
}

/* 10 % load, every packet answered at once, but the sender stands still for 100 ms of a second. */
static void a_stalled_sender_does_not_hide_what_its_users_waited(void **state) {
    (void)state;
    struct simulated simulated = simulated_make();
    struct load_result result = {.latency = histogram_make()};
    struct load load = {.rate = 10000, .duration_ns = 1000000000};
    struct failure why;
    simulated.stall_at_ns = 500000000;
    simulated.stall_ns = 100000000;
    simulated.room = 100000;
    assert_true(simulated.system.offer(&simulated.system, &load, &result, &why));
    assert_int_equal(result.received, 10000);
    assert_near((double)histogram_value_at(result.latency, 500000), 60000, 0.001);
    /* A tenth waited, evenly from nothing to 100 ms: of all, one per cent waited more than 90 of them. */
    assert_near((double)histogram_value_at(result.latency, 990000), 91e6, 0.02);
    assert_near((double)result.most_behind_ns, 100e6, 0.001);
    assert_in_range(result.late, 990, 1010);
    histogram_release(result.latency);
}

static void a_sender_that_is_too_slow_leaves_packets_unsent(void **state) {
    (void)state;
    struct simulated simulated = simulated_make();
    struct load_result result = {.latency = histogram_make()};
    struct load load = {.rate = 50000, .duration_ns = 1000000000};
    struct failure why;
    simulated.send_ns = 40000;
    assert_true(simulated.system.offer(&simulated.system, &load, &result, &why));
    assert_int_equal(result.offered, 50000);
    assert_in_range(result.sent, 25000, 25032);
    assert_true(result.late > 20000);
    histogram_release(result.latency);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_nth_packet_is_due_n_over_rate_after_the_start),
        cmocka_unit_test(threads_share_a_load_without_a_gap),
        cmocka_unit_test(more_threads_than_packets_leave_some_without),
        cmocka_unit_test(nothing_is_sent_before_it_is_due),
        cmocka_unit_test(one_that_falls_behind_sends_bursts_and_counts_it),
        cmocka_unit_test(a_stalled_sender_does_not_hide_what_its_users_waited),
        cmocka_unit_test(a_sender_that_is_too_slow_leaves_packets_unsent),
    };
    return cmocka_run_group_tests_name("pacer", tests, NULL, NULL);
}
