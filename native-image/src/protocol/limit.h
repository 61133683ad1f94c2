#ifndef PANTHEON_PROTOCOL_LIMIT_H
#define PANTHEON_PROTOCOL_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * How many frames of one peer are worked on: a token bucket. A peer that keeps to the protocol sends 20 frames a
 * second, ten probes and ten replies; five times that is let through, and after a pause (a guest that stood still)
 * what ten seconds hold at once.
 */
#define LIMIT_PER_SECOND 100u
#define LIMIT_BURST 256u

/* All zero before the first frame: the bucket is full then. */
struct limit {
    uint64_t filled_ns; /* when it was filled last, 0 before the first frame */
    uint32_t tokens;
};

/* Takes a token out. False where there is none: the frame is to be dropped. `now_ns` must not go back. */
bool limit_take(struct limit *limit, uint64_t now_ns);

#endif
