#include "io/dpdk_parts.h"

#include <rte_branch_prediction.h>
#include <rte_ethdev.h>
#include <rte_prefetch.h>

#include "net/bytes.h"
#include "protocol/drops.h"
#include "protocol/header.h"

/* How many frames ahead the bytes of a frame are fetched (PREFETCH_OFFSET of DPDK's examples/l3fwd). */
enum { PREFETCH_AHEAD = 3, HINT = DPDK_HEADERS4 + 8 };

/*
 * The parts of the first 40 bytes that never change in frames of one peer: all but the source's MAC address (a
 * router's, perhaps), type of service, length, identification, "don't fragment", time to live, IPv4's checksum.
 */
static const uint8_t FIXED[40] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0,    0,    0,    0,    0, 0, 0xff, 0xff,
                                  0xff, 0,    0,    0,    0,    0,    0xbf, 0xff, 0,    0xff, 0, 0, 0xff, 0xff,
                                  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0};

static inline uint64_t word_at(const uint8_t *bytes, unsigned word) {
    uint64_t value;
    memcpy(&value, bytes + 8 * word, sizeof value);
    return value;
}

void dpdk_sender_make(struct dpdk_sender *sender, const struct packet_template *ours) {
    uint8_t bytes[PACKET_MAX_HEADERS];
    memcpy(bytes, ours->bytes, sizeof bytes);
    packet_turn(bytes, ours->length);
    for (unsigned i = 0; i < 5; i++) sender->begins[i] = word_at(bytes, i) & word_at(FIXED, i);
    if (ours->length != DPDK_HEADERS4)
        memset(sender->begins, 0xff, sizeof sender->begins); /* like nothing that is masked */
}

static bool begins_as(const struct dpdk_sender *sender, const uint8_t *bytes) {
    uint64_t differs = 0;
    for (unsigned i = 0; i < 5; i++) differs |= (word_at(bytes, i) & word_at(FIXED, i)) ^ sender->begins[i];
    return differs == 0;
}

/* Lengths that agree, and IPv4's checksum. */
static bool is_whole(const uint8_t *bytes, uint16_t length) {
    uint16_t total = bytes_read16(bytes + PACKET_ETHERNET + 2);
    return total <= length - PACKET_ETHERNET && total >= PACKET_IPV4 + PACKET_UDP &&
           bytes_read16(bytes + PACKET_ETHERNET + PACKET_IPV4 + 4) == total - PACKET_IPV4 &&
           bytes_read16(bytes + PACKET_ETHERNET + PACKET_IPV4 + 6) != 0 && packet_ipv4_sum_is_right(bytes);
}

/* True where the frame is one of the peer that its hint says. */
static bool read_known(const struct dpdk_wire *wire, const uint8_t *bytes, uint16_t length, struct datagram *datagram) {
    if (length < DPDK_HEADERS4 + HEADER_BYTES) return false;
    uint16_t hint = bytes_read16(bytes + HINT);
    if (hint >= wire->peers->count || !begins_as(&wire->senders[hint], bytes) || !is_whole(bytes, length)) return false;
    datagram->peer = hint;
    datagram->unchecked = DPDK_HEADERS4;
    datagram->length = (uint16_t)(bytes_read16(bytes + PACKET_ETHERNET + 2) - PACKET_IPV4 - PACKET_UDP);
    return true;
}

static bool is_for_us(const struct dpdk_wire *wire, const struct packet *packet) {
    const struct endpoint *self = packet->destination.family == 4 ? &wire->self4 : &wire->self6;
    return endpoint_compare(&packet->destination, self) == 0 && dpdk_is_our_mac(wire, packet->destination_mac);
}

