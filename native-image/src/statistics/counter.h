#ifndef PANTHEON_STATISTICS_COUNTER_H
#define PANTHEON_STATISTICS_COUNTER_H

#include <stdatomic.h>
#include <stdint.h>

/*
 * A number that one thread writes and any thread reads. Relaxed atomics: on x86-64 plain loads and stores, without a
 * locked instruction, and yet no data race. Two threads must never write the same counter.
 */
struct counter {
    _Atomic uint64_t value;
};

static inline uint64_t counter_read(const struct counter *counter) {
    return atomic_load_explicit(&counter->value, memory_order_relaxed);
}

static inline void counter_set(struct counter *counter, uint64_t value) {
    atomic_store_explicit(&counter->value, value, memory_order_relaxed);
}

static inline void counter_add(struct counter *counter, uint64_t more) {
    counter_set(counter, counter_read(counter) + more);
}

#endif
