#ifndef PANTHEON_APPLICATION_HANDOFF_H
#define PANTHEON_APPLICATION_HANDOFF_H

#include <stdbool.h>
#include <stdint.h>

#include "io/io.h"
#include "statistics/counter.h"

/*
 * Between one worker and one application thread (consensus, P2P, transaction pool): three rings with one producer and one
 * consumer each, made of DPDK's rte_ring in memory of our own, so they work without EAL.
 *
 *     in     worker -> application    datagrams, by value, with what the worker has found out already
 *     back   application -> worker    buffers: to be given back, or to be sent to `peer`
 *     out    application -> worker    bytes of the application's own that are to go to one or many peers
 *
 * The wire is never held up by an application: where `in` is full the worker drops and counts (Firedancer's overrun rule).
 */
struct handed {
    struct datagram datagram;
    uint64_t tag; /* transactions/dedup.h's, or when it arrived, in ns */
};

struct handoff;

/* `room` is a power of two. NULL where there is no memory. */
struct handoff *handoff_make(unsigned room);
void handoff_release(struct handoff *handoff);

/* The worker's side. */
unsigned handoff_give(struct handoff *handoff, const struct handed *list, unsigned count); /* how many fitted */
unsigned handoff_take_back(struct handoff *handoff, struct datagram *list, unsigned most);

/* A datagram of the application's own. `bytes` stay as they are until `most` further ones were taken. */
struct outgoing {
    const uint8_t *bytes;
    const uint32_t *peers;
    uint16_t length;
    uint16_t count; /* of peers */
};
unsigned handoff_take_out(struct handoff *handoff, struct outgoing *list, unsigned most);

/* The application's side. */
unsigned handoff_take(struct handoff *handoff, struct handed *list, unsigned most);
/* A datagram whose `peer` is HANDOFF_DROP is given back unsent. Never fails: there is room for as many as `in` ever held. */
#define HANDOFF_DROP UINT32_MAX
void handoff_give_back(struct handoff *handoff, const struct datagram *list, unsigned count);
/* Copies bytes and peers. False where `out` is full: nothing was taken, try again later or count it as lost. */
bool handoff_send(struct handoff *handoff, const uint8_t *bytes, uint16_t length, const uint32_t *peers, unsigned count);

#endif
