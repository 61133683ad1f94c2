#include "io/dpdk.h"

#include <rte_branch_prediction.h>
#include <rte_ethdev.h>
#include <rte_prefetch.h>

#include "net/bytes.h"
#include "protocol/drops.h"
#include "protocol/header.h"
#include "worker/idle.h"

/* How many frames ahead the bytes of a frame are fetched (PREFETCH_OFFSET of DPDK's examples/l3fwd). */
enum { PREFETCH_AHEAD = 3, HEADERS4 = 42, HINT = HEADERS4 + 8 };

/*
 * The parts of the first 40 bytes that never change in frames of one peer: all but the source's MAC address (a router's,
 * perhaps), type of service, length, identification, "don't fragment", time to live, IPv4's checksum.
 */
static const uint8_t FIXED[40] = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0,    0,    0,    0,    0,    0,    0xff, 0xff, 0xff, 0,    0,    0,    0,    0,
    0xbf, 0xff, 0,    0xff, 0,    0,    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0,    0};

static inline uint64_t word_at(const uint8_t *bytes, unsigned word) {
    uint64_t value;
    memcpy(&value, bytes + 8 * word, sizeof value);
    return value;
}

static struct dpdk_io *of(struct io *io) {
    return (struct dpdk_io *)(void *)io; /* its first member */
}

static void make_sender(struct dpdk_sender *sender, const struct packet_template *ours) {
    uint8_t bytes[PACKET_MAX_HEADERS];
    memcpy(bytes, ours->bytes, sizeof bytes);
    packet_turn(bytes, ours->length);
    for (unsigned i = 0; i < 5; i++) sender->begins[i] = word_at(bytes, i) & word_at(FIXED, i);
    if (ours->length != HEADERS4) memset(sender->begins, 0xff, sizeof sender->begins); /* like nothing that is masked */
}

void dpdk_wire_make(struct dpdk_wire *wire) {
    for (size_t i = 0; i < wire->peers->count; i++) {
        const struct peer *peer = &wire->peers->list[i];
        const struct endpoint *self = peer->endpoint.family == 4 ? &wire->self4 : &wire->self6;
        packet_template_make(&wire->templates[i], wire->mac, peer->mac, self, &peer->endpoint);
        make_sender(&wire->senders[i], &wire->templates[i]);
    }
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
    if (length < HEADERS4 + HEADER_BYTES) return false;
    uint16_t hint = bytes_read16(bytes + HINT);
    if (hint >= wire->peers->count || !begins_as(&wire->senders[hint], bytes) || !is_whole(bytes, length)) return false;
    datagram->peer = hint;
    datagram->unchecked = HEADERS4;
    datagram->length = (uint16_t)(bytes_read16(bytes + PACKET_ETHERNET + 2) - PACKET_IPV4 - PACKET_UDP);
    return true;
}

static bool is_our_mac(const struct dpdk_wire *wire, const uint8_t mac[6]) {
    return memcmp(mac, wire->mac, 6) == 0 ||
           (wire->bond != NULL && memcmp(mac, wire->bond->macs[FAILOVER_SECONDARY], 6) == 0);
}

