#include "transactions/batch.h"

#include <string.h>

struct batch pool_batch(struct pool *pool, unsigned most, uint8_t *bytes, size_t room, uint64_t slot,
                        struct transaction_counters *counters) {
    struct batch batch = {0};
    struct pool_view first;
    while (batch.count < most && pool_first(pool, &first)) {
        if (first.valid_until < slot) {
            batch.expired++;
        } else {
            if (first.length > room - batch.length) break;
            memcpy(bytes + batch.length, first.bytes, first.length);
            batch.length += first.length;
            batch.count++;
        }
        pool_remove_first(pool);
    }
    transactions_count(counters, TRANSACTIONS_BATCHED, batch.count);
    transactions_count(counters, TRANSACTIONS_EXPIRED, batch.expired);
    return batch;
}

enum batch_step batch_next(const uint8_t *bytes, size_t length, size_t *at, struct transaction *transaction) {
    if (*at == length) return BATCH_END;
    size_t whole = transaction_length(bytes + *at, length - *at);
    if (whole == 0 || transaction_read(bytes + *at, whole, transaction) != TRANSACTION_OK) return BATCH_MALFORMED;
    *at += whole;
    return BATCH_TRANSACTION;
}
