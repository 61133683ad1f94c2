#ifndef PANTHEON_APPLICATION_DESK_H
#define PANTHEON_APPLICATION_DESK_H

#include "application/batches.h"
#include "application/handoff.h"
#include "transactions/intake.h"
#include "transactions/receipt.h"

/*
 * Where transactions are taken in, receipts given out and batches made: an intake with the clock that tells its slot.
 * It belongs to a pool's thread or, where there is none and one worker alone, to that worker.
 *
 * Batches are made while transactions come, DESK_BATCH at a time, so that the pool never stands full because a block
 * comes only every 400 ms, and no batch takes longer than a few bursts. They go to the consensus thread, which proposes
 * blocks of them (application/consensus_thread.h); while that one is behind, transactions wait in the pool. Where there
 * is none (consensus_threads = 0) batches are written and thrown away: such a node takes transactions in and proposes
 * nothing. Both are counted as batched.
 */
#define DESK_BATCH 64u
#define DESK_BATCH_BYTES (DESK_BATCH * TRANSACTION_MAX)

struct desk {
    struct intake *intake;
    uint64_t slot_ns;        /* how long a slot is; they are counted from 1970 (consensus/settings.h has the same) */
    struct batches *batches; /* to the consensus thread, DESK_BATCH_BYTES each; NULL: there is none */
    uint8_t *thrown_away;    /* DESK_BATCH_BYTES, where there is none */
    enum transaction_count results[IO_MAX_BURST];
};

/*
 * A burst, IO_MAX_BURST at most; an empty one goes on looking for what is too old. `back` gets each datagram: as its
 * receipt, to be sent, or with `peer` HANDOFF_DROP.
 */
void desk_take(struct desk *desk, const struct handed *list, unsigned count, struct datagram *back);

#endif