static bool is_for_us(const struct dpdk_wire *wire, const struct packet *packet) {
    const struct endpoint *self = packet->destination.family == 4 ? &wire->self4 : &wire->self6;
    return endpoint_compare(&packet->destination, self) == 0 && is_our_mac(wire, packet->destination_mac);
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

static unsigned receive_from(struct dpdk_io *dpdk, const struct dpdk_queue *queue, struct datagram *list,
                             unsigned most) {
    struct rte_mbuf **frames = dpdk->frames;
    uint16_t count = rte_eth_rx_burst(queue->port, queue->receive, frames, (uint16_t)most);
    unsigned datagrams = 0;
    if (count == 0) return 0;
    counter_add(&dpdk->counters.received, count);
    for (uint16_t i = 0; i < count && i < PREFETCH_AHEAD; i++) rte_prefetch0(rte_pktmbuf_mtod(frames[i], void *));
    for (uint16_t i = 0; i < count; i++) {
        if (i + PREFETCH_AHEAD < count) rte_prefetch0(rte_pktmbuf_mtod(frames[i + PREFETCH_AHEAD], void *));
        unsigned reason = read_frame(dpdk->wire, frames[i], &list[datagrams]);
        if (likely(reason == 0)) {
            datagrams++;
            continue;
        }
        counter_add(&dpdk->io.drops[reason], 1);
        rte_pktmbuf_free(frames[i]);
    }
    return datagrams;
}

/* Once a round. */
static void look_at_bond(struct dpdk_io *dpdk) {
    if (likely(dpdk->wire->bond == NULL)) return;
    uint32_t order = failover_order(dpdk->wire->bond->failover);
    if (unlikely(order != dpdk->order)) dpdk_bond_follow(dpdk, order);
}

static unsigned receive_datagrams(struct io *io, struct datagram *list, unsigned most, uint64_t now_ns) {
    struct dpdk_io *dpdk = of(io);
    (void)now_ns;
    unsigned count = 0;
    look_at_bond(dpdk);
    for (uint16_t asked = 0; asked < dpdk->queue_count && count < most; asked++) {
        count += receive_from(dpdk, &dpdk->queues[dpdk->next_queue], list + count, most - count);
        if (++dpdk->next_queue == dpdk->queue_count) dpdk->next_queue = 0;
    }
    return count;
}

static bool take_buffer(struct io *io, struct datagram *datagram) {
    struct dpdk_io *dpdk = of(io);
    struct rte_mbuf *frame = rte_pktmbuf_alloc(dpdk->pool);
    if (unlikely(frame == NULL)) {
        counter_add(&dpdk->counters.no_buffer, 1);
        return false;
    }
    datagram->buffer = frame;
    datagram->bytes = rte_pktmbuf_mtod(frame, uint8_t *) + PACKET_MAX_HEADERS;
    datagram->room = dpdk->longest;
    datagram->length = 0;
    datagram->unchecked = 0;
    return true;
}

/* `count` frames of the list `frames` to one port. Answers how many it took; the others are freed. */
static unsigned transmit(struct dpdk_io *dpdk, uint16_t port, uint16_t count) {
    struct rte_mbuf **frames = dpdk->frames;
    uint16_t sent = count == 0 ? 0 : rte_eth_tx_burst(port, dpdk->transmit_of[port], frames, count);
    counter_add(&dpdk->counters.transmitted, sent);
    if (likely(sent == count)) return sent;
    counter_add(&dpdk->counters.refused, (uint64_t)(count - sent));
    rte_pktmbuf_free_bulk(&frames[sent], (unsigned)(count - sent));
    return sent;
}

/* The source's MAC address is in no checksum. */
static void write_source(const struct dpdk_io *dpdk, uint8_t *frame) {
    if (unlikely(dpdk->source_mac != NULL)) memcpy(frame + 6, dpdk->source_mac, 6);
}

static void write_headers(const struct dpdk_io *dpdk, const struct datagram *datagram, struct rte_mbuf *frame) {
    const struct packet_template *template = &dpdk->wire->templates[datagram->peer];
    uint8_t *start = datagram->bytes - template->length;
    frame->data_off = (uint16_t)(start - (uint8_t *)frame->buf_addr);
    frame->data_len = (uint16_t)(template->length + datagram->length);
    frame->pkt_len = frame->data_len;
    packet_write(template, start, datagram->length, !dpdk->sums_in_card);
    write_source(dpdk, start);
    frame->ol_flags = 0;
    if (!dpdk->sums_in_card) return;
    bool ipv4 = template->length == HEADERS4;
    frame->ol_flags = RTE_MBUF_F_TX_UDP_CKSUM | (ipv4 ? RTE_MBUF_F_TX_IPV4 : RTE_MBUF_F_TX_IPV6);
    frame->l2_len = PACKET_ETHERNET;
    frame->l3_len = ipv4 ? PACKET_IPV4 : PACKET_IPV6;
}

static unsigned send_datagrams(struct io *io, struct datagram *list, unsigned count) {
    struct dpdk_io *dpdk = of(io);
    for (unsigned i = 0; i < count; i++) {
        dpdk->frames[i] = list[i].buffer;
        write_headers(dpdk, &list[i], list[i].buffer);
    }
    return transmit(dpdk, dpdk->port, (uint16_t)count);
}

/* Where the answer to a frame goes: back where it came from. Of a bond that may be the port that is not to be used. */
static uint16_t way_back(const struct dpdk_io *dpdk, const struct rte_mbuf *frame) {
    return dpdk->wire->bond != NULL ? dpdk->port : frame->port;
}

static unsigned turn_datagrams(struct io *io, struct datagram *list, unsigned count, uint16_t grown) {
    struct dpdk_io *dpdk = of(io);
    unsigned sent = 0, from = 0;
    while (from < count) {
        uint16_t port = way_back(dpdk, list[from].buffer), frames = 0;
        for (; from < count; from++) {
            struct rte_mbuf *frame = list[from].buffer;
            if (unlikely(way_back(dpdk, frame) != port)) break;
            uint8_t *bytes = rte_pktmbuf_mtod(frame, uint8_t *);
            uint16_t headers = (uint16_t)(list[from].bytes - bytes);
            packet_turn(bytes, headers);
            write_source(dpdk, bytes);
            packet_sum_grow(bytes, headers, grown);
            frame->ol_flags = 0;
            dpdk->frames[frames++] = frame;
        }
        sent += transmit(dpdk, port, frames);
    }
    return sent;
}

static unsigned spread_bytes(struct io *io, const uint8_t *bytes, uint16_t length, const uint32_t *peers, unsigned count) {
    struct dpdk_io *dpdk = of(io);
    unsigned sent = 0;
    for (unsigned from = 0; from < count;) {
        uint16_t frames = 0;
        for (; from < count && frames < IO_MAX_BURST; from++) {
            struct datagram datagram = {.peer = peers[from], .length = length};
            if (!take_buffer(io, &datagram)) continue;
            datagram.length = length;
            memcpy(datagram.bytes, bytes, length);
            write_headers(dpdk, &datagram, datagram.buffer);
            dpdk->frames[frames++] = datagram.buffer;
        }
        sent += transmit(dpdk, dpdk->port, frames);
    }
    return sent;
}

static void drop_datagrams(struct io *io, struct datagram *list, unsigned count) {
    struct dpdk_io *dpdk = of(io);
    for (unsigned i = 0; i < count; i++) dpdk->frames[i] = list[i].buffer;
    rte_pktmbuf_free_bulk(dpdk->frames, count);
}

static void wait_a_while(struct io *io, uint32_t ns) {
    (void)io;
    idle_pause(ns);
}

void dpdk_io_open(struct dpdk_io *dpdk, struct counter *drops) {
    static const struct io_operations OPERATIONS = {receive_datagrams, take_buffer,    send_datagrams, turn_datagrams,
                                                   spread_bytes,      drop_datagrams, wait_a_while};
    dpdk->io = (struct io){.operations = &OPERATIONS, .counters = &dpdk->counters, .drops = drops};
    for (uint16_t i = 0; i < dpdk->queue_count; i++)
        dpdk->transmit_of[dpdk->queues[i].port] = dpdk->queues[i].transmit;
    dpdk->port = dpdk->queues[0].port;
    dpdk->source_mac = NULL;
    /* Another order than any: the first round follows it, and announces. */
    if (dpdk->wire->bond != NULL) dpdk->order = ~failover_order(dpdk->wire->bond->failover);
}
