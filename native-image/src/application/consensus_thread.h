#ifndef PANTHEON_APPLICATION_CONSENSUS_THREAD_H
#define PANTHEON_APPLICATION_CONSENSUS_THREAD_H

#include "application/batches.h"
#include "application/handoff.h"
#include "application/loop.h"
#include "application/proposal.h"
#include "application/seat.h"

/*
 * The thread of one validator (consensus/validator.h): takes the shreds, repairs and votes that each worker hands over,
 * gives the buffers back, collects the batches of the desks (application/desk.h), and when the validator leads a slot,
 * proposes the block of them as the slot begins, an empty one where nothing waits. It polls as the workers do, and
 * pauses as they do where poll_mode is adaptive, but never beyond what the validator has to do next.
 *
 * A validator is one thread's: its votes, its limits and its clock belong to all slots, so slots cannot be shared out
 * among threads. One is enough: the largest block has 1,873 shreds, each of which costs half a microsecond here (181 ns
 * in the validator, consensus/test_cost.c; 300 ns in the hand-off), so every 400 ms one core is busy for 1.
 *
 * Where the list of peers changes there are other validators, other leaders and other trees, on which all nodes have to
 * agree slot by slot. So a node goes over to them at a slot that is the same for all who read the change within the same
 * CONSENSUS_ERA slots: the next one whose number is a multiple of it. The validator of before (`before`) works on the
 * slots below to their end, beside that of now (`present`); a third one at a time there never is.
 *
 * All that it sends goes through the first worker, the only one that surely has port 0, where the peers are. Where that
 * worker's ring has no room, its own block waits (consensus/propagation.h); a relayed shred, a vote or an answer is
 * lost and counted as send_refused, as it would be on a full queue of the card, and repaired as any loss.
 */
#define CONSENSUS_ERA 32u /* 12.8 s of slots of 400 ms: a fleet that is told at once reads it within that */

struct consensus_thread_counters {
    struct counter clock_back; /* rounds in which the clock was before what it had been: it stood still for them */
    struct counter confirmed;  /* slots, as collector, and those of which its collector told us */
    /* Of transactions: TRANSACTIONS_BATCHED of all desks is the sum of these and of those that wait. */
    struct counter proposed;
    struct counter displaced; /* by newer ones (application/proposal.h) */
    struct counter expired;   /* while they waited for the block */
};

struct consensus_thread {
    struct outbox outbox; /* first: an outbox is a consensus_thread */
    struct loop loop;
    _Alignas(64) struct consensus_thread_counters counters;

    /* Written before it starts. */
    _Alignas(64) struct seat *present;
    struct seat *before;               /* of the slots below first_slot; NULL: there is none */
    uint64_t first_slot;               /* of `present`, where there is `before` */
    uint64_t depth_slots;              /* that a validator works on at once */
    uint64_t past[CONSENSUS_COUNTERS]; /* of validators that are no more */
    struct handoff **handoffs;         /* one a worker */
    unsigned workers;
    struct batches **batches; /* one a desk */
    unsigned desks;
    struct proposal *proposal;

    /* Its own. */
    uint64_t now_ns;
    uint64_t next_slot_ns; /* when to look next whether the validator leads */
    struct handed taken[IO_MAX_BURST];
    struct datagram back[IO_MAX_BURST];
};

/* The clock of consensus/schedule.h: CLOCK_REALTIME, in ns. */
uint64_t consensus_thread_clock(void);

/* That clock, but never back. The thread's own, or whoever's who has halted it. */
uint64_t consensus_thread_now(struct consensus_thread *thread);

/*
 * Fills in the outbox, which seat_make wants, with a schedule like all that will come. The first slot that is looked at is
 * the one that begins now or next.
 */
void consensus_thread_prepare(struct consensus_thread *thread, const struct schedule *schedule, uint64_t now_ns);

/* Takes a burst of each worker. Answers how many came. The thread's own, or whoever's who has halted it. */
unsigned consensus_thread_take(struct consensus_thread *thread, uint64_t now_ns);

/*
 * Another list of peers, while the thread is halted. `next` was made by whoever calls, to begin with slot `first`, one of
 * consensus_thread_era's; `to` and `from` are for seat_move of who stays beside it. Answers who is to be released.
 */
struct seat *consensus_thread_move(struct consensus_thread *thread, struct seat *next, uint64_t first,
                                   const uint32_t *to, uint32_t *from, uint32_t peers);

/* The slot at which those who change now go over. */
uint64_t consensus_thread_era(const struct schedule *schedule, uint64_t now_ns);

/* Of all its validators. */
uint64_t consensus_thread_count(const struct consensus_thread *thread, enum consensus_counter counter);

/* One round. Answers how much there was to do; `*deadline_ns` is when the next round has to be, at the latest. */
unsigned consensus_thread_round(struct consensus_thread *thread, uint64_t now_ns, uint64_t *deadline_ns);

/* A thread's function (main/threads.h): runs until *stop, then gives back everything that it was handed. */
void consensus_thread_run(void *consensus_thread);

#endif
