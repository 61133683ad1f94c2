#ifndef PANTHEON_CONSENSUS_POST_H
#define PANTHEON_CONSENSUS_POST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "consensus/counters.h"
#include "consensus/settings.h"
#include "protocol/header.h"

/* What a validator tells whoever runs it, by the way. */
enum validator_event_kind {
    EVENT_COMPLETED, /* another's block: bytes, length; ns since the leader's time */
    EVENT_ACKED,     /* our vote for it; ns since the leader's time */
    EVENT_CONFIRMED, /* the quorum was reached, as collector or as one hears it; ns: when, by the collector's clock */
    EVENT_MISSED     /* the slot ended without a complete block */
};

struct validator_event {
    enum validator_event_kind kind;
    uint64_t slot;
    uint64_t ns;
    const uint8_t *bytes; /* valid during the call */
    uint32_t length;
};

/*
 * Where datagrams and events go. Whoever makes one puts it first into a structure of its own. Both are called from
 * within validator_receive, _tick and _propose, and must not call these.
 */
struct outbox {
    /* The same bytes to each of `count` peers. Copies what it needs. False where there is no room now: nothing was
     * sent. */
    bool (*send)(struct outbox *outbox, const uint8_t *bytes, uint16_t length, const uint32_t *peers, unsigned count);
    void (*tell)(struct outbox *outbox, const struct validator_event *event);
};

/*
 * The one place where the header is put before a body. Also knows which peer is which validator, and has the counters,
 * so that all parts of a validator share them.
 */
struct post {
    struct outbox *outbox;
    struct counter *counters; /* CONSENSUS_COUNTERS */
    uint32_t network;
    uint32_t self;
    uint32_t validators;
    uint32_t *peers;        /* of each validator */
    uint32_t *validator_of; /* of each peer up to the largest one; POST_NOBODY */
    uint32_t peer_limit;
    uint8_t *datagram;
};

#define POST_NOBODY UINT32_MAX

/* A peer's index is below this: 2^20, ten times max_peers' limit. Bounds validator_of. */
#define POST_MAX_PEERS (1u << 20)

/* The longest body is a shred's. */
#define POST_MAX_DATAGRAM 8952u

/* False where peers are not all different and below POST_MAX_PEERS, or there is no memory. */
bool post_make(struct post *post, const struct settings *settings, struct outbox *outbox, struct counter *counters);
void post_release(struct post *post);

/* The validator that the peer is, or POST_NOBODY. */
uint32_t post_validator(const struct post *post, uint32_t peer);

/* Where to write the next body, before post_send or post_to. */
static inline uint8_t *post_body(struct post *post) {
    return post->datagram + HEADER_BYTES;
}

/* To peers. False where the outbox had no room. Several sends of one body are right. */
bool post_try(struct post *post, enum message_type type, size_t body, const uint32_t *peers, unsigned count);

/* The same, where nobody tries again: counts what was refused. */
bool post_send(struct post *post, enum message_type type, size_t body, const uint32_t *peers, unsigned count);

/* To one validator. */
bool post_to(struct post *post, enum message_type type, size_t body, uint32_t validator);

static inline void post_count(struct post *post, enum consensus_counter counter, uint64_t more) {
    counter_add(&post->counters[counter], more);
}

static inline void post_tell(struct post *post, const struct validator_event *event) {
    post->outbox->tell(post->outbox, event);
}

#endif
