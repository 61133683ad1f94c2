#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "worker/assignment.h"
#include "worker/clock.h"
#include "worker/idle.h"
#include "worker/stages.h"

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

static uint64_t cycles_of(const struct stages *stages, enum stage stage) {
    return counter_read(&stages->list[stage].cycles);
}

static uint64_t packets_of(const struct stages *stages, enum stage stage) {
    return counter_read(&stages->list[stage].packets);
}

static void every_cycle_of_a_profiled_loop_is_one_stages(void **state) {
    (void)state;
    struct stages stages = {.last = 0};
    uint64_t sum = 0;
    stages_turn(&stages, true, 1000);
    stages_mark(&stages, STAGE_RECEIVE, 1300, 32);
    stages_mark(&stages, STAGE_APPLICATIONS, 1350, 4);
    stages_mark(&stages, STAGE_SEND, 1450, 28);
    stages_mark(&stages, STAGE_APPLICATIONS, 1460, 3); /* what came back */
    stages_end_round(&stages, true);
    assert_int_equal(cycles_of(&stages, STAGE_RECEIVE), 300);
    assert_int_equal(packets_of(&stages, STAGE_RECEIVE), 32);
    assert_int_equal(cycles_of(&stages, STAGE_APPLICATIONS), 60);
    assert_int_equal(packets_of(&stages, STAGE_APPLICATIONS), 7);
    for (unsigned i = 0; i < STAGES; i++) sum += cycles_of(&stages, i);
    assert_int_equal(sum, 460);
}

static void a_round_with_nothing_to_do_is_idle_but_for_its_pause(void **state) {
    (void)state;
    struct stages stages = {.last = 0};
    stages_turn(&stages, true, 0);
    stages_mark(&stages, STAGE_PAUSE, 5000, 0);
    stages_mark(&stages, STAGE_RECEIVE, 5020, 0);
    stages_mark(&stages, STAGE_PROBES, 5050, 0);
    stages_end_round(&stages, false);
    assert_int_equal(cycles_of(&stages, STAGE_IDLE), 50);
    assert_int_equal(cycles_of(&stages, STAGE_PAUSE), 5000);
    assert_int_equal(cycles_of(&stages, STAGE_RECEIVE) + cycles_of(&stages, STAGE_PROBES), 0);
    assert_int_equal(counter_read(&stages.rounds), 1);
    assert_int_equal(counter_read(&stages.busy_rounds), 0);
}

static void the_time_in_which_a_loop_was_not_profiled_is_no_stages(void **state) {
    (void)state;
    struct stages stages = {.last = 0};
    stages_turn(&stages, true, 100);
    stages_mark(&stages, STAGE_RECEIVE, 200, 1);
    stages_end_round(&stages, true);
    stages_turn(&stages, false, 250);
    stages_turn(&stages, true, 90000);
    stages_mark(&stages, STAGE_RECEIVE, 90100, 1);
    stages_end_round(&stages, true);
    assert_int_equal(cycles_of(&stages, STAGE_RECEIVE), 200);
    assert_int_equal(counter_read(&stages.rounds), 2);
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
        cmocka_unit_test(every_cycle_of_a_profiled_loop_is_one_stages),
        cmocka_unit_test(a_round_with_nothing_to_do_is_idle_but_for_its_pause),
        cmocka_unit_test(the_time_in_which_a_loop_was_not_profiled_is_no_stages),
    };
    return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
