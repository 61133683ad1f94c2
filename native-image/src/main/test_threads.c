#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "main/threads.h"
#include "worker/clock.h"

/* What a thread finds out about itself. */
struct seen {
    char name[16];
    cpu_set_t cpus;
    sigset_t blocked;
    atomic_bool stop;
};

static void look_around(void *argument) {
    struct seen *seen = argument;
    prctl(PR_GET_NAME, seen->name, 0, 0, 0);
    sched_getaffinity(0, sizeof seen->cpus, &seen->cpus);
    pthread_sigmask(SIG_BLOCK, NULL, &seen->blocked);
}

static void run_until_stopped(void *argument) {
    struct seen *seen = argument;
    while (!seen->stop) usleep(1000);
}

/* The last CPU that this process may use. */
static unsigned last_cpu(void) {
    cpu_set_t set;
    unsigned last = 0;
    sched_getaffinity(0, sizeof set, &set);
    for (unsigned cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &set)) last = cpu;
    return last;
}

static void a_thread_runs_where_it_is_told_to_under_its_name(void **state) {
    (void)state;
    static struct threads threads;
    struct cpu_list cpus = {0};
    struct failure why;
    struct seen seen = {0};
    unsigned cpu = last_cpu();
    cpu_list_add(&cpus, cpu);
    assert_true(threads_start(&threads, "worker-0", &cpus, look_around, &seen, &why));
    assert_null(threads_join(&threads, 5000));
    assert_string_equal(seen.name, "worker-0");
    assert_int_equal(CPU_COUNT(&seen.cpus), 1);
    assert_true(CPU_ISSET(cpu, &seen.cpus));
}

static void a_thread_without_cpus_runs_where_its_maker_may(void **state) {
    (void)state;
    static struct threads threads;
    const struct cpu_list none = {0};
    struct failure why;
    struct seen seen = {0};
    cpu_set_t own;
    sched_getaffinity(0, sizeof own, &own);
    assert_true(threads_start(&threads, "a-name-of-more-than-15", &none, look_around, &seen, &why));
    assert_null(threads_join(&threads, 5000));
    assert_true(CPU_EQUAL(&own, &seen.cpus));
    assert_string_equal(seen.name, "a-name-of-more-");
}

static void signals_are_left_to_the_control_thread(void **state) {
    (void)state;
    static struct threads threads;
    const struct cpu_list none = {0};
    struct failure why;
    struct seen seen = {0};
    assert_true(threads_start(&threads, "x", &none, look_around, &seen, &why));
    assert_null(threads_join(&threads, 5000));
    assert_true(sigismember(&seen.blocked, SIGTERM));
    assert_true(sigismember(&seen.blocked, SIGINT));
    assert_false(sigismember(&seen.blocked, SIGSEGV));
    sigset_t own;
    pthread_sigmask(SIG_BLOCK, NULL, &own);
    assert_false(sigismember(&own, SIGTERM));
}

static uint64_t now_ms(void) {
    return clock_kernel_ns(CLOCK_MONOTONIC) / 1000000;
}

static void one_that_does_not_come_back_is_named_and_may_be_waited_for_again(void **state) {
    (void)state;
    static struct threads threads;
    const struct cpu_list none = {0};
    struct failure why;
    static struct seen seen, slow[2];
    assert_true(threads_start(&threads, "quick", &none, look_around, &seen, &why));
    assert_true(threads_start(&threads, "slow-0", &none, run_until_stopped, &slow[0], &why));
    assert_true(threads_start(&threads, "slow-1", &none, run_until_stopped, &slow[1], &why));
    uint64_t start = now_ms();
    assert_string_equal(threads_join(&threads, 50), "slow-0");
    assert_in_range(now_ms() - start, 50, 5000); /* one deadline for all */
    slow[1].stop = true;
    assert_string_equal(threads_join(&threads, 500), "slow-0");
    assert_true(threads.list[2].is_back); /* though the deadline was over when its turn came */
    slow[0].stop = true;
    assert_null(threads_join(&threads, 5000));
    assert_null(threads_join(&threads, 0));
    assert_string_equal(seen.name, "quick");
}

static void a_cpu_that_is_not_there_is_refused(void **state) {
    (void)state;
    static struct threads threads;
    struct cpu_list cpus = {0};
    struct failure why;
    cpu_list_add(&cpus, CPU_LIST_MAX - 1);
    assert_false(threads_start(&threads, "worker-7", &cpus, look_around, NULL, &why));
    assert_string_equal(why.text,
                        "thread worker-7 cannot run on CPUs 1023: none of them is there and allowed; choose others");
    assert_int_equal(threads.count, 0);
    assert_null(threads_join(&threads, 0));
}

static void more_than_there_is_room_for_are_refused(void **state) {
    (void)state;
    static struct threads threads;
    const struct cpu_list none = {0};
    struct failure why;
    static struct seen seen[THREADS_MAX];
    for (unsigned i = 0; i < THREADS_MAX; i++)
        assert_true(threads_start(&threads, "x", &none, look_around, &seen[i], &why));
    assert_false(threads_start(&threads, "y", &none, look_around, &seen[0], &why));
    assert_string_equal(why.text, "thread y does not start: there are 385 already; ask for fewer");
    assert_null(threads_join(&threads, 20000));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thread_runs_where_it_is_told_to_under_its_name),
        cmocka_unit_test(a_thread_without_cpus_runs_where_its_maker_may),
        cmocka_unit_test(signals_are_left_to_the_control_thread),
        cmocka_unit_test(one_that_does_not_come_back_is_named_and_may_be_waited_for_again),
        cmocka_unit_test(a_cpu_that_is_not_there_is_refused),
        cmocka_unit_test(more_than_there_is_room_for_are_refused),
    };
    return cmocka_run_group_tests_name("threads", tests, NULL, NULL);
}
