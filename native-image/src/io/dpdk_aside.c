#include "io/dpdk_parts.h"

#include <rte_branch_prediction.h>
#include <rte_ethdev.h>

#include "net/resolution.h"
#include "protocol/drops.h"

static void flush(struct dpdk_io *dpdk) {
    if (likely(dpdk->aside_count == 0)) return;
    uint16_t port = dpdk->port, count = (uint16_t)dpdk->aside_count;
    uint16_t sent = rte_eth_tx_burst(port, dpdk->transmit_of[port], dpdk->aside, count);
    dpdk->aside_count = 0;
    if (likely(sent == count)) return;
    counter_add(&dpdk->counters.refused, (uint64_t)(count - sent));
    rte_pktmbuf_free_bulk(&dpdk->aside[sent], (unsigned)(count - sent));
}

/* An empty frame that goes out with the next flush, NULL where there is none. */
static struct rte_mbuf *take_frame(struct dpdk_io *dpdk) {
    struct rte_mbuf *frame = rte_pktmbuf_alloc(dpdk->pool);
    if (frame == NULL) counter_add(&dpdk->counters.no_buffer, 1);
    return frame;
}

static void put_frame(struct dpdk_io *dpdk, struct rte_mbuf *frame, size_t length) {
    frame->data_len = (uint16_t)length;
    frame->pkt_len = (uint32_t)length;
    dpdk->aside[dpdk->aside_count++] = frame;
    if (dpdk->aside_count == DPDK_ASIDE_BURST) flush(dpdk);
}

/* True where the frame asks for us. */
static bool answer(struct dpdk_io *dpdk, const uint8_t *bytes, uint16_t length) {
    uint8_t answer[RESOLUTION_MAX];
    size_t size = neighbours_answer(dpdk->wire->neighbours, bytes, length, answer);
    if (size == 0) return false;
    struct rte_mbuf *frame = take_frame(dpdk);
    if (frame == NULL) return true;
    memcpy(rte_pktmbuf_mtod(frame, uint8_t *), answer, size);
    put_frame(dpdk, frame, size);
    counter_add(&dpdk->more.answers, 1);
    return true;
}

/* The first worker's. */
static enum neighbours_result learn(struct dpdk_io *dpdk, const uint8_t *bytes, uint16_t length, uint64_t now_ns) {
    enum neighbours_result result = neighbours_take(dpdk->wire->neighbours, bytes, length, now_ns);
    if (result != NEIGHBOURS_OTHER) counter_add(&dpdk->more.neighbours[result], 1);
    return result;
}

/* Another worker's: the first one learns from it. */
static bool tell(struct dpdk_io *dpdk, const uint8_t *bytes, uint16_t length) {
    struct resolution said;
    enum resolution_result result = resolution_read(bytes, length, &said);
    if (result == RESOLUTION_OTHER) return false;
    if (!frame_ring_put(dpdk->tells, bytes, length)) counter_add(&dpdk->more.overrun, 1);
    return true;
}

enum outcome {
    NOT_TAKEN,
    ANSWERED,
    HEARD, /* of ARP or NDP, and asks nothing of us */
};

static enum outcome take_resolution(struct dpdk_io *dpdk, const uint8_t *bytes, uint16_t length, uint64_t now_ns) {
    bool taken = dpdk->first ? learn(dpdk, bytes, length, now_ns) != NEIGHBOURS_OTHER : tell(dpdk, bytes, length);
    if (!taken) return NOT_TAKEN;
    return answer(dpdk, bytes, length) ? ANSWERED : HEARD;
}

static bool is_to_many(const uint8_t *bytes) {
    return (bytes[0] & 1) != 0;
}

/*
 * Right, and nothing for the data plane: what exception/exception.h lists. All of Ethernet's header is there then. Both
 * ports of a bond hear what goes to many, and one what the other sends: the kernel gets it from the active one alone.
 */
static bool is_for_kernel(const struct dpdk_io *dpdk, uint16_t port, const uint8_t *bytes, unsigned reason) {
    if (reason != PACKET_OTHER_PROTOCOL && reason != PACKET_OPTIONS && reason != PACKET_FRAGMENT &&
        reason != DROP_NOT_FOR_US)
        return false;
    return is_to_many(bytes) ? port == dpdk->port : dpdk_is_our_mac(dpdk->wire, bytes);
}

