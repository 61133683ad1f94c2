#ifndef PANTHEON_CONSENSUS_VOTE_H
#define PANTHEON_CONSENSUS_VOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The bodies of MESSAGE_VOTE and MESSAGE_VOTE_ACK, behind the header, big-endian. Pure functions over bytes.
 *
 *     vote   0  8  slot
 *            8  8  block      the id of the complete block, never BLOCK_ANY
 *           16  2  voter      index of the validator
 *           18  2  reserved   0
 *           20 64  signature  the voter's. Simulated: carried, not verified
 *
 *     ack    0  8  slot
 *            8  8  block
 *           16  8  confirmed  when the quorum was reached, ns of the collector's clock; 0: not yet
 *
 * An acknowledgement is shorter than a vote: nobody can be made to send more than arrives.
 */
#define VOTE_BYTES 84u
#define VOTE_SIGNATURE 64u
#define VOTE_ACK_BYTES 24u

struct vote {
    uint64_t slot;
    uint64_t block;
    uint16_t voter;
    uint8_t signature[VOTE_SIGNATURE];
};

struct vote_ack {
    uint64_t slot;
    uint64_t block;
    uint64_t confirmed_ns;
};

/* False where the bytes are none. */
bool vote_read(const uint8_t *bytes, size_t length, struct vote *vote);
bool vote_ack_read(const uint8_t *bytes, size_t length, struct vote_ack *ack);

/* Write VOTE_BYTES and VOTE_ACK_BYTES bytes. */
void vote_write(const struct vote *vote, uint8_t *bytes);
void vote_ack_write(const struct vote_ack *ack, uint8_t *bytes);

#endif
