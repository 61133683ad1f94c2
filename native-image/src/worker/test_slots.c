#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "worker/slots.h"

/* Every word is the same number; a reader that finds another one, or a freed one, was lied to. */
enum { WORDS = 32, READERS = 4, PUBLISHED = 3000 };

struct live {
    uint64_t words[WORDS];
};

static struct live *live_new(uint64_t number) {
    struct live *live = malloc(sizeof *live);
    assert_non_null(live);
    for (unsigned i = 0; i < WORDS; i++) live->words[i] = number;
    return live;
}

/* Written over before it is freed, so that a late reader is caught without a sanitizer too. */
static void live_free(const struct live *live) {
    struct live *old = (struct live *)(uintptr_t)live;
    memset(old, 0xdd, sizeof *old);
    free(old);
}

static void an_old_configuration_is_handed_back_once_every_reader_has_passed(void **state) {
    (void)state;
    struct slots *slots = aligned_alloc(64, sizeof *slots);
    static const struct live ONE, TWO, THREE;
    assert_non_null(slots);
    slots_open(slots, 2, &ONE);
    assert_ptr_equal(slots_read(slots, 0), &ONE);
    assert_null(slots_take_old(slots));
    assert_true(slots_publish(slots, &TWO));
    assert_null(slots_take_old(slots));
    assert_ptr_equal(slots_read(slots, 0), &TWO);
    assert_ptr_equal(slots_read(slots, 0), &TWO);
    assert_null(slots_take_old(slots));
    assert_false(slots_publish(slots, &THREE));
    assert_ptr_equal(slots_read(slots, 1), &TWO);
    assert_ptr_equal(slots_take_old(slots), &ONE);
    assert_null(slots_take_old(slots));
    assert_true(slots_publish(slots, &THREE));
    assert_ptr_equal(slots_read(slots, 1), &THREE);
    assert_ptr_equal(slots_read(slots, 0), &THREE);
    assert_ptr_equal(slots_take_old(slots), &TWO);
    free(slots);
}

static void without_readers_it_is_handed_back_at_once(void **state) {
    (void)state;
    struct slots *slots = aligned_alloc(64, sizeof *slots);
    static const struct live ONE, TWO;
    assert_non_null(slots);
    slots_open(slots, 0, &ONE);
    assert_true(slots_publish(slots, &TWO));
    assert_ptr_equal(slots_take_old(slots), &ONE);
    free(slots);
}

struct reader {
    struct slots *slots;
    atomic_bool *stop;
    pthread_t thread;
    unsigned index;
    uint64_t rounds, changes, wrong;
};

static void *read_on(void *argument) {
    struct reader *reader = argument;
    uint64_t last = 0;
    while (!atomic_load_explicit(reader->stop, memory_order_relaxed)) {
        const struct live *live = slots_read(reader->slots, reader->index);
        uint64_t number = live->words[0];
        reader->wrong += number < last; /* it never goes back */
        reader->changes += number != last;
        last = number;
        for (unsigned i = 0; i < WORDS; i++) reader->wrong += live->words[i] != number;
        /* Some rounds are long, as those of a worker that is not scheduled. */
        if (++reader->rounds % (64 + reader->index) == 0) sched_yield();
    }
    return NULL;
}

/* As often as it can for two seconds at most: how many were published. */
static uint64_t publish_on(struct slots *slots) {
    uint64_t number = 1;
    time_t end = time(NULL) + 2;
    while (number < PUBLISHED && time(NULL) <= end) {
        struct live *next = live_new(number + 1);
        const struct live *old;
        assert_true(slots_publish(slots, next));
        while ((old = slots_take_old(slots)) == NULL) sched_yield();
        assert_int_equal(old->words[0], number);
        live_free(old);
        number++;
    }
    return number;
}

static void readers_that_never_stop_see_whole_configurations_and_no_freed_one(void **state) {
    (void)state;
    struct slots *slots = aligned_alloc(64, sizeof *slots);
    struct reader readers[READERS];
    atomic_bool stop = false;
    assert_non_null(slots);
    slots_open(slots, READERS, live_new(1));
    for (unsigned i = 0; i < READERS; i++) {
        readers[i] = (struct reader){.slots = slots, .stop = &stop, .index = i};
        assert_int_equal(pthread_create(&readers[i].thread, NULL, read_on, &readers[i]), 0);
    }
    uint64_t published = publish_on(slots);
    atomic_store(&stop, true);
    for (unsigned i = 0; i < READERS; i++) {
        pthread_join(readers[i].thread, NULL);
        assert_int_equal(readers[i].wrong, 0);
        assert_true(readers[i].changes >= published - 1); /* none was passed over: each had to be seen */
    }
    print_message("# %llu configurations, %llu rounds of the first reader\n", (unsigned long long)published,
                  (unsigned long long)readers[0].rounds);
    assert_true(published > 20);
    live_free(slots->slot[atomic_load(&slots->generation) & 1]);
    free(slots);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_old_configuration_is_handed_back_once_every_reader_has_passed),
        cmocka_unit_test(without_readers_it_is_handed_back_at_once),
        cmocka_unit_test(readers_that_never_stop_see_whole_configurations_and_no_freed_one),
    };
    return cmocka_run_group_tests_name("slots", tests, NULL, NULL);
}
