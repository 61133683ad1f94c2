#ifndef PANTHEON_CONSENSUS_VOTES_H
#define PANTHEON_CONSENSUS_VOTES_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Votes on their way, and votes that are counted. Pure: no datagram goes out here.
 *
 * Sending. A vote is sent again until it is acknowledged: after `rto`, then after twice as long each time. A vote of
 * slot s has place s % VOTES_IN_FLIGHT, so the vote of a slot 32 later gives it up.
 */

/* eRPC's kSessionCredits (sm_types.h): what may be under way without an answer. */
#define VOTES_IN_FLIGHT 32u

/* With 5 ms at first, and doubled five times at most, as repairs are: 5 + 10 + … + 160, and twice 160: 635 ms in all.
 */
#define VOTES_TRIES 8u
#define VOTES_MAX_DOUBLINGS 5u

#define VOTES_NEVER UINT64_MAX

struct vote_flight {
    bool used;
    bool is_under_way; /* not acknowledged, nor given up */
    bool is_confirmed; /* the collector said so */
    uint32_t tries;    /* that were sent */
    uint64_t slot;
    uint64_t block;
    uint64_t proposed_ns; /* the block's time */
    uint64_t due_ns;
};

/* All zero is empty. */
struct votes_sent {
    struct vote_flight flights[VOTES_IN_FLIGHT];
};

/* A new vote, due at once. Answers whether another one was given up for it. */
bool votes_begin(struct votes_sent *sent, uint64_t slot, uint64_t block, uint64_t proposed_ns, uint64_t now_ns);

enum votes_due { VOTES_NONE, VOTES_FIRST, VOTES_AGAIN, VOTES_LOST };

/* The next vote that is due, to be sent now, or VOTES_LOST: it was given up after VOTES_TRIES. To be asked until it is
 * NONE. */
enum votes_due votes_due(struct votes_sent *sent, uint64_t now_ns, uint64_t rto_ns, struct vote_flight *flight);

/* When the next one is due; VOTES_NEVER. */
uint64_t votes_deadline(const struct votes_sent *sent);

/*
 * An acknowledgement, and whether it says that the slot is confirmed. Answers what of it is new, as a sum; 0 is
 * nothing, as for votes that were never sent. `flight` is written for others.
 */
#define VOTES_IS_ACKED 1u
#define VOTES_IS_CONFIRMED 2u
unsigned votes_acknowledged(struct votes_sent *sent, uint64_t slot, uint64_t block, bool confirmed,
                            struct vote_flight *flight);

/*
 * Counting. One vote a validator and slot; the first one counts. Fixed memory: `depth` slots with a byte a validator,
 * and VOTES_BLOCKS different blocks a slot (a leader that proposes two, voters that lie).
 */
#define VOTES_BLOCKS 4u

enum votes_result {
    VOTES_COUNTED,
    VOTES_QUORUM, /* counted, and with it two thirds of the validators and one: answered once for a slot */
    VOTES_DUPLICATED,
    VOTES_CONFLICTING, /* the voter voted for another block, or VOTES_BLOCKS others are counted already */
    VOTES_OLD          /* a slot before the one that has its place now */
};

struct votes_counted;

/* NULL where there is no memory. */
struct votes_counted *votes_make(uint32_t depth, uint32_t validators);
void votes_release(struct votes_counted *counted);

/*
 * `confirmed_ns` is written for COUNTED, QUORUM and DUPLICATED: when the quorum for this block was reached, 0 if it was
 * not. As with blocks, which slots may come in at all is for the caller to say; `voter` is below `validators`.
 */
enum votes_result votes_count(struct votes_counted *counted, uint64_t slot, uint64_t block, uint32_t voter,
                              uint64_t now_ns, uint64_t *confirmed_ns);

/* Who voted for this block: writes `validators` numbers at most and answers how many. */
uint32_t votes_voters(const struct votes_counted *counted, uint64_t slot, uint64_t block, uint32_t *voters);

uint32_t votes_quorum(uint32_t validators);

#endif
