#include "transactions/intake.h"

/*
 * How many transactions ahead memory is fetched. Each has about a dozen lines; more than four of them at once are more
 * than a core has on the way (24 misses of its first level on Zen 3), and were slower. Without any it takes twice as
 * long.
 */
enum { AHEAD = 4 };

/*
 * Slots that the sweep looks at in each burst, and for each transaction of it. So the sweep is round when half as many
 * as the pool's capacity have come, or so many bursts as 64 go into it: 1,024 of them for 65,536 slots.
 */
enum { SWEEP_A_BURST = 64, SWEEP_EACH = 2 };

static size_t dedup_offset(void) {
    return (sizeof(struct intake) + 63) / 64 * 64;
}

size_t intake_bytes(const struct intake_config *config) {
    size_t dedup = dedup_bytes(config->tags), pool = pool_bytes(&config->pool);
    return dedup == 0 || pool == 0 ? 0 : dedup_offset() + dedup + pool;
}

struct intake *intake_init(void *memory, const struct intake_config *config) {
    struct intake *intake = memory;
    uint8_t *dedup = (uint8_t *)memory + dedup_offset();
    *intake = (struct intake){0};
    dedup_init(&intake->dedup, dedup, config->tags);
    intake->pool = pool_init(dedup + dedup_bytes(config->tags), &config->pool);
    return intake;
}

/* What becomes of a transaction that was read. */
static enum transaction_count pool_it(struct intake *intake, const struct handed *handed,
                                      const struct pool_entry *entry) {
    uint64_t evicted = 0;
    if (entry->valid_until < intake->slot) return TRANSACTIONS_LATE;
    if (entry->valid_until - intake->slot > TRANSACTION_MAX_AGE) return TRANSACTIONS_TOO_FAR;
    switch (pool_insert(intake->pool, entry, &evicted)) {
    case POOL_LOW_FEE: return TRANSACTIONS_LOW_FEE;
    case POOL_OVER_SHARE: return TRANSACTIONS_OVER_SHARE;
    case POOL_TAKEN_FOR_ANOTHER:
        dedup_forget(&intake->dedup, evicted);
        transactions_count(&intake->counters, TRANSACTIONS_EVICTED, 1);
        break;
    case POOL_TAKEN: break;
    }
    dedup_remember(&intake->dedup, handed->tag);
    return TRANSACTIONS_POOLED;
}

static enum transaction_count take(struct intake *intake, const struct handed *handed) {
    const struct datagram *datagram = &handed->datagram;
    struct transaction transaction;
    if (dedup_seen(&intake->dedup, handed->tag)) return TRANSACTIONS_DUPLICATED;
    if (datagram->length < HEADER_BYTES) return TRANSACTIONS_MALFORMED_SHORT;
    const uint8_t *bytes = datagram->bytes + HEADER_BYTES;
    uint16_t length = (uint16_t)(datagram->length - HEADER_BYTES);
    enum transaction_result result = transaction_read(bytes, length, &transaction);
    if (result != TRANSACTION_OK) return transaction_count_of(result);
    const struct pool_entry entry = {
        .bytes = bytes,
        .fee = transaction.fee,
        .valid_until = transaction.valid_until,
        .tag = handed->tag,
        .peer = datagram->peer,
        .length = length,
    };
    return pool_it(intake, handed, &entry);
}

/* The bytes, which a worker's core has; the places of its tag and of the one that it makes forgotten; its slot. */
static void prefetch(const struct intake *intake, const struct handed *handed, uint32_t ahead) {
    const uint8_t *bytes = handed->datagram.bytes;
    size_t length =
        handed->datagram.length < TRANSACTION_MAX_DATAGRAM ? handed->datagram.length : TRANSACTION_MAX_DATAGRAM;
    for (size_t at = 0; at < length; at += 64) __builtin_prefetch(bytes + at);
    dedup_prefetch(&intake->dedup, handed->tag, ahead);
    pool_prefetch(intake->pool, ahead, length);
}

void intake_burst(struct intake *intake, const struct handed *list, unsigned count, uint64_t slot,
                  enum transaction_count *results) {
    if (slot > intake->slot) intake->slot = slot;
    for (unsigned i = 0; i < count && i < AHEAD; i++) prefetch(intake, &list[i], i);
    for (unsigned i = 0; i < count; i++) {
        if (i + AHEAD < count) prefetch(intake, &list[i + AHEAD], AHEAD);
        enum transaction_count count_of = take(intake, &list[i]);
        transactions_count(&intake->counters, count_of, 1);
        if (results != NULL) results[i] = count_of;
    }
    unsigned expired = pool_sweep(intake->pool, intake->slot, SWEEP_A_BURST + SWEEP_EACH * count);
    transactions_count(&intake->counters, TRANSACTIONS_EXPIRED, expired);
}
