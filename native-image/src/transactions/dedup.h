#ifndef PANTHEON_TRANSACTIONS_DEDUP_H
#define PANTHEON_TRANSACTIONS_DEDUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The last tags (transactions/tag.h) that were worth remembering, as Firedancer's tcache keeps them: a ring that says
 * which is the oldest, and a map that says whether one is there. Both are there from the start: nothing is allocated
 * later, and what is remembered and what is forgotten cost the same at any time. Belongs to one thread.
 *
 * The caller remembers only what passed its checks, so that nobody pushes honest tags out with rubbish.
 *
 * The map is open-addressed with linear probing and half full at most: 2.5 looks for a tag that is not there, on
 * average (Knuth, volume 3, 6.4), mostly within one cache line. Its places are tags' first bits, which nobody without
 * the key can aim. A tag is taken out by moving back those behind it (Knuth's algorithm R), so there are no tombstones
 * and nothing ever has to be made anew.
 */
struct dedup {
    uint64_t *ring; /* tags in the order in which they came; 0 where none has come yet */
    uint64_t *map;  /* tags at their place or behind it; 0 where there is none */
    uint32_t ring_mask;
    uint32_t map_mask;
    uint32_t next;  /* where in the ring the next tag goes: the oldest is there */
    uint32_t shift; /* a tag's place is what this leaves of it */
};

/*
 * Whoever sends a transaction sends it again after a while: Solana's RPC nodes after two seconds (DEFAULT_RETRY_RATE_MS
 * of its send-transaction-service). At the seed's 125,000 transactions a second 2^18 tags are 2.1 seconds, in 6 MiB
 * (Firedancer keeps 2^25 by default, in a page of 1 GiB).
 * What is forgotten while it is valid is taken again: that a block holds nothing twice must be seen to by the chain.
 */
#define DEDUP_TAGS (1u << 18)
#define DEDUP_MAX_TAGS (1u << 28)

/* Bytes of memory for so many tags: a power of two, 2 to DEDUP_MAX_TAGS. 0 for any other number. */
size_t dedup_bytes(uint32_t tags);

/* In memory of dedup_bytes(tags), aligned to 64 bytes, that stays where it is. Its pages are touched here. */
void dedup_init(struct dedup *dedup, void *memory, uint32_t tags);

/* Whether a tag is remembered. */
bool dedup_seen(const struct dedup *dedup, uint64_t tag);

/* Remembers a tag, not 0, and forgets the oldest where there is no room. Does nothing where it is there already. */
void dedup_remember(struct dedup *dedup, uint64_t tag);

/*
 * Forgets a tag before its time, if it is there. Its place in the ring stays taken; a tag that is remembered again
 * within one round of the ring is forgotten when that place comes round.
 */
void dedup_forget(struct dedup *dedup, uint64_t tag);

/* Fetches what dedup_seen(tag) looks at, and what the `ahead`th dedup_remember from now (0: the next) will forget. */
void dedup_prefetch(const struct dedup *dedup, uint64_t tag, uint32_t ahead);

#endif
