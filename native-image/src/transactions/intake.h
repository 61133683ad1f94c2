#ifndef PANTHEON_TRANSACTIONS_INTAKE_H
#define PANTHEON_TRANSACTIONS_INTAKE_H

#include <stddef.h>
#include <stdint.h>

#include "application/handoff.h"
#include "transactions/counters.h"
#include "transactions/dedup.h"
#include "transactions/pool.h"

/*
 * What a pool's thread does with a burst that workers handed to it: transactions that it has seen are dropped, the
 * others checked and pooled. Belongs to that thread; others read its counters. Time is handed in, as the chain counts
 * it.
 *
 * Duplicates come first, before anything in them is read: most of what a node hears a second time is right. Only what
 * was pooled is remembered. What was refused, because the pool was full or its peer's share was, may come again; and
 * what is evicted is forgotten, so that its sender may try again too.
 *
 * Nothing of it grows, waits or takes longer for what is in the bytes. Measured (EPYC, Zen 3, bursts of 32, defaults,
 * the whole pool filled and emptied in turns): 75 ns a transaction of 200 bytes, 37 where every second one is a
 * duplicate; in pages of 4 KB 135 and 41. It waits for memory more than it computes, so these are the fastest of
 * thousands of bursts: beside emulated guests that filled both cores and their caches, half of the bursts took more
 * than 200 and 85.
 */
struct intake_config {
    uint32_t tags; /* to remember: a power of two (DEDUP_TAGS) */
    struct pool_config pool;
};

struct intake {
    struct dedup dedup;
    struct pool *pool;
    uint64_t slot; /* the latest that was said */
    struct transaction_counters counters;
};

/* Bytes of memory; 0 where the configuration cannot be. */
size_t intake_bytes(const struct intake_config *config);

/* In memory of intake_bytes(config), aligned to 64 bytes (huge pages are best: places in it are random). */
struct intake *intake_init(void *memory, const struct intake_config *config);

/*
 * A burst, at the time of `slot`, which does not go back: an earlier one counts as the latest. Datagrams stay the
 * caller's, who gives them back. An empty burst goes on looking for what is too old. What became of each is written to
 * `results`, unless that is NULL.
 */
void intake_burst(struct intake *intake, const struct handed *list, unsigned count, uint64_t slot,
                  enum transaction_count *results);

#endif
