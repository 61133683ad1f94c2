#ifndef PANTHEON_CONSENSUS_SHRED_H
#define PANTHEON_CONSENSUS_SHRED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The bodies of MESSAGE_SHRED and MESSAGE_REPAIR, behind the header (protocol/header.h), big-endian. Pure functions
 * over bytes: no state, no allocation, nothing read outside of (bytes, length).
 *
 * A shred is one piece of a block. All of a block but the last are `stride` bytes long; what stands before the payload
 * says the same in each but the index:
 *
 *      0  8  slot
 *      8  8  block      its id, block_id() of all payloads. Simulated: it stands for a cryptographic hash of 32 bytes
 *     16  8  time       the leader's clock when it proposed the block, in ns
 *     24  4  length     of the block in bytes, 1 or more
 *     28  2  count      of its shreds: length / stride, rounded up
 *     30  2  stride     512 to 8,840
 *     32  2  leader     index of the validator that proposed it
 *     34  2  index      of this shred, from 0
 *     36 64  signature  the leader's, of the block's id, as a Merkle root's is. Simulated: carried, not verified
 *    100     payload    stride bytes; the last shred's the rest, to the end of the datagram
 *
 * So each shred says by itself where its payload belongs, and one that contradicts itself is refused alone.
 */
#define SHRED_HEAD 100u
#define SHRED_SIGNATURE 64u

/* Bounds the shreds of a block of max_block bytes, whoever cuts it: each has state of its own (a bit). */
#define SHRED_MIN_STRIDE 512u
#define SHRED_MAX_STRIDE 8840u /* a frame of 9,000 bytes, less IPv6, UDP, our header and the head */
#define SHRED_MAX_BLOCK (SHRED_MIN_STRIDE * UINT16_MAX)

/* What all shreds of a block say alike. */
struct block_head {
    uint64_t slot;
    uint64_t block;
    uint64_t time_ns;
    uint32_t length;
    uint16_t count;
    uint16_t stride;
    uint16_t leader;
    uint8_t signature[SHRED_SIGNATURE];
};

struct shred {
    struct block_head head;
    uint16_t index;
    uint16_t payload_length;
    const uint8_t *payload; /* inside of the bytes that were read */
};

/* False where the bytes are no shred. */
bool shred_read(const uint8_t *bytes, size_t length, struct shred *shred);

/* Writes SHRED_HEAD and payload_length bytes, and answers how many. */
size_t shred_write(const struct shred *shred, uint8_t *bytes);

/* How long the payload of a shred must be; `index` is below head->count. */
uint16_t shred_payload_length(const struct block_head *head, uint32_t index);

bool block_head_is_same(const struct block_head *a, const struct block_head *b);

/*
 * A block's id is made of its shreds' checksums, added up in any order: who receives the shreds has it as soon as the
 * last one is here, without a second look at the block. It finds mistakes, not malice: it is no cryptographic hash.
 */
uint64_t shred_checksum(uint32_t index, const uint8_t *payload, size_t length);
uint64_t block_id(uint64_t sum_of_checksums); /* never BLOCK_ANY */
#define BLOCK_ANY 0u

/*
 * A repair asks one peer for shreds of one block:
 *
 *      0  8  slot
 *      8  8  block     BLOCK_ANY: no shred came yet, so its id is not known
 *     16  2  ranges    1 to 64
 *     18  2  reserved  0
 *     20  4  each      first index (2), how many (2): 1 or more
 *
 * Ranges ascend, and between two there is at least one index, so there is one way to write a request. They ask for
 * REPAIR_MOST shreds at most: that is what a request of 24 to 276 bytes can cost who answers it. 64 datagrams of 1,232
 * bytes also fit into the receive buffer that Linux gives a socket by default (212,992 bytes, about 2,300 a datagram).
 */
#define REPAIR_MOST 64u
#define REPAIR_HEAD 20u
#define REPAIR_MAX_BYTES (REPAIR_HEAD + 4 * REPAIR_MOST)

struct repair_range {
    uint16_t first;
    uint16_t count;
};

struct repair_request {
    uint64_t slot;
    uint64_t block;
    uint32_t ranges;
    uint32_t shreds; /* in all ranges together */
    struct repair_range list[REPAIR_MOST];
};

bool repair_read(const uint8_t *bytes, size_t length, struct repair_request *request);

/* Writes REPAIR_MAX_BYTES bytes at most, and answers how many. */
size_t repair_write(const struct repair_request *request, uint8_t *bytes);

/* Adds an index that is larger than all before it. False where REPAIR_MOST are in it already. */
bool repair_want(struct repair_request *request, uint16_t index);

#endif
