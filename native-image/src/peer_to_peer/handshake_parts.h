#ifndef PANTHEON_PEER_TO_PEER_HANDSHAKE_PARTS_H
#define PANTHEON_PEER_TO_PEER_HANDSHAKE_PARTS_H

#include <stdatomic.h>

#include "peer_to_peer/handshake.h"

/* What handshake.c, which greets peers, and handshake_move.c, which exchanges them, have between them. */

struct greeted {
    _Atomic uint8_t state;
    uint8_t before; /* the state that it is in again where it is given up */
    bool queued;
    bool asked;     /* by its hello: it is due for that, not because nothing was heard */
    uint8_t hellos; /* in this attempt */
    uint64_t nonce;
    uint64_t since_ns; /* when the attempt began */
    uint64_t heard_ns; /* a hello or an answer of it, last */
};

struct handshake {
    struct handshake_settings settings;
    _Atomic uint32_t most_pending;
    _Atomic uint64_t timeout_ns;
    struct counter in_state[PEER_STATES];
    struct handshake_counters counters;
    struct greeted *list;
    struct timetable timetable; /* of the peers but those that are queued */
    uint32_t *queue;            /* a ring of those who wait to be greeted */
    uint32_t first, queued;
    uint64_t drawn; /* nonces */
    uint64_t next_send_ns;
};

/* Behind the others who wait to be greeted. */
void handshake_enqueue(struct handshake *handshake, uint32_t peer);

#endif
