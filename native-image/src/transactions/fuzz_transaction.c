#include <stdlib.h>
#include <string.h>

#include "transactions/batch.h"
#include "transactions/intake.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* Small, so that a short input fills it, evicts and is forgotten. */
static const struct intake_config CONFIG = {8, {6, 4, 3}};

static bool inside(const uint8_t *part, size_t part_length, const uint8_t *bytes, size_t length) {
    return part >= bytes && part_length <= length && part - bytes <= (ptrdiff_t)(length - part_length);
}

/* Every range of it lies inside, and writing it gives the same bytes. */
static void check(const struct transaction *transaction, const uint8_t *bytes, size_t length) {
    uint8_t again[TRANSACTION_MAX];
    if (!inside(transaction->sender, TRANSACTION_SENDER, bytes, length) ||
        !inside(transaction->payload, transaction->payload_length, bytes, length) ||
        !inside(transaction->signature, TRANSACTION_SIGNATURE, bytes, length))
        abort();
    if (transaction_write(transaction, again) != length || memcmp(again, bytes, length) != 0) abort();
}

static void read_one(const uint8_t *bytes, size_t length) {
    struct transaction transaction;
    if (transaction_read(bytes, length, &transaction) != TRANSACTION_OK) return;
    if (transaction_length(bytes, length) != length) abort();
    check(&transaction, bytes, length);
}

/* Answers how many transactions the bytes begin with; with `whole` they must be a batch. */
static unsigned read_batch(const uint8_t *bytes, size_t length, bool whole) {
    struct transaction transaction;
    unsigned count = 0;
    enum batch_step step;
    for (size_t at = 0, before = 0;; before = at, count++) {
        step = batch_next(bytes, length, &at, &transaction);
        if (at > length) abort();
        if (step != BATCH_TRANSACTION) break;
        check(&transaction, bytes + before, at - before);
    }
    if (whole && step != BATCH_END) abort();
    return count;
}

static uint64_t sum(const struct intake *intake, unsigned first, unsigned last) {
    uint64_t total = 0;
    for (unsigned i = first; i <= last; i++) total += counter_read(&intake->counters.list[i]);
    return total;
}

/*
 * The bytes as a story: each step is its kind and slot, a peer, a length of two bytes, and so many bytes as a datagram.
 * A tag is what the bytes begin with, so that it is no secret: places in the map are the fuzzer's to choose.
 */
static void play(struct intake *intake, const uint8_t *bytes, size_t length) {
    static uint8_t block[8 * TRANSACTION_MAX];
    uint64_t steps = 0;
    while (length >= 4) {
        size_t piece = (size_t)(bytes[2] & 7) << 8 | bytes[3];
        if (piece > length - 4) piece = length - 4;
        struct handed handed = {.datagram = {.length = (uint16_t)piece, .peer = bytes[1] % 4}, .tag = 1};
        memcpy(&handed.tag, bytes + 4, piece < 8 ? piece : 8);
        handed.tag |= handed.tag == 0;
        handed.datagram.bytes = malloc(piece > 0 ? piece : 1); /* of exactly its length */
        if (handed.datagram.bytes == NULL) return;
        memcpy(handed.datagram.bytes, bytes + 4, piece);
        intake_burst(intake, &handed, 1, bytes[0] >> 1, NULL);
        steps++;
        free(handed.datagram.bytes);
        if (bytes[0] & 1) {
            struct batch batch = pool_batch(intake->pool, 3, block, sizeof block, intake->slot, &intake->counters);
            if (read_batch(block, batch.length, true) != batch.count) abort();
        }
        bytes += 4 + piece;
        length -= 4 + piece;
    }
    if (sum(intake, TRANSACTIONS_MALFORMED_SHORT, TRANSACTIONS_POOLED) != steps) abort();
    if (sum(intake, TRANSACTIONS_POOLED, TRANSACTIONS_POOLED) !=
        sum(intake, TRANSACTIONS_EVICTED, TRANSACTIONS_BATCHED) + pool_count(intake->pool))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    static _Alignas(64) uint8_t memory[16384];
    if (intake_bytes(&CONFIG) > sizeof memory) abort();
    read_one(bytes, length);
    read_batch(bytes, length, false);
    play(intake_init(memory, &CONFIG), bytes, length);
    return 0;
}
