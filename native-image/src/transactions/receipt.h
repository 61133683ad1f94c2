#ifndef PANTHEON_TRANSACTIONS_RECEIPT_H
#define PANTHEON_TRANSACTIONS_RECEIPT_H

#include <stdbool.h>
#include <stdint.h>

#include "io/io.h"
#include "transactions/counters.h"

/*
 * What became of one transaction, for the peer that sent it as MESSAGE_TRANSACTION_ASKING. It is always shorter than the
 * transaction, and there is one for one: nobody can be made to send more than arrives. Not signed; a node that wants to be
 * sure looks into the blocks.
 *
 * Body of MESSAGE_RECEIPT, big-endian:
 *
 *     12  8  nonce    the transaction's
 *     20  1  result   enum receipt_result
 *     21  3  reserved 0
 */
#define RECEIPT_BYTES (HEADER_BYTES + 12u)

enum receipt_result {
    RECEIPT_POOLED = 1,
    RECEIPT_DUPLICATED = 2, /* it was pooled a while ago */
    RECEIPT_REFUSED = 3,    /* too late, too far ahead, too low a fee, over the peer's share: it may be sent again */
};

/*
 * True where the datagram asked for a receipt, may be written, and is that receipt now, for its sender. A malformed one gets
 * none.
 */
bool receipt_make(struct datagram *datagram, enum transaction_count count);

/* False where it is none. */
bool receipt_read(const uint8_t *bytes, uint16_t length, uint64_t *nonce, enum receipt_result *result);

#endif
