#include "bench/wire.h"

#include <stdio.h>

#include "bench/wire_kinds.h"

/* 250 connections a /24, so that none is 0 or 255. */
enum { IN_ONE_NET = 250 };

/* Not the same: on loopback both are of one machine. */
enum { NODE_PORT = 30900, PEER_PORT = 30901 };

void wire_peer(unsigned connection, struct wire_peer *peer) {
    snprintf(peer->address, sizeof peer->address, "10.77.%u.%u", connection / IN_ONE_NET % 250,
             connection % IN_ONE_NET + 1);
    snprintf(peer->mac, sizeof peer->mac, "52:54:00:d1:00:02");
    peer->port = PEER_PORT;
}

void wire_node(struct wire_peer *node) {
    snprintf(node->address, sizeof node->address, "10.78.0.1");
    snprintf(node->mac, sizeof node->mac, "52:54:00:d1:00:01");
    node->port = NODE_PORT;
}

struct wire *wire_open(const struct wire_settings *settings, struct failure *why) {
    return settings->kind == WIRE_MEMIF ? wire_memif_open(settings, why) : wire_loopback_open(settings, why);
}

void wire_close(struct wire *wire) {
    if (wire != NULL) wire->close(wire);
}

unsigned wire_send(struct wire *wire, const struct wire_datagram *list, unsigned count) {
    return wire->send(wire, list, count);
}

unsigned wire_receive(struct wire *wire, struct wire_datagram *list, unsigned most) {
    return wire->receive(wire, list, most);
}
