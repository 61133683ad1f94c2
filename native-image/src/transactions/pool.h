#ifndef PANTHEON_TRANSACTIONS_POOL_H
#define PANTHEON_TRANSACTIONS_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "transactions/transaction.h"

/*
 * Transactions that wait for a block: a bounded number of slots of one size, all there from the start, in one piece of
 * memory. Belongs to one thread. Every operation takes constant time, whatever is in the pool and whoever put it there.
 *
 * Order. Fees fall into 496 classes, eight to each doubling, so that two fees of a class differ by an eighth at most;
 * fees below 16 have a class each. The first transaction is the one that came first into the highest class, the last
 * one the one that came last into the lowest.
 *
 * Full. A new transaction of a higher class than the last one takes its slot; any other is refused. So raising a fee by
 * one does not throw others out: it takes an eighth, near the 10 % by which a replacement must pay more in geth's pool
 * (PriceBump). The fee counts whole, not per byte: slots have one size.
 *
 * Shares. A peer holds `share` slots at most, so that a peer cannot fill the pool, whatever fees it promises: nobody
 * verifies them. What it sends above that is refused, whatever it pays.
 *
 * Age. pool_sweep gives back the slots of what is no longer valid, a few at a time; whoever takes the first one out
 * looks at its age himself.
 */
struct pool_config {
    uint32_t capacity; /* slots, 1 to POOL_MAX_CAPACITY */
    uint32_t share;    /* slots that one peer may hold, 1 or more */
    uint32_t peers;    /* indices of peers are below that */
};

/*
 * As many as Firedancer's pack holds by default, rounded (max_pending_transactions, 65,524): half a second of
 * the seed's 125,000 a second. 86 MB. With an eighth of it a peer alone still fills a block of 1.5 MB.
 */
#define POOL_CAPACITY 65536u
#define POOL_SHARE (POOL_CAPACITY / 8)
#define POOL_MAX_CAPACITY (1u << 24)

struct pool;

/* Bytes of memory for such a pool; 0 where it cannot be. */
size_t pool_bytes(const struct pool_config *config);

/* In memory of pool_bytes(config), aligned to 64 bytes, that stays where it is. */
struct pool *pool_init(void *memory, const struct pool_config *config);

/* What is to be pooled: a transaction that transaction_read took. The bytes are copied. */
struct pool_entry {
    const uint8_t *bytes;
    uint64_t fee;
    uint64_t valid_until;
    uint64_t tag; /* handed back when it is evicted */
    uint32_t peer;
    uint16_t length; /* TRANSACTION_MIN to TRANSACTION_MAX */
};

enum pool_result {
    POOL_TAKEN,
    POOL_TAKEN_FOR_ANOTHER, /* the last one was evicted for it */
    POOL_LOW_FEE,           /* full, and it pays no more than the last one */
    POOL_OVER_SHARE,        /* its peer holds its share, or is none of `peers` */
};

/* `evicted` gets the tag of the evicted one, with POOL_TAKEN_FOR_ANOTHER. */
enum pool_result pool_insert(struct pool *pool, const struct pool_entry *entry, uint64_t *evicted);

/* One that waits. The bytes are the pool's, until anything in it changes. */
struct pool_view {
    const uint8_t *bytes;
    uint64_t valid_until;
    uint16_t length;
};

/* The first transaction. False where none waits. */
bool pool_first(const struct pool *pool, struct pool_view *view);

/* Takes the first transaction out. One must wait. */
void pool_remove_first(struct pool *pool);

/*
 * Looks at up to `most` slots for transactions that are not valid in `slot` and answers how many left. One round over
 * all slots for each `slot` that is later than those before; nothing, once it is done.
 */
unsigned pool_sweep(struct pool *pool, uint64_t slot, unsigned most);

/*
 * Other peers, while nobody uses the pool: `to` says of each old one which it is now, UINT32_MAX that it is no more.
 * What waits of one that is no more stays, as nobody's. `held` is memory of pool_held_bytes(peers), zeroed, that lives
 * as long as these peers; what was handed in before is the caller's again.
 */
size_t pool_held_bytes(uint32_t peers);
void pool_move(struct pool *pool, uint32_t *held, uint32_t peers, const uint32_t *to);

/* How many wait, and how many of one peer. */
uint32_t pool_count(const struct pool *pool);
uint32_t pool_count_of(const struct pool *pool, uint32_t peer);

/* A fee's class, 0 to 495. */
unsigned pool_class(uint64_t fee);

/* Fetches the slot that the `ahead`th insertion from now (0: the next) will use, for so many bytes. */
void pool_prefetch(const struct pool *pool, uint32_t ahead, size_t length);

#endif
