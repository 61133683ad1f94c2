#ifndef PANTHEON_CONSENSUS_PROBE_H
#define PANTHEON_CONSENSUS_PROBE_H

#include "consensus/shred.h"
#include "consensus/tree.h"
#include "consensus/validator.h"
#include "consensus/vote.h"

/*
 * One validator whose datagrams a test makes and reads itself: number PROBE_SELF of 30, with peers that have other
 * numbers than the validators, in the slots 0, 1, 2, … of a second each.
 */
enum {
    PROBE_VALIDATORS = 30,
    PROBE_SELF = 7,
    PROBE_FAN_OUT = 2,
    PROBE_PEER = 100,
    PROBE_SENT = 4096,
    PROBE_STRIDE = 1120
};

#define PROBE_SLOT_NS 1000000000ull

struct probe_sent {
    enum message_type type;
    uint32_t count;
    uint32_t peers[PROBE_VALIDATORS];
    size_t body;
    uint8_t bytes[REPAIR_MAX_BYTES]; /* of the body: its beginning */
};

struct probe {
    struct outbox outbox; /* first: an outbox is a probe */
    struct validator *validator;
    bool is_full;
    size_t sent_count; /* of datagrams, each to one or more peers; beyond PROBE_SENT they are only counted */
    size_t told[EVENT_MISSED + 1];
    uint64_t told_slot;
    uint64_t told_ns;
    struct probe_sent sent[PROBE_SENT];
};

/* Of a number below PROBE_VALIDATORS. */
static inline uint32_t probe_peer(uint32_t validator) {
    return PROBE_PEER + (validator * 7 + 3) % PROBE_VALIDATORS;
}

struct settings probe_settings(void);
struct probe *probe_make(uint64_t now_ns);
struct probe *probe_make_with(const struct settings *settings, uint64_t now_ns);
void probe_release(struct probe *probe);

/* From a validator, with the tick that follows. */
void probe_receive(struct probe *probe, enum message_type type, const uint8_t *body, size_t length, uint32_t from,
                   uint64_t now_ns);
uint64_t probe_count(const struct probe *probe, enum consensus_counter counter);
void probe_forget(struct probe *probe);

/* A block of a slot, as its leader cuts it, in shreds of PROBE_STRIDE. */
struct probe_block {
    struct block_head head;
    uint8_t bytes[64 * 1024];
};
void probe_block(struct probe_block *block, uint64_t slot, uint32_t length);
size_t probe_shred(const struct probe_block *block, uint32_t index, uint8_t *body);
void probe_receive_shred(struct probe *probe, const struct probe_block *block, uint32_t index, uint32_t from,
                         uint64_t now_ns);

/* The tree of the slot. */
struct tree probe_tree(uint64_t slot);

/* A slot from `slot` on in which the probe has a parent that is not the leader, and children. */
uint64_t probe_interior(uint64_t slot);

/* The same, and who they are. */
struct probe_place {
    uint64_t slot;
    uint64_t now;
    uint32_t leader, parent, children[PROBE_FAN_OUT], other;
};
struct probe_place probe_place(uint64_t from_slot);

/* A probe that has a block of 59 shreds, which it fills in, and a request for its first 64. */
struct probe *probe_make_full(struct probe_place place, struct probe_block *block, uint8_t *request, size_t *length);

#endif
