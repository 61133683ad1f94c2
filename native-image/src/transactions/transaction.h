#ifndef PANTHEON_TRANSACTIONS_TRANSACTION_H
#define PANTHEON_TRANSACTIONS_TRANSACTION_H

#include <stddef.h>
#include <stdint.h>

#include "protocol/header.h"

/*
 * A transaction: the body of a MESSAGE_TRANSACTION, one a datagram, and the same bytes in the pool and in a block
 * (transactions/batch.h). Big-endian, n bytes of payload:
 *
 *      0   1  version      1
 *      1   1  flags        0; anything else is malformed, so that they can be given a meaning later
 *      2   2  n            what the datagram's length says too: in a block it is all there is to say it
 *      4  32  sender       an Ed25519 public key (RFC 8032)
 *     36   8  nonce        drawn or counted by the sender: makes two transactions that are otherwise the same different
 *     44   8  fee          in the chain's smallest unit. Nobody has looked whether the sender owns it
 *     52   8  valid until  the last slot whose block may hold it
 *     60   n  payload      the chain's own
 *   60+n  64  signature    Ed25519 over all bytes before it, which therefore are one piece
 *
 * Signatures are carried, NOT verified, here or anywhere in this network layer: whoever counts transactions counts what
 * a verifier would have to look at. Nor is the order of a sender's nonces looked at: that is the chain's matter.
 *
 * Reading and writing are pure functions over bytes: no state, no allocation, nothing read outside of (bytes, length).
 */
#define TRANSACTION_VERSION 1u
#define TRANSACTION_SENDER 32u
#define TRANSACTION_SIGNATURE 64u
#define TRANSACTION_MIN (60u + TRANSACTION_SIGNATURE) /* without payload */

/*
 * With our header as long as a transaction of Solana at most (PACKET_DATA_SIZE in its sdk's packet crate): 1,280, the
 * MTU that every IPv6 link has (RFC 8200, section 5), less 40 and 8 for IPv6 and UDP. So it is never fragmented.
 */
#define TRANSACTION_MAX_DATAGRAM 1232u
#define TRANSACTION_MAX (TRANSACTION_MAX_DATAGRAM - HEADER_BYTES)
#define TRANSACTION_MAX_PAYLOAD (TRANSACTION_MAX - TRANSACTION_MIN)

/*
 * How many slots ahead `valid until` may lie: what a blockhash of Solana is good for (MAX_PROCESSING_AGE in its clock
 * crate). So nothing stays in a pool for ever, and what deduplication must remember has an end.
 */
#define TRANSACTION_MAX_AGE 150u

struct transaction {
    const uint8_t *sender;    /* TRANSACTION_SENDER bytes */
    const uint8_t *payload;   /* payload_length bytes */
    const uint8_t *signature; /* TRANSACTION_SIGNATURE bytes, not verified */
    uint64_t nonce;
    uint64_t fee;
    uint64_t valid_until;
    uint16_t payload_length;
};

enum transaction_result {
    TRANSACTION_OK,
    TRANSACTION_SHORT, /* than a transaction can be */
    TRANSACTION_LONG,  /* than one can be */
    TRANSACTION_BAD_VERSION,
    TRANSACTION_BAD_FLAGS,
    TRANSACTION_BAD_LENGTH, /* n is not what the length says */
    TRANSACTION_RESULTS
};

/* `bytes` are one transaction and nothing else. The pointers of `transaction` point into them. */
enum transaction_result transaction_read(const uint8_t *bytes, size_t length, struct transaction *transaction);

/*
 * How long the transaction is that begins at `bytes`, by its own field, of the `length` bytes that are there. 0 where
 * that cannot be: fewer bytes, or more than TRANSACTION_MAX. Nothing else of it is looked at.
 */
size_t transaction_length(const uint8_t *bytes, size_t length);

/* Writes TRANSACTION_MIN + payload_length bytes and answers how many. The payload is TRANSACTION_MAX_PAYLOAD at most.
 */
size_t transaction_write(const struct transaction *transaction, uint8_t *bytes);

#endif
