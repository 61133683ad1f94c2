#ifndef PANTHEON_IO_DPDK_PARTS_H
#define PANTHEON_IO_DPDK_PARTS_H

#include <string.h>

#include <rte_branch_prediction.h>

#include "io/dpdk.h"

/* What the files of the DPDK backend share. Nobody else's. */

enum { DPDK_HEADERS4 = PACKET_ETHERNET + PACKET_IPV4 + PACKET_UDP };

static inline struct dpdk_io *dpdk_of(struct io *io) {
    return (struct dpdk_io *)(void *)io; /* its first member */
}

/* Once a round: one load (io/dpdk_bond.h). */
static inline void dpdk_bond_look(struct dpdk_io *dpdk) {
    const struct dpdk_bond *bond = dpdk->wire->bond;
    if (likely(bond == NULL)) return;
    uint32_t order = failover_order(bond->failover);
    if (unlikely(order != dpdk->order)) dpdk_bond_follow(dpdk, order);
}

/* Of a bond whose ports have two, either. */
static inline bool dpdk_is_our_mac(const struct dpdk_wire *wire, const uint8_t mac[6]) {
    return memcmp(mac, wire->mac, 6) == 0 ||
           (wire->bond != NULL && memcmp(mac, wire->bond->macs[FAILOVER_SECONDARY], 6) == 0);
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

/* Over the secondary of a bond whose ports have two. It is in no checksum. */
static inline void dpdk_write_source(const struct dpdk_io *dpdk, uint8_t *start) {
    if (unlikely(dpdk->source_mac != NULL)) memcpy(start + 6, dpdk->source_mac, 6);
}

/*
 * The destination's MAC address (neighbours_word) and the first two bytes of the source's, in one store, behind those of
 * packet_write, which has written the wire's.
 */
static inline void dpdk_write_addresses(const struct dpdk_io *dpdk, uint64_t word, uint8_t *start) {
    uint16_t source;
    memcpy(&source, dpdk->wire->mac, sizeof source);
    word |= (uint64_t)source << 48;
    memcpy(start, &word, sizeof word);
    dpdk_write_source(dpdk, start);
}

/* That the card writes UDP's checksum, where it can. */
static inline void dpdk_ask_sums(const struct dpdk_io *dpdk, const struct packet_template *template,
                                 struct rte_mbuf *frame) {
    frame->ol_flags = 0;
    if (!dpdk->sums_in_card) return;
    bool ipv4 = template->length == DPDK_HEADERS4;
    frame->ol_flags = RTE_MBUF_F_TX_UDP_CKSUM | (ipv4 ? RTE_MBUF_F_TX_IPV4 : RTE_MBUF_F_TX_IPV6);
    frame->l2_len = PACKET_ETHERNET;
    frame->l3_len = ipv4 ? PACKET_IPV4 : PACKET_IPV6;
}

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
