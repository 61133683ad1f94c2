#include "transactions/transaction.h"

#include <string.h>

#include "net/bytes.h"

enum { FLAGS = 1, PAYLOAD_LENGTH = 2, SENDER = 4, NONCE = 36, FEE = 44, VALID_UNTIL = 52, PAYLOAD = 60 };

enum transaction_result transaction_read(const uint8_t *bytes, size_t length, struct transaction *transaction) {
    if (length < TRANSACTION_MIN) return TRANSACTION_SHORT;
    if (length > TRANSACTION_MAX) return TRANSACTION_LONG;
    if (bytes[0] != TRANSACTION_VERSION) return TRANSACTION_BAD_VERSION;
    if (bytes[FLAGS] != 0) return TRANSACTION_BAD_FLAGS;
    uint16_t payload_length = bytes_read16(bytes + PAYLOAD_LENGTH);
    if (payload_length != length - TRANSACTION_MIN) return TRANSACTION_BAD_LENGTH;
    *transaction = (struct transaction){
        .sender = bytes + SENDER,
        .payload = bytes + PAYLOAD,
        .signature = bytes + PAYLOAD + payload_length,
        .nonce = bytes_read64(bytes + NONCE),
        .fee = bytes_read64(bytes + FEE),
        .valid_until = bytes_read64(bytes + VALID_UNTIL),
        .payload_length = payload_length,
    };
    return TRANSACTION_OK;
}

size_t transaction_length(const uint8_t *bytes, size_t length) {
    if (length < TRANSACTION_MIN) return 0;
    size_t whole = TRANSACTION_MIN + (size_t)bytes_read16(bytes + PAYLOAD_LENGTH);
    return whole <= length && whole <= TRANSACTION_MAX ? whole : 0;
}

size_t transaction_write(const struct transaction *transaction, uint8_t *bytes) {
    size_t payload_length = transaction->payload_length;
    bytes[0] = TRANSACTION_VERSION;
    bytes[FLAGS] = 0;
    bytes_write16(bytes + PAYLOAD_LENGTH, transaction->payload_length);
    memcpy(bytes + SENDER, transaction->sender, TRANSACTION_SENDER);
    bytes_write64(bytes + NONCE, transaction->nonce);
    bytes_write64(bytes + FEE, transaction->fee);
    bytes_write64(bytes + VALID_UNTIL, transaction->valid_until);
    if (payload_length > 0) memcpy(bytes + PAYLOAD, transaction->payload, payload_length);
    memcpy(bytes + PAYLOAD + payload_length, transaction->signature, TRANSACTION_SIGNATURE);
    return TRANSACTION_MIN + payload_length;
}
