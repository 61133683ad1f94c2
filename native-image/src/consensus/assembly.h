#ifndef PANTHEON_CONSENSUS_ASSEMBLY_H
#define PANTHEON_CONSENSUS_ASSEMBLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "consensus/shred.h"

/*
 * Blocks put together from their shreds, and kept for those who ask for some. Memory is taken once: `depth` blocks of
 * max_block bytes, a bit a shred. A slot's place is slot % depth, so a new slot takes the place of the oldest, finished
 * or not. A slot that lost its place, or is depth behind the highest one, is done with and does not come back, whatever
 * arrives (Firedancer's fd_fec_resolver remembers what is done likewise).
 *
 * Which slots may come in at all, and from whom, is for the caller to say: one slot far ahead makes all others old.
 */
enum block_state {
    BLOCK_EMPTY, /* no shred yet */
    BLOCK_FILLING,
    BLOCK_COMPLETE
};

struct block {
    uint64_t slot;
    enum block_state state;
    struct block_head head; /* unless it is empty */
    uint32_t received;      /* shreds */
    uint64_t sum;           /* of their checksums */
    uint64_t *have;         /* bit i: shred i */
    uint8_t *bytes;
};

enum assembly_result {
    ASSEMBLY_NEW,
    ASSEMBLY_COMPLETED, /* the last one: answered once for a block */
    ASSEMBLY_DUPLICATED,
    ASSEMBLY_OLD,
    ASSEMBLY_TOO_LARGE,    /* a block of more than max_block bytes */
    ASSEMBLY_INCONSISTENT, /* says other things of the block than the shreds before it */
    ASSEMBLY_CORRUPT       /* the last one, and the whole is not what its id says: emptied again */
};

struct assembly;

/* max_block is SHRED_MAX_BLOCK at most. NULL where there is no memory. */
struct assembly *assembly_make(uint32_t depth, uint32_t max_block);
void assembly_release(struct assembly *assembly);

/* `block` is written unless the result is ASSEMBLY_OLD or ASSEMBLY_TOO_LARGE. */
enum assembly_result assembly_add(struct assembly *assembly, const struct shred *shred, struct block **block);

/* The slot's block, an empty one where there was none. NULL where it is old. */
struct block *assembly_open(struct assembly *assembly, uint64_t slot);

/* The slot's block, if it is there, empty or not. */
struct block *assembly_find(struct assembly *assembly, uint64_t slot);

/* Forgets what came. */
void assembly_empty(struct block *block);

/*
 * A block of our own, whole at once: fills in the head's count and id from slot, length and stride. NULL where the slot
 * is old or has shreds already, or where length or stride cannot be.
 */
struct block *assembly_fill(struct assembly *assembly, struct block_head *head, const uint8_t *bytes);

/* A shred of the block, to be written. False where it is not here. */
bool assembly_shred(const struct block *block, uint32_t index, struct shred *shred);

/*
 * Asks for what is missing, from the first on, as much as a request holds. Of an empty block that is its beginning.
 * Answers one more than the last index in it; 0 where nothing is missing.
 */
uint32_t assembly_missing(const struct block *block, struct repair_request *request);

#endif
