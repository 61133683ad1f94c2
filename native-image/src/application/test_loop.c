#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <time.h>

#include "application/loop.h"
#include "worker/clock.h"

enum { ROUNDS = 100 };

/* A thread that ends itself after ROUNDS, the first BUSY of which have something to do. */
struct thread {
    struct loop loop;
    struct halt halt;
    unsigned rounds, busy;
    uint64_t most_ns;
};

static unsigned one_round(void *argument, uint64_t *most_ns) {
    struct thread *thread = argument;
    if (thread->most_ns > 0) *most_ns = thread->most_ns;
    if (++thread->rounds == ROUNDS) halt_stop(&thread->halt);
    return thread->rounds <= thread->busy;
}

static void run(struct thread *thread) {
    thread->loop.stop = &thread->halt.stop;
    thread->loop.halt = &thread->halt;
    loop_run(&thread->loop, one_round, thread);
}

static void a_loop_goes_round_until_it_is_told_to_end(void **state) {
    (void)state;
    struct thread thread = {.busy = 7};
    run(&thread);
    assert_int_equal(counter_read(&thread.loop.rounds), ROUNDS);
    assert_int_equal(counter_read(&thread.loop.busy_rounds), 7);
    assert_int_equal(counter_read(&thread.loop.pauses), 0);
}

static void an_adaptive_one_pauses_as_the_workers_do(void **state) {
    (void)state;
    struct thread thread = {.busy = 7, .most_ns = 1, .loop.idle.adaptive = true};
    run(&thread);
    assert_int_equal(counter_read(&thread.loop.pauses), ROUNDS - 7 - IDLE_ROUNDS);
}

static void one_with_a_pause_of_its_own_takes_it_at_once(void **state) {
    (void)state;
    struct thread thread = {.busy = 7, .loop.pause_ns = 1000};
    run(&thread);
    assert_int_equal(counter_read(&thread.loop.pauses), ROUNDS - 7);
}

/* A hundred pauses of four seconds would be seven minutes. */
static void no_pause_goes_beyond_what_is_due(void **state) {
    (void)state;
    struct thread thread = {.most_ns = 1000, .loop.pause_ns = 4000000000};
    uint64_t start_ns = clock_kernel_ns(CLOCK_MONOTONIC);
    run(&thread);
    assert_int_equal(counter_read(&thread.loop.pauses), ROUNDS);
    assert_true(clock_kernel_ns(CLOCK_MONOTONIC) - start_ns < 4000000000);
}

static void nobody_pauses_while_a_halt_is_near(void **state) {
    (void)state;
    struct thread thread = {.loop.pause_ns = 1000};
    halt_announce(&thread.halt);
    run(&thread);
    assert_int_equal(counter_read(&thread.loop.rounds), ROUNDS);
    assert_int_equal(counter_read(&thread.loop.pauses), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_loop_goes_round_until_it_is_told_to_end),
        cmocka_unit_test(an_adaptive_one_pauses_as_the_workers_do),
        cmocka_unit_test(one_with_a_pause_of_its_own_takes_it_at_once),
        cmocka_unit_test(no_pause_goes_beyond_what_is_due),
        cmocka_unit_test(nobody_pauses_while_a_halt_is_near),
    };
    return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
