#ifndef PANTHEON_CONSENSUS_PROPAGATION_H
#define PANTHEON_CONSENSUS_PROPAGATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "consensus/answers.h"
#include "consensus/assembly.h"
#include "consensus/path.h"
#include "consensus/post.h"
#include "consensus/repair.h"
#include "consensus/settings.h"

/*
 * How blocks get from their leader to everybody: shreds down the tree, and repairs.
 *
 * A new shred goes on to the children as it is, before its block is complete. A shred counts only if it comes from the
 * slot's leader or from the parent in the slot's tree, so nobody else can put anything into a block. What the leader
 * itself sends outweighs what a parent relayed: where they contradict, or the whole is not what its id says, the block
 * is begun anew from the leader alone. Where that is wrong as well the leader lies, and the slot is left.
 *
 * The leader sends the first and the last shred to every validator itself (2 % more datagrams for 1 MB and 100
 * validators). So who has a dead parent learns of the block at once, and repairs it. Who heard nothing of a slot by its
 * half asks for it.
 */

/* Where the outbox has no room, the next try is then: a burst to ten children takes 130 us at 25 Gbit/s. */
#define PROPAGATION_PAUSE_NS 50000u

struct propagation {
    const struct settings *settings;
    struct post *post;
    struct assembly *assembly;
    struct paths paths;
    uint32_t *announced;    /* scratch: who hears of our block from us beside our children */
    struct answers answers; /* what a MESSAGE_REPAIR goes to */
    uint64_t deadline_ns;   /* nothing is due before */
    bool is_sending;
    uint64_t sending_slot;
    uint32_t sending_index;
    uint64_t clock_slot; /* whose half or end is the next to be looked at */
    bool clock_half;     /* its half has been */
    uint64_t end_slot;   /* slots from there on are not looked at */
};

/* False where there is no memory; to be released then too. `settings` and `post` stay where they are. */
bool propagation_make(struct propagation *propagation, const struct settings *settings, struct post *post,
                      uint64_t now_ns);
void propagation_release(struct propagation *propagation);

/* A MESSAGE_SHRED's body from a validator. Answers the block that it completed, or NULL. */
const struct block *propagation_shred(struct propagation *propagation, const uint8_t *body, size_t length,
                                      uint32_t from, uint64_t now_ns);

/* Our own block for a slot that we lead; ticks send it. NULL where assembly_fill has none. */
const struct block *propagation_propose(struct propagation *propagation, uint64_t slot, const uint8_t *bytes,
                                        uint32_t length, uint64_t now_ns);

/* Sends what is due, and answers when the next thing is. */
uint64_t propagation_tick(struct propagation *propagation, uint64_t now_ns);

#endif
