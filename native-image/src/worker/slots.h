#ifndef PANTHEON_WORKER_SLOTS_H
#define PANTHEON_WORKER_SLOTS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * A configuration that is exchanged under running workers, without a lock and without stopping them: two slots, a
 * generation whose last bit says which of them holds, and quiescent states.
 *
 * A worker asks for the configuration once a round (slots_read) and keeps no pointer into it beyond that round. In
 * asking it says that it has seen the present generation, and so has done with the one before. The control thread
 * fills the free slot, moves the generation on, and frees the old configuration once every worker has said so.
 *
 * What a worker publishes is the generation that it saw and not a count of its rounds: a count alone would tell the
 * control thread only that some round ended, and a worker may have read the old index early in the next one already
 * (x86 lets a load overtake an earlier store), which a fence in every round would have to forbid. Quiescent-state-based
 * reclamation, as rte_rcu_qsbr does it with its tokens (McKenney and others; DPDK's prog_guide/rcu_lib.rst).
 *
 * A round costs one load of a cache line that nobody writes meanwhile, and a comparison.
 */

/* What workers read of a configuration; who makes it says what it is. */
struct live;

#define SLOTS_READERS 144u /* 127 workers, the application's threads */

/* Each in a cache line of its own. */
struct slots_reader {
    _Alignas(64) _Atomic uint64_t seen;
};

struct slots {
    _Alignas(64) _Atomic uint64_t generation;
    const struct live *slot[2];
    unsigned reader_count;
    const struct live *old; /* published before, and not handed back yet */
    struct slots_reader readers[SLOTS_READERS];
};

/*
 * Control thread, before any reader runs. Each of the `readers` that are counted here must read again and again until
 * the end: one that does not keeps every old configuration.
 */
void slots_open(struct slots *slots, unsigned readers, const struct live *first);

/* Reader number `reader`, at the start of each round: what holds until its next call. */
static inline const struct live *slots_read(struct slots *slots, unsigned reader) {
    _Atomic uint64_t *seen = &slots->readers[reader].seen;
    uint64_t generation = atomic_load_explicit(&slots->generation, memory_order_acquire);
    /* Release: everything that was read of the old configuration was read before this is seen. */
    if (atomic_load_explicit(seen, memory_order_relaxed) != generation)
        atomic_store_explicit(seen, generation, memory_order_release);
    return slots->slot[generation & 1];
}

/* Control thread. False where the configuration before has not been handed back yet: nothing was taken, try later. */
bool slots_publish(struct slots *slots, const struct live *next);

/* Control thread: the old configuration, once, as soon as no reader can have it any more. NULL before, and after. */
const struct live *slots_take_old(struct slots *slots);

#endif
