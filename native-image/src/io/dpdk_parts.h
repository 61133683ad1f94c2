#ifndef PANTHEON_IO_DPDK_PARTS_H
#define PANTHEON_IO_DPDK_PARTS_H

#include <string.h>

#include "io/dpdk.h"

/* What the files of the DPDK backend share. Nobody else's. */

enum { DPDK_HEADERS4 = PACKET_ETHERNET + PACKET_IPV4 + PACKET_UDP };

static inline struct dpdk_io *dpdk_of(struct io *io) {
    return (struct dpdk_io *)(void *)io; /* its first member */
}

/* dpdk_receive.c */
unsigned dpdk_receive(struct io *io, struct datagram *list, unsigned most, uint64_t now_ns);
void dpdk_sender_make(struct dpdk_sender *sender, const struct packet_template *ours);

/* dpdk_send.c */
bool dpdk_take(struct io *io, struct datagram *datagram);
unsigned dpdk_send(struct io *io, struct datagram *list, unsigned count);
unsigned dpdk_turn(struct io *io, struct datagram *list, unsigned count, uint16_t grown);
/* Writes the headers in front of the datagram's bytes. False, with nothing changed, where its peer's MAC address is not
 * known. */
bool dpdk_write_headers(const struct dpdk_io *dpdk, const struct datagram *datagram, struct rte_mbuf *frame);
/* The first `count` of `frames` to one port. Answers how many it took; the others are counted as refused and freed. */
unsigned dpdk_transmit(struct dpdk_io *dpdk, uint16_t port, uint16_t count);

/* dpdk_spread.c */
unsigned dpdk_spread(struct io *io, const uint8_t *bytes, uint16_t length, const uint32_t *peers, unsigned count);

/* dpdk_aside.c */

/*
 * A frame that is no datagram of a peer, and why (enum drop): a question or a lesson of ARP or NDP, something for the
 * kernel, or nothing, which is counted. The frame is no longer the caller's.
 */
void dpdk_aside(struct dpdk_io *dpdk, struct rte_mbuf *frame, unsigned reason, uint64_t now_ns);
/* Once a round, behind what was received: what other workers heard, questions that are due, what the kernel sends. */
void dpdk_aside_round(struct dpdk_io *dpdk, uint64_t now_ns);

#endif
