#ifndef PANTHEON_TRANSACTIONS_BATCH_H
#define PANTHEON_TRANSACTIONS_BATCH_H

#include <stddef.h>
#include <stdint.h>

#include "transactions/counters.h"
#include "transactions/pool.h"

/*
 * A batch: the transactions of a block, or of a part of one. One behind the other, each as transactions/transaction.h
 * has it, nothing before, between or behind them: each says how long it is. So batches one behind the other are a
 * batch, and the consensus module may cut a batch into shreds anywhere, as long as it puts it together again before it
 * is read.
 */
struct batch {
    size_t length;  /* in bytes */
    unsigned count; /* of transactions */
    unsigned expired;
};

/*
 * Takes transactions out of the pool, the first ones first (transactions/pool.h has the order), and writes them as a
 * batch: `most` at most, and no more than fit into `room`. It ends at the first one that does not fit, which stays: a
 * smaller one behind it does not go before it, so at most TRANSACTION_MAX - 1 bytes of a block stay unused. What is no
 * longer valid in `slot` leaves the pool and is counted.
 *
 * The thread of the pool calls it, and takes nothing in meanwhile: about 100 ns a transaction of 200 bytes, since
 * the next one of a class is anywhere in memory. A large block is better taken in several calls between bursts, which
 * the format allows.
 */
struct batch pool_batch(struct pool *pool, unsigned most, uint8_t *bytes, size_t room, uint64_t slot,
                        struct transaction_counters *counters);

enum batch_step { BATCH_TRANSACTION, BATCH_END, BATCH_MALFORMED };

/*
 * Reads the transaction at `*at`, which is 0 at first, and moves it behind it. BATCH_MALFORMED: what stands there is no
 * transaction, or not a whole one; nothing behind it can be found.
 */
enum batch_step batch_next(const uint8_t *bytes, size_t length, size_t *at, struct transaction *transaction);

#endif
