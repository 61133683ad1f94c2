#ifndef PANTHEON_TRANSACTIONS_COUNTERS_H
#define PANTHEON_TRANSACTIONS_COUNTERS_H

#include "statistics/counter.h"
#include "transactions/transaction.h"

/*
 * What became of transactions. Each worker and each pool's thread has such a set of its own and writes it alone; what
 * is shown is the sum over all sets. Then, once no datagram is under way between threads,
 *
 *     received = over_limit + overrun + malformed_… + duplicated + late + too_far + low_fee + over_share + pooled
 *     pooled   = evicted + expired + batched + those that wait
 */
enum transaction_count {
    /* Of a worker. */
    TRANSACTIONS_RECEIVED,   /* datagrams of type MESSAGE_TRANSACTION, from peers */
    TRANSACTIONS_OVER_LIMIT, /* dropped before anything in them was looked at */
    TRANSACTIONS_OVERRUN,    /* for which the pool's thread had no room; the worker that hands over counts them */
    TRANSACTIONS_MALFORMED_SUM, /* UDP's checksum is wrong */
    /* Of a worker (the first two) or of a pool's thread: in the order of enum transaction_result. */
    TRANSACTIONS_MALFORMED_SHORT,
    TRANSACTIONS_MALFORMED_LONG,
    TRANSACTIONS_MALFORMED_VERSION,
    TRANSACTIONS_MALFORMED_FLAGS,
    TRANSACTIONS_MALFORMED_LENGTH,
    /* Of a pool's thread: not pooled. */
    TRANSACTIONS_DUPLICATED, /* as one that was pooled a while ago */
    TRANSACTIONS_LATE,       /* no longer valid */
    TRANSACTIONS_TOO_FAR,    /* valid for longer than TRANSACTION_MAX_AGE */
    TRANSACTIONS_LOW_FEE,    /* enum pool_result has this one and the next */
    TRANSACTIONS_OVER_SHARE,
    /* Of a pool's thread: pooled, and what became of them. */
    TRANSACTIONS_POOLED,
    TRANSACTIONS_EVICTED, /* for one that pays more */
    TRANSACTIONS_EXPIRED, /* while they waited */
    TRANSACTIONS_BATCHED, /* handed out for a block */
    TRANSACTIONS_COUNTS
};

struct transaction_counters {
    struct counter list[TRANSACTIONS_COUNTS];
};

/* For telemetry: `transactions_over_limit`. */
const char *transaction_count_name(enum transaction_count count);

/* The count of a malformed one; not for TRANSACTION_OK. */
static inline enum transaction_count transaction_count_of(enum transaction_result result) {
    return (enum transaction_count)(TRANSACTIONS_MALFORMED_SHORT + (result - TRANSACTION_SHORT));
}

static inline void transactions_count(struct transaction_counters *counters, enum transaction_count count,
                                      uint64_t more) {
    counter_add(&counters->list[count], more);
}

#endif
