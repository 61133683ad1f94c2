#ifndef PANTHEON_PROTOCOL_LIMIT_H
#define PANTHEON_PROTOCOL_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * How many datagrams of one peer are worked on: a token bucket, kept as the moment at which it will be full again (the
 * virtual scheduling algorithm of ITU-T I.371, annex A). So a bucket is eight bytes, and taking a token out is a
 * comparison and an addition: no division, whatever the rate.
 */
struct limit_rate {
    uint64_t token_ns; /* how long a token takes to come back */
    uint32_t burst;    /* tokens of a full bucket; with 0 nothing passes */
};

/* Rounded to whole nanoseconds a token: 0.1 % too many at most up to a million a second. With 0 a second nothing
 * passes. */
static inline struct limit_rate limit_rate_make(uint32_t per_second, uint32_t burst) {
    if (per_second == 0) return (struct limit_rate){0, 0};
    return (struct limit_rate){1000000000u / per_second, burst};
}

/*
 * What the exchange (protocol/exchange.h) lets through. A peer that keeps to the protocol sends 20 frames a second, ten
 * probes and ten replies; five times that is let through, and after a pause (a guest that stood still) what ten seconds
 * hold at once.
 */
#define LIMIT_PER_SECOND 100u
#define LIMIT_BURST 256u

/* One peer's bucket. All zero before the first datagram: it is full then. */
struct limit {
    uint64_t full_ns; /* when it will be full, if nothing more is taken out */
};

/*
 * Takes a token out. False where there is none: the datagram is to be dropped. A clock that goes back lets nothing more
 * through than one that stands still.
 */
bool limit_take(struct limit *limit, const struct limit_rate *rate, uint64_t now_ns);

#endif
