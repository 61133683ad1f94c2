#ifndef PANTHEON_MAIN_CONSENSUS_H
#define PANTHEON_MAIN_CONSENSUS_H

#include "main/plane.h"

/*
 * This node's validator and its thread (application/consensus_thread.h), of both backends: plane->consensus, NULL where
 * consensus_threads is 0. Of more than one only the first is started, which a line says.
 *
 * Who is which validator: consensus/roster.h. Slots take 400 ms and are counted from 1970 (consensus/settings.h), so
 * all nodes with the right time agree on them; transactions say by the same slots how long they are valid.
 */

/* The pools' desks are made; they get their way to the thread. */
bool consensus_make(struct plane *plane, struct failure *why);

/* Another list of peers (main/peers_change.h), at a slot that is the same for all (application/consensus_thread.h). */
struct consensus_change {
    struct seat *seat; /* the next validator, then one that is no more */
    uint64_t first_slot;
    uint32_t *from;
};

/* True also where there is no validator. False where there is no memory, or there are too many peers for one. */
bool consensus_make_change(const struct plane *plane, const struct peers *next, struct consensus_change *change);
/* The thread is halted, the plane has its next list; `to` is peers_match's. */
void consensus_move(struct plane *plane, struct consensus_change *change, const uint32_t *to);
void consensus_say_change(const struct plane *plane);
void consensus_release_change(struct consensus_change *change);

bool consensus_start(struct plane *plane, const struct cpu_list *cpu, struct failure *why);

/* What it is, in a line or two of the log. */
void consensus_say(const struct plane *plane);

#endif
