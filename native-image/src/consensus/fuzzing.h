#ifndef PANTHEON_CONSENSUS_FUZZING_H
#define PANTHEON_CONSENSUS_FUZZING_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "consensus/validator.h"

/*
 * What the fuzz targets of this folder share: one of four validators, made for the slot that the input names, so that
 * the input gets past the clock and far into the validator. Its datagrams are counted and checked.
 */
enum { FUZZ_VALIDATORS = 4, FUZZ_BLOCK = 16 * 1024 };

struct fuzz_outbox {
    struct outbox outbox; /* first: an outbox is one of these */
    uint64_t datagrams;   /* once for each receiver */
    uint64_t completed;
};

static inline bool fuzz_send(struct outbox *outbox, const uint8_t *bytes, uint16_t length, const uint32_t *peers,
                             unsigned count) {
    struct fuzz_outbox *box = (struct fuzz_outbox *)outbox;
    struct header header;
    if (length > POST_MAX_DATAGRAM || header_read(bytes, length, &header) != HEADER_OK) abort();
    if (count == 0 || count >= FUZZ_VALIDATORS) abort();
    for (unsigned i = 0; i < count; i++)
        if (peers[i] >= FUZZ_VALIDATORS) abort();
    box->datagrams += count;
    return true;
}

static inline void fuzz_tell(struct outbox *outbox, const struct validator_event *event) {
    struct fuzz_outbox *box = (struct fuzz_outbox *)outbox;
    if (event->kind == EVENT_COMPLETED) box->completed++;
    if (event->length > FUZZ_BLOCK) abort();
}

/* When the slot begins: slots are of 1,024 ns. Only for slots below 2^50. */
static inline uint64_t fuzz_start(uint64_t slot) {
    return slot * 1024;
}

static inline struct validator *fuzz_validator(struct fuzz_outbox *box, uint64_t slot, uint32_t self) {
    static const uint32_t PEERS[FUZZ_VALIDATORS] = {0, 1, 2, 3};
    *box = (struct fuzz_outbox){.outbox = {.send = fuzz_send, .tell = fuzz_tell}};
    struct settings settings = settings_default();
    settings.schedule.validators = FUZZ_VALIDATORS;
    settings.schedule.slot_ns = 1024;
    settings.self = self;
    settings.peers = PEERS;
    settings.depth = SETTINGS_MIN_DEPTH;
    settings.max_block = FUZZ_BLOCK;
    settings.fan_out = 2;
    settings.datagram = 624;
    struct validator *validator = validator_make(&settings, &box->outbox, fuzz_start(slot));
    if (validator == NULL) abort();
    return validator;
}

static inline uint64_t fuzz_count(const struct validator *validator, enum consensus_counter counter) {
    return counter_read(&validator_counters(validator)[counter]);
}

#endif
