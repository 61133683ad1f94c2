#ifndef PANTHEON_TRANSACTIONS_TESTING_H
#define PANTHEON_TRANSACTIONS_TESTING_H

/* What the tests of this folder share. cmocka.h wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "transactions/transaction.h"

/* xorshift64 (Marsaglia, 2003). The state is not 0. */
static inline uint64_t draw(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    return *state ^= *state << 17;
}

/* Writes a transaction with so much payload behind `bytes`, and answers its length. Equal numbers, equal bytes. */
static inline uint16_t sample(uint8_t *bytes, uint16_t payload, uint64_t nonce, uint64_t fee, uint64_t valid_until) {
    static const uint8_t FILL[TRANSACTION_MAX_PAYLOAD] = {1, 2, 3};
    const struct transaction transaction = {
        .sender = FILL,
        .payload = FILL,
        .signature = FILL,
        .nonce = nonce,
        .fee = fee,
        .valid_until = valid_until,
        .payload_length = payload,
    };
    return (uint16_t)transaction_write(&transaction, bytes);
}

/* Aligned as modules want their memory, and full of rubbish. */
static inline void *memory_of(size_t bytes) {
    assert_true(bytes > 0);
    void *memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
    assert_non_null(memory);
    memset(memory, 0xa5, bytes);
    return memory;
}

#endif
