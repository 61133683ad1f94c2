#include "consensus/vote.h"

#include <string.h>

#include "consensus/shred.h"
#include "net/bytes.h"

bool vote_read(const uint8_t *bytes, size_t length, struct vote *vote) {
    if (length != VOTE_BYTES || bytes_read16(bytes + 18) != 0) return false;
    vote->slot = bytes_read64(bytes);
    vote->block = bytes_read64(bytes + 8);
    vote->voter = bytes_read16(bytes + 16);
    memcpy(vote->signature, bytes + 20, VOTE_SIGNATURE);
    return vote->block != BLOCK_ANY;
}

void vote_write(const struct vote *vote, uint8_t *bytes) {
    bytes_write64(bytes, vote->slot);
    bytes_write64(bytes + 8, vote->block);
    bytes_write16(bytes + 16, vote->voter);
    bytes_write16(bytes + 18, 0);
    memcpy(bytes + 20, vote->signature, VOTE_SIGNATURE);
}

bool vote_ack_read(const uint8_t *bytes, size_t length, struct vote_ack *ack) {
    if (length != VOTE_ACK_BYTES) return false;
    ack->slot = bytes_read64(bytes);
    ack->block = bytes_read64(bytes + 8);
    ack->confirmed_ns = bytes_read64(bytes + 16);
    return ack->block != BLOCK_ANY;
}

void vote_ack_write(const struct vote_ack *ack, uint8_t *bytes) {
    bytes_write64(bytes, ack->slot);
    bytes_write64(bytes + 8, ack->block);
    bytes_write64(bytes + 16, ack->confirmed_ns);
}
