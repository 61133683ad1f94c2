#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>

#include "worker/halt.h"
#include "worker/idle.h"

enum { THREADS = 4, ROUNDS = 200, MS = 5000 };

/* What the threads use and the halts exchange: both always have the same value. */
struct pair {
    uint64_t one, other;
};

struct world {
    struct halt halt;
    struct pair *pair;
    atomic_uint torn;
    _Atomic uint64_t rounds[THREADS];
};

struct polling {
    struct world *world;
    unsigned index;
    pthread_t id;
};

static void *poll_on(void *argument) {
    struct polling *polling = argument;
    struct world *world = polling->world;
    do
        while (!atomic_load_explicit(&world->halt.stop, memory_order_relaxed)) {
            if (world->pair->one != world->pair->other) atomic_fetch_add(&world->torn, 1);
            atomic_fetch_add(&world->rounds[polling->index], 1);
            if (!halt_is_near(&world->halt)) idle_pause(1000);
        }
    while (halt_wait(&world->halt));
    return NULL;
}

static void start(struct world *world, struct polling *list) {
    world->pair = calloc(1, sizeof *world->pair);
    for (unsigned i = 0; i < THREADS; i++) {
        list[i] = (struct polling){.world = world, .index = i};
        assert_int_equal(pthread_create(&list[i].id, NULL, poll_on, &list[i]), 0);
    }
}

static void end(struct world *world, struct polling *list) {
    halt_stop(&world->halt);
    for (unsigned i = 0; i < THREADS; i++) pthread_join(list[i].id, NULL);
    free(world->pair);
}

static void what_threads_use_is_exchanged_while_they_are_halted(void **state) {
    (void)state;
    static struct world world;
    struct polling list[THREADS];
    start(&world, list);
    for (uint64_t round = 1; round <= ROUNDS; round++) {
        halt_announce(&world.halt);
        assert_true(halt_begin(&world.halt, THREADS, MS));
        struct pair *old = world.pair;
        world.pair = malloc(sizeof *world.pair);
        *world.pair = (struct pair){round, round};
        old->one = 7; /* nobody looks at it any more */
        free(old);
        halt_end(&world.halt);
    }
    end(&world, list);
    assert_int_equal(world.torn, 0);
}

static void nobody_works_in_a_halt_and_everybody_after_it(void **state) {
    (void)state;
    static struct world world;
    struct polling list[THREADS];
    uint64_t before[THREADS];
    start(&world, list);
    assert_true(halt_begin(&world.halt, THREADS, MS));
    for (unsigned i = 0; i < THREADS; i++) before[i] = world.rounds[i];
    idle_pause(5000000);
    for (unsigned i = 0; i < THREADS; i++) assert_int_equal(world.rounds[i], before[i]);
    halt_end(&world.halt);
    for (unsigned i = 0; i < THREADS; i++)
        while (world.rounds[i] == before[i]) idle_pause(1000);
    end(&world, list);
}

static void a_halt_that_does_not_come_about_ends_as_any(void **state) {
    (void)state;
    static struct world world;
    struct polling list[THREADS];
    start(&world, list);
    assert_false(halt_begin(&world.halt, THREADS + 1, 20));
    halt_end(&world.halt);
    assert_true(halt_begin(&world.halt, THREADS, MS));
    end(&world, list); /* in the middle of one */
}

static void without_a_halt_a_thread_ends(void **state) {
    (void)state;
    struct halt halt = {.stop = true};
    assert_false(halt_wait(NULL));
    assert_false(halt_is_near(NULL));
    assert_false(halt_wait(&halt));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_threads_use_is_exchanged_while_they_are_halted),
        cmocka_unit_test(nobody_works_in_a_halt_and_everybody_after_it),
        cmocka_unit_test(a_halt_that_does_not_come_about_ends_as_any),
        cmocka_unit_test(without_a_halt_a_thread_ends),
    };
    return cmocka_run_group_tests_name("halt", tests, NULL, NULL);
}
