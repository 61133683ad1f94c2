#ifndef PANTHEON_CONSENSUS_REPAIR_H
#define PANTHEON_CONSENSUS_REPAIR_H

#include <stdbool.h>
#include <stdint.h>

#include "consensus/assembly.h"

/*
 * When a block's missing shreds are asked for, and of whom. Pure: no datagram goes out here.
 *
 * After `wait` without a new shred the parent in the tree is asked for the first REPAIR_MOST that are missing, as it
 * mostly has them. When all of these are here, or the last of them is, the next ones are asked for at once: an answer
 * comes in order, so what is not here by then was lost. Where none came within the wait, as often as the validator has
 * `patience`, the leader is asked from then on: it has them for certain. Patience grows with the depth in the tree. If
 * it did not, all below a dead validator would turn to the leader at once, though only its children have to: the others
 * get the shreds from those.
 *
 * Each fruitless request doubles the wait. After REPAIR_TRIES in a row nothing is asked any more until a shred comes.
 * Every request but those brings a shred nearer, so a block costs REPAIR_TRIES requests a shred at the very most.
 */

/* With 5 ms at first, and doubled five times at most: 5 + 10 + … + 160, and four times 160 again: a second in all. */
#define REPAIR_TRIES 10u
#define REPAIR_MAX_DOUBLINGS 5u

#define REPAIR_NEVER UINT64_MAX

/* Of one slot. All zero is not begun. */
struct repair {
    uint64_t due_ns;      /* when to ask next; REPAIR_NEVER */
    uint32_t asked_end;   /* one more than the last index that was asked for */
    uint32_t outstanding; /* that were asked for and are not here */
    uint32_t tries;       /* in a row, fruitless as yet */
    bool answered;        /* the last request was, in part */
    uint32_t patience;    /* requests that the parent may leave unanswered; 0: the leader alone is asked */
};

enum repair_target { REPAIR_NOBODY, REPAIR_PARENT, REPAIR_LEADER };

void repair_begin(struct repair *repair, uint64_t due_ns, uint32_t patience);
void repair_end(struct repair *repair);

/* A new shred is here. Answers whether it had been asked for. */
bool repair_arrived(struct repair *repair, uint32_t index, uint64_t now_ns, uint64_t wait_ns);

/* Where it is time to ask, writes the request and answers whom to ask. */
enum repair_target repair_due(struct repair *repair, const struct block *block, uint64_t now_ns, uint64_t wait_ns,
                              struct repair_request *request);

#endif
