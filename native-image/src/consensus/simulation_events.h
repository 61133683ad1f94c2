#ifndef PANTHEON_CONSENSUS_SIMULATION_EVENTS_H
#define PANTHEON_CONSENSUS_SIMULATION_EVENTS_H

#include <stddef.h>
#include <stdint.h>

/* What is still to happen in a simulation, the earliest first: a binary heap. */

/* On its way to one validator or several: given free with its last reference. */
struct packet {
    uint32_t references;
    uint32_t from;
    uint16_t length;
    uint8_t bytes[];
};

/* A datagram's arrival, or a validator's tick where there is no packet. */
struct event {
    uint64_t at_ns;
    uint64_t order; /* first come, first served */
    struct packet *packet;
    uint32_t to;
};

struct events {
    struct event *list;
    size_t count, room;
    uint64_t order;
};

void packet_drop(struct packet *packet); /* one reference */

/* The list with room for one more than `count`, or the end of the program. */
void *events_grow(void *list, size_t *room, size_t count, size_t size);

void events_push(struct events *events, struct event event);
struct event events_pop(struct events *events);

/* With the packets that have not arrived. */
void events_release(struct events *events);

#endif
