#ifndef PANTHEON_CONSENSUS_BUCKET_H
#define PANTHEON_CONSENSUS_BUCKET_H

#include <stdint.h>

/*
 * A token bucket: how many shreds of repairs a peer may still be sent. Filled with `per_slot` tokens in each slot's
 * time, and full at first.
 */
struct bucket {
    uint64_t filled_ns; /* 0 before it is used first */
    uint32_t tokens;
};

/* What buckets of a kind have in common. All are 1 or more; per_slot * slot_ns * (burst / per_slot + 1) is below 2^64.
 */
struct bucket_rate {
    uint32_t burst; /* tokens that fit in */
    uint32_t per_slot;
    uint64_t slot_ns;
};

/* Tokens in it now; the caller takes out what it uses. `now_ns` that goes back adds none. */
uint32_t bucket_look(struct bucket *bucket, const struct bucket_rate *rate, uint64_t now_ns);

#endif
