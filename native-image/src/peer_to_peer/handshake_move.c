#include <string.h>

#include "peer_to_peer/handshake_parts.h"
#include "protocol/peers.h"

/* Peers that stay, into the lists of `room`. */
static void move_states(const struct handshake *handshake, struct handshake *room, const uint32_t *from) {
    for (uint32_t i = 0; i < room->settings.peers; i++) {
        if (from[i] == PEERS_NOBODY) continue;
        memcpy(&room->list[i], &handshake->list[from[i]], sizeof *room->list);
        timetable_set(&room->timetable, i, timetable_due(&handshake->timetable, from[i]));
        room->list[i].queued = false;
    }
}

/* In the order in which they wait. */
static void move_queue(const struct handshake *handshake, struct handshake *room, const uint32_t *to) {
    for (uint32_t i = 0; i < handshake->queued; i++) {
        uint32_t peer = to[handshake->queue[(handshake->first + i) % handshake->settings.peers]];
        if (peer != PEERS_NOBODY) handshake_enqueue(room, peer);
    }
}

static void count_states(struct handshake *handshake) {
    uint64_t count[PEER_STATES] = {0};
    for (uint32_t i = 0; i < handshake->settings.peers; i++) count[handshake_state(handshake, i)]++;
    for (unsigned state = 0; state < PEER_STATES; state++) counter_set(&handshake->in_state[state], count[state]);
}

static void swap_lists(struct handshake *handshake, struct handshake *room) {
    struct greeted *list = handshake->list;
    struct timetable timetable = handshake->timetable;
    uint32_t *queue = handshake->queue, peers = handshake->settings.peers;
    handshake->list = room->list;
    handshake->timetable = room->timetable;
    handshake->queue = room->queue;
    handshake->first = room->first;
    handshake->queued = room->queued;
    handshake->settings.peers = room->settings.peers;
    room->list = list;
    room->timetable = timetable;
    room->queue = queue;
    room->settings.peers = peers;
}

void handshake_move(struct handshake *handshake, struct handshake *room, const uint32_t *from, const uint32_t *to) {
    move_states(handshake, room, from);
    move_queue(handshake, room, to);
    swap_lists(handshake, room);
    count_states(handshake);
}
