#ifndef PANTHEON_APPLICATION_PROPOSAL_H
#define PANTHEON_APPLICATION_PROPOSAL_H

#include <stddef.h>
#include <stdint.h>

/*
 * What goes into this validator's next block: transactions of the batches (transactions/batch.h) that came since its
 * last one. Pure over bytes; nothing is allocated after proposal_make. Belongs to the consensus thread.
 *
 * A block is four bytes, how many transactions there are, big-endian, and then the transactions, one behind the other.
 * So a block without any has bytes too, which it must (consensus/validator.h).
 *
 * As many bytes wait as a block has. For a batch that does not fit the oldest ones go: the newest are valid the
 * longest, and of a chain of 100 validators the oldest would be 40 s old when this one leads.
 *
 * Simulated: nobody looks whether another's block had a transaction meanwhile, as a chain would.
 */
#define PROPOSAL_HEAD 4u

struct proposal;

/* NULL where there is no memory. `max_block` is more than PROPOSAL_HEAD and the longest batch. */
struct proposal *proposal_make(uint32_t max_block);
void proposal_release(struct proposal *proposal);

/* A batch. Answers how many older transactions had to go. */
uint32_t proposal_add(struct proposal *proposal, const uint8_t *bytes, uint32_t length);

/* The block of `slot`, of all that waits. What is no longer valid then is left out, for good. */
struct proposed {
    const uint8_t *bytes; /* the proposal's, until anything in it changes */
    uint32_t length;
    uint32_t transactions;
    uint32_t expired;
};
struct proposed proposal_block(struct proposal *proposal, uint64_t slot);

/* Nothing waits any more: it was proposed. */
void proposal_clear(struct proposal *proposal);

#endif
