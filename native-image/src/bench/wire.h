#ifndef PANTHEON_BENCH_WIRE_H
#define PANTHEON_BENCH_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "config/failure.h"

/*
 * The benchmark's end of a wire to one node: many connections (peers of that node, each with an address of its own)
 * over one socket or one DPDK port, in bursts. Both kinds do the same work for a datagram as a peer's own machine
 * would, but for the addresses, so that one core can be five hundred peers.
 *
 *     memif      Ethernet frames over shared memory: DPDK's best wire between two processes of one machine
 *     loopback   UDP over lo of a network namespace of our own (bench/namespace.h), with sendmmsg and recvmmsg; each
 *                connection is an address of its own (IP_PKTINFO)
 *
 * Both are wires within one machine, and named as such wherever they are measured.
 */
struct wire;

enum wire_kind { WIRE_MEMIF, WIRE_LOOPBACK };

/* The longest datagram, with header: what a jumbo frame of 9,018 bytes holds behind IPv6 and UDP. */
#define WIRE_BYTES 8952u
#define WIRE_BURST 64u

struct wire_datagram {
    const uint8_t *bytes; /* our header and what follows */
    uint16_t length;
    uint32_t connection; /* to the node: whose it is; from the node: for whom */
    bool spoiled;        /* memif alone: goes out with a wrong checksum */
};

struct wire_settings {
    enum wire_kind kind;
    unsigned connections;
    uint16_t longest; /* bytes of a datagram */
};

/* Connection `i` of the wire, as the node's config.toml has to have it as a peer: address text, port, MAC address text.
 */
struct wire_peer {
    char address[16];
    char mac[18];
    uint16_t port;
};
void wire_peer(unsigned connection, struct wire_peer *peer);

/* The node's own address on such a wire, and its port's MAC address. */
void wire_node(struct wire_peer *node);

/*
 * WIRE_MEMIF: EAL runs, with a port net_memif0 (bench/eal.h). WIRE_LOOPBACK: this process is in its namespace. NULL
 * where it does not come.
 */
struct wire *wire_open(const struct wire_settings *settings, struct failure *why);
void wire_close(struct wire *wire);

/* How many of the first ones were taken below. `count` is WIRE_BURST at most. */
unsigned wire_send(struct wire *wire, const struct wire_datagram *list, unsigned count);

/* Bytes stay as they are until the next wire_receive. `most` is WIRE_BURST at most. */
unsigned wire_receive(struct wire *wire, struct wire_datagram *list, unsigned most);

#endif
