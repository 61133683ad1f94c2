#include "transactions/receipt.h"

#include "net/bytes.h"
#include "transactions/transaction.h"

enum { NONCE = HEADER_BYTES, RESULT = 20, TYPE = 3, NONCE_OF_TRANSACTION = HEADER_BYTES + 36 };

static uint8_t result_of(enum transaction_count count) {
    switch (count) {
    case TRANSACTIONS_POOLED: return RECEIPT_POOLED;
    case TRANSACTIONS_DUPLICATED: return RECEIPT_DUPLICATED;
    case TRANSACTIONS_LATE:
    case TRANSACTIONS_TOO_FAR:
    case TRANSACTIONS_LOW_FEE:
    case TRANSACTIONS_OVER_SHARE: return RECEIPT_REFUSED;
    default: return 0;
    }
}

bool receipt_make(struct datagram *datagram, enum transaction_count count) {
    uint8_t *bytes = datagram->bytes, result = result_of(count);
    if (datagram->length < HEADER_BYTES + TRANSACTION_MIN || bytes[TYPE] != MESSAGE_TRANSACTION_ASKING) return false;
    if (result == 0 || datagram->room < RECEIPT_BYTES) return false;
    bytes[TYPE] = MESSAGE_RECEIPT; /* the rest of the header is the sender's own; its hint means nothing to it */
    bytes_write16(bytes + 8, HEADER_NO_HINT);
    bytes_write64(bytes + NONCE, bytes_read64(bytes + NONCE_OF_TRANSACTION));
    bytes_write32(bytes + RESULT, (uint32_t)result << 24);
    datagram->length = RECEIPT_BYTES;
    return true;
}

bool receipt_read(const uint8_t *bytes, uint16_t length, uint64_t *nonce, enum receipt_result *result) {
    if (length != RECEIPT_BYTES || bytes[TYPE] != MESSAGE_RECEIPT) return false;
    *nonce = bytes_read64(bytes + NONCE);
    *result = (enum receipt_result)bytes[RESULT];
    return bytes[RESULT] >= RECEIPT_POOLED && bytes[RESULT] <= RECEIPT_REFUSED;
}
