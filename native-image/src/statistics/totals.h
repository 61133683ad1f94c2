#ifndef PANTHEON_STATISTICS_TOTALS_H
#define PANTHEON_STATISTICS_TOTALS_H

#include <stddef.h>
#include <stdint.h>

#include "application/pool_thread.h"
#include "protocol/drops.h"
#include "worker/worker.h"

/*
 * What all workers counted together. Read while they count, so the sums are of about the same moment and not exactly
 * of it.
 */
struct peer_totals {
    uint64_t sent, received, lost, late, duplicated, rtt_us;
};

struct node_totals {
    uint64_t sent, received, lost; /* over all peers, those that are no more too */
    uint64_t dropped;
    uint64_t malformed;
    uint64_t refused; /* for which a transmit queue or socket had no room, or the pool no buffer */
    uint64_t drops[DROPS];
};

struct workers {
    struct worker *const *list;
    unsigned count;
};

struct pools {
    const struct pool_thread *list;
    unsigned count;
};

/* What became of all transactions (transactions/counters.h has what adds up to what). */
struct transaction_totals {
    uint64_t list[TRANSACTIONS_COUNTS];
};

struct peer_totals totals_of_peer(const struct workers *workers, size_t peer);

struct node_totals totals_of_node(const struct workers *workers);

struct transaction_totals totals_of_transactions(const struct workers *workers, const struct pools *pools);

#endif
