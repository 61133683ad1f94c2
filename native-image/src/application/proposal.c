#include "application/proposal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "net/bytes.h"
#include "transactions/batch.h"

/*
 * The transactions stand in one piece, from `begin` to `end`, in memory for twice as many: so they are moved to its
 * beginning once for as many bytes as a block has, and not for each batch. In front of them there is always room for
 * the block's head.
 */
struct proposal {
    size_t room; /* bytes of transactions */
    size_t begin, end;
    uint8_t bytes[];
};

struct proposal *proposal_make(uint32_t max_block) {
    size_t room = max_block - PROPOSAL_HEAD;
    struct proposal *proposal = malloc(sizeof *proposal + PROPOSAL_HEAD + 2 * room);
    if (proposal == NULL) return NULL;
    proposal->room = room;
    proposal_clear(proposal);
    return proposal;
}

void proposal_release(struct proposal *proposal) {
    free(proposal);
}

void proposal_clear(struct proposal *proposal) {
    proposal->begin = proposal->end = PROPOSAL_HEAD;
}

static uint32_t make_room(struct proposal *proposal, size_t length) {
    uint32_t gone = 0;
    for (; proposal->end - proposal->begin + length > proposal->room; gone++) {
        size_t oldest = transaction_length(proposal->bytes + proposal->begin, proposal->end - proposal->begin);
        assert(oldest > 0);
        proposal->begin += oldest;
    }
    return gone;
}

uint32_t proposal_add(struct proposal *proposal, const uint8_t *bytes, uint32_t length) {
    assert(length <= proposal->room);
    uint32_t gone = make_room(proposal, length);
    if (proposal->end + length > PROPOSAL_HEAD + 2 * proposal->room) {
        size_t waiting = proposal->end - proposal->begin;
        memmove(proposal->bytes + PROPOSAL_HEAD, proposal->bytes + proposal->begin, waiting);
        proposal->begin = PROPOSAL_HEAD;
        proposal->end = PROPOSAL_HEAD + waiting;
    }
    memcpy(proposal->bytes + proposal->end, bytes, length);
    proposal->end += length;
    return gone;
}

struct proposed proposal_block(struct proposal *proposal, uint64_t slot) {
    uint8_t *bytes = proposal->bytes + proposal->begin;
    size_t length = proposal->end - proposal->begin, at = 0, kept = 0;
    struct proposed block = {.bytes = bytes - PROPOSAL_HEAD};
    struct transaction transaction;
    for (size_t from = 0; batch_next(bytes, length, &at, &transaction) == BATCH_TRANSACTION; from = at) {
        if (transaction.valid_until < slot) {
            block.expired++;
            continue;
        }
        if (kept < from) memmove(bytes + kept, bytes + from, at - from);
        kept += at - from;
        block.transactions++;
    }
    proposal->end = proposal->begin + kept;
    bytes_write32(bytes - PROPOSAL_HEAD, block.transactions);
    block.length = (uint32_t)(PROPOSAL_HEAD + kept);
    return block;
}