/* 0, or why the frame counts as nothing. */
static unsigned read_any(const struct dpdk_wire *wire, const uint8_t *bytes, uint16_t length,
                         struct datagram *datagram) {
    struct packet packet;
    enum packet_result result = packet_read(bytes, length, &packet);
    if (result != PACKET_OK) return result;
    if (!is_for_us(wire, &packet)) return DROP_NOT_FOR_US;
    size_t peer = peers_find(wire->peers, &packet.source);
    if (peer == PEERS_UNKNOWN) return DROP_UNKNOWN_SENDER;
    datagram->peer = (uint32_t)peer;
    datagram->unchecked = packet.headers;
    datagram->length = packet.payload;
    return 0;
}

static unsigned read_frame(const struct dpdk_wire *wire, struct rte_mbuf *frame, struct datagram *datagram) {
    const uint64_t bad = RTE_MBUF_F_RX_IP_CKSUM_MASK | RTE_MBUF_F_RX_L4_CKSUM_MASK, flags = frame->ol_flags & bad;
    if (unlikely((flags & RTE_MBUF_F_RX_IP_CKSUM_MASK) == RTE_MBUF_F_RX_IP_CKSUM_BAD ||
                 (flags & RTE_MBUF_F_RX_L4_CKSUM_MASK) == RTE_MBUF_F_RX_L4_CKSUM_BAD))
        return DROP_BAD_OFFLOAD;
    if (unlikely(frame->nb_segs != 1)) return DROP_SCATTERED;
    uint8_t *bytes = rte_pktmbuf_mtod(frame, uint8_t *);
    if (!likely(read_known(wire, bytes, frame->data_len, datagram))) {
        unsigned reason = read_any(wire, bytes, frame->data_len, datagram);
        if (reason != 0) return reason;
    }
    uint16_t headers = datagram->unchecked;
    if ((flags & RTE_MBUF_F_RX_L4_CKSUM_MASK) == RTE_MBUF_F_RX_L4_CKSUM_GOOD) datagram->unchecked = 0;
    datagram->buffer = frame;
    datagram->bytes = bytes + headers;
    /* A buffer that somebody else reads too, or that is not the pool's own, must not be written into. */
    bool own = rte_mbuf_refcnt_read(frame) == 1 && RTE_MBUF_DIRECT(frame);
    datagram->room = own ? (uint16_t)(frame->data_len - headers + rte_pktmbuf_tailroom(frame)) : 0;
    return 0;
}

static unsigned receive_from(struct dpdk_io *dpdk, const struct dpdk_queue *queue, struct datagram *list, unsigned most,
                             uint64_t now_ns) {
    struct rte_mbuf **frames = dpdk->frames;
    uint16_t count = rte_eth_rx_burst(queue->port, queue->receive, frames, (uint16_t)most);
    unsigned datagrams = 0;
    if (count == 0) return 0;
    counter_add(&dpdk->counters.received, count);
    for (uint16_t i = 0; i < count && i < PREFETCH_AHEAD; i++) rte_prefetch0(rte_pktmbuf_mtod(frames[i], void *));
    for (uint16_t i = 0; i < count; i++) {
        if (i + PREFETCH_AHEAD < count) rte_prefetch0(rte_pktmbuf_mtod(frames[i + PREFETCH_AHEAD], void *));
        frames[i]->port = queue->port; /* net_ring writes none, a bonded port that of its member */
        unsigned reason = read_frame(dpdk->wire, frames[i], &list[datagrams]);
        if (likely(reason == 0)) {
            datagrams++;
            continue;
        }
        dpdk_aside(dpdk, frames[i], reason, now_ns);
    }
    return datagrams;
}

unsigned dpdk_receive(struct io *io, struct datagram *list, unsigned most, uint64_t now_ns) {
    struct dpdk_io *dpdk = dpdk_of(io);
    unsigned count = 0;
    dpdk_bond_look(dpdk);
    for (uint16_t asked = 0; asked < dpdk->queue_count && count < most; asked++) {
        count += receive_from(dpdk, &dpdk->queues[dpdk->next_queue], list + count, most - count, now_ns);
        if (++dpdk->next_queue == dpdk->queue_count) dpdk->next_queue = 0;
    }
    dpdk_aside_round(dpdk, now_ns);
    return count;
}