/* The kernel's card has the address that we send with: of a bond with two it would not take what is sent to the other. */
static void hand_to_kernel(struct dpdk_io *dpdk, const uint8_t *bytes, uint16_t length) {
    uint8_t *room = length <= frame_ring_longest(dpdk->to_kernel) ? frame_ring_room(dpdk->to_kernel) : NULL;
    if (room == NULL) {
        counter_add(&dpdk->io.drops[DROP_EXCEPTION_OVERRUN], 1);
        return;
    }
    memcpy(room, bytes, length);
    if (dpdk->source_mac != NULL && !is_to_many(bytes)) memcpy(room, dpdk->source_mac, 6);
    frame_ring_filled(dpdk->to_kernel, length);
    counter_add(&dpdk->more.to_kernel, 1);
}

static void take_aside(struct dpdk_io *dpdk, const struct rte_mbuf *frame, unsigned reason, uint64_t now_ns) {
    const uint8_t *bytes = rte_pktmbuf_mtod(frame, const uint8_t *);
    enum outcome outcome = NOT_TAKEN;
    if (reason == PACKET_OTHER_PROTOCOL) outcome = take_resolution(dpdk, bytes, frame->data_len, now_ns);
    if (outcome == ANSWERED) return;
    if (dpdk->to_kernel != NULL && is_for_kernel(dpdk, frame->port, bytes, reason))
        hand_to_kernel(dpdk, bytes, frame->data_len);
    else if (outcome == NOT_TAKEN)
        counter_add(&dpdk->io.drops[reason], 1);
}

/* Both ports of a bond, which is all the ports there are, are on the node's link. */
static bool is_on_link(const struct dpdk_io *dpdk, uint16_t port) {
    return port == dpdk->wire->port || dpdk->wire->bond != NULL;
}

void dpdk_aside(struct dpdk_io *dpdk, struct rte_mbuf *frame, unsigned reason, uint64_t now_ns) {
    if (likely(is_on_link(dpdk, frame->port)))
        take_aside(dpdk, frame, reason, now_ns);
    else
        counter_add(&dpdk->io.drops[reason], 1);
    rte_pktmbuf_free(frame);
}

/* Of one other worker in each round. */
static void hear_others(struct dpdk_io *dpdk, uint64_t now_ns) {
    const uint8_t *bytes;
    uint16_t length;
    if (++dpdk->next_heard >= dpdk->heard_count) dpdk->next_heard = 1;
    struct frame_ring *ring = dpdk->heard[dpdk->next_heard];
    for (unsigned i = 0; i < DPDK_HEARD_FRAMES; i++) {
        if ((bytes = frame_ring_first(ring, &length)) == NULL) return;
        learn(dpdk, bytes, length, now_ns);
        frame_ring_done(ring);
    }
}

static void ask(struct dpdk_io *dpdk, uint64_t now_ns) {
    for (unsigned i = 0; i < DPDK_ASIDE_BURST; i++) {
        uint32_t hop = neighbours_due(dpdk->wire->neighbours, now_ns);
        if (likely(hop == NEIGHBOURS_NONE)) return;
        struct rte_mbuf *frame = take_frame(dpdk);
        if (frame == NULL) return;
        uint8_t *bytes = rte_pktmbuf_mtod(frame, uint8_t *);
        put_frame(dpdk, frame, neighbours_request(dpdk->wire->neighbours, hop, bytes, now_ns));
        counter_add(&dpdk->more.questions, 1);
    }
}

static void send_for_kernel(struct dpdk_io *dpdk) {
    const uint8_t *bytes;
    uint16_t length;
    for (unsigned i = 0; i < DPDK_ASIDE_BURST; i++) {
        if (likely((bytes = frame_ring_first(dpdk->from_kernel, &length)) == NULL)) return;
        struct rte_mbuf *frame = take_frame(dpdk);
        if (frame != NULL) {
            memcpy(rte_pktmbuf_mtod(frame, uint8_t *), bytes, length);
            put_frame(dpdk, frame, length);
            counter_add(&dpdk->more.from_kernel, 1);
        }
        frame_ring_done(dpdk->from_kernel);
    }
}

void dpdk_aside_round(struct dpdk_io *dpdk, uint64_t now_ns) {
    if (dpdk->first) {
        if (dpdk->heard_count > 1) hear_others(dpdk, now_ns);
        ask(dpdk, now_ns);
        if (dpdk->from_kernel != NULL) send_for_kernel(dpdk);
    }
    flush(dpdk);
}
