#ifndef PANTHEON_PROTOCOL_SEQUENCE_H
#define PANTHEON_PROTOCOL_SEQUENCE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What a receiver learns from the numbers of one sender: gaps (lost), numbers that come after larger ones (late: they
 * fill a gap, so one less is lost) and numbers that come twice (duplicated). Constant memory and time, whatever comes.
 */

/*
 * How far back a number can be told to be late or twice. Two frames of a peer a tenth of a second and their replies
 * make 20 a second: 1,024 are 51 seconds. What is older is stale: it counts as nothing.
 */
#define SEQUENCE_WINDOW 1024u

/*
 * A number that is further ahead is no gap but a broken or forged frame: at the 20 frames a second of today 2^32 are
 * an outage of seven years.
 */
#define SEQUENCE_MAX_GAP (1ull << 32)

enum sequence_result {
    SEQUENCE_NEXT,       /* as expected, or the first of a session */
    SEQUENCE_GAP,        /* *lost numbers before it did not come (yet) */
    SEQUENCE_LATE,       /* fills a gap */
    SEQUENCE_DUPLICATED, /* was here before */
    SEQUENCE_STALE,      /* of the session before, before the session's first, or behind the window */
    SEQUENCE_IMPOSSIBLE, /* SEQUENCE_MAX_GAP */
};

/* All zero before the first number. */
struct sequence {
    bool started;
    bool had_session; /* `previous` is one */
    uint32_t session;
    uint32_t previous;
    uint64_t first;
    uint64_t next;                       /* the largest number so far, and one */
    uint64_t seen[SEQUENCE_WINDOW / 64]; /* bit n % SEQUENCE_WINDOW: number n was here */
};

/*
 * Takes one number in. A session that is neither the current one nor the one before begins anew: the sender was
 * started again. `lost` is written for SEQUENCE_GAP.
 */
enum sequence_result sequence_take(struct sequence *sequence, uint32_t session, uint64_t number, uint64_t *lost);

#endif
