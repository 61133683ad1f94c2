#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "worker/assignment.h"
#include "worker/clock.h"
#include "worker/idle.h"

static void busy_waiting_never_pauses(void **state) {
    (void)state;
    struct idle idle = {.adaptive = false};
    for (unsigned i = 0; i < 100000; i++) assert_int_equal(idle_round(&idle, 0), 0);
}

static void an_idle_loop_pauses_longer_and_longer(void **state) {
    (void)state;
    struct idle idle = {.adaptive = true};
    for (unsigned i = 0; i < IDLE_ROUNDS; i++) assert_int_equal(idle_round(&idle, 0), 0);
    assert_int_equal(idle_round(&idle, 0), IDLE_FIRST_NS);
    assert_int_equal(idle_round(&idle, 0), 2 * IDLE_FIRST_NS);
    uint32_t pause = 0;
    for (unsigned i = 0; i < 100; i++) pause = idle_round(&idle, 0);
    assert_int_equal(pause, IDLE_LONGEST_NS);
}

static void one_frame_ends_the_pauses(void **state) {
    (void)state;
    struct idle idle = {.adaptive = true};
    for (unsigned i = 0; i < 1000; i++) idle_round(&idle, 0);
    assert_int_equal(idle_round(&idle, 1), 0);
    for (unsigned i = 0; i < IDLE_ROUNDS; i++) assert_int_equal(idle_round(&idle, 0), 0);
    assert_int_equal(idle_round(&idle, 0), IDLE_FIRST_NS);
}

static void ticks_are_nanoseconds_for_years(void **state) {
    (void)state;
    struct clock clock = clock_make(2500000000ull);
    uint64_t year = 365ull * 86400 * 2500000000ull, ns = clock_ns(&clock, 10 * year);
    uint64_t exact = 10ull * 365 * 86400 * 1000000000ull;
    assert_true(ns <= exact && exact - ns < exact / 1000000000);
}

static void queues_go_round_the_workers_over_all_ports(void **state) {
    (void)state;
    static struct assignment assignment;
    assignment_make((const uint16_t[]){4, 2}, 2, 3, &assignment);
    static const struct assignment_queue EXPECTED[] = {
        {0, 0, 0, 0}, {1, 0, 1, 1}, {2, 0, 2, 2}, {0, 0, 3, 0}, {1, 1, 0, 0}, {2, 1, 1, 1},
    };
    assert_int_equal(assignment.count, 6);
    assert_int_equal(assignment.workers, 3);
    for (unsigned i = 0; i < 6; i++) {
        assert_int_equal(assignment.queues[i].worker, EXPECTED[i].worker);
        assert_int_equal(assignment.queues[i].port, EXPECTED[i].port);
        assert_int_equal(assignment.queues[i].receive, EXPECTED[i].receive);
        assert_int_equal(assignment.queues[i].transmit, EXPECTED[i].transmit);
    }
}

static void a_worker_without_a_queue_is_not_started(void **state) {
    (void)state;
    static struct assignment assignment;
    assignment_make((const uint16_t[]){1}, 1, 4, &assignment);
    assert_int_equal(assignment.workers, 1);
}

static void the_ports_of_a_bond_have_the_same_workers(void **state) {
    (void)state;
    static struct assignment assignment;
    assignment_make((const uint16_t[]){3, 0}, 2, 2, &assignment);
    assignment_double(&assignment, 0, 1);
    assert_int_equal(assignment.workers, 2);
    assert_int_equal(assignment.count, 6);
    for (unsigned i = 0; i < 3; i++) {
        const struct assignment_queue *first = &assignment.queues[i], *second = &assignment.queues[i + 3];
        assert_int_equal(first->port, 0);
        assert_int_equal(second->port, 1);
        assert_int_equal(second->worker, first->worker);
        assert_int_equal(second->receive, first->receive);
        assert_int_equal(second->transmit, first->transmit);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(busy_waiting_never_pauses),
        cmocka_unit_test(an_idle_loop_pauses_longer_and_longer),
        cmocka_unit_test(one_frame_ends_the_pauses),
        cmocka_unit_test(ticks_are_nanoseconds_for_years),
        cmocka_unit_test(queues_go_round_the_workers_over_all_ports),
        cmocka_unit_test(a_worker_without_a_queue_is_not_started),
        cmocka_unit_test(the_ports_of_a_bond_have_the_same_workers),
    };
    return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
