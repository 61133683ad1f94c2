#include "io/dpdk_parts.h"

#include <rte_branch_prediction.h>
#include <rte_ethdev.h>

#include "net/resolution.h"
#include "protocol/drops.h"

static void flush(struct dpdk_io *dpdk) {
    if (likely(dpdk->aside_count == 0)) return;
    uint16_t port = dpdk->port, count = (uint16_t)dpdk->aside_count;
    uint16_t sent = rte_eth_tx_burst(port, dpdk->transmit_of[port], dpdk->aside, count);
    if (sent < count) rte_pktmbuf_free_bulk(&dpdk->aside[sent], (unsigned)(count - sent));
    dpdk->aside_count = 0;
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

/* False where it is neither ARP nor NDP. */
static bool take_resolution(struct dpdk_io *dpdk, const uint8_t *bytes, uint16_t length, uint64_t now_ns) {
    bool taken = dpdk->first ? learn(dpdk, bytes, length, now_ns) != NEIGHBOURS_OTHER : tell(dpdk, bytes, length);
    if (taken) answer(dpdk, bytes, length);
    return taken;
}

void dpdk_aside(struct dpdk_io *dpdk, struct rte_mbuf *frame, unsigned reason, uint64_t now_ns) {
    const uint8_t *bytes = rte_pktmbuf_mtod(frame, const uint8_t *);
    bool ours = frame->port == dpdk->wire->port || dpdk->wire->bond != NULL;
    bool taken = reason == PACKET_OTHER_PROTOCOL && ours &&
                 take_resolution(dpdk, bytes, frame->data_len, now_ns);
    if (!taken) counter_add(&dpdk->io.drops[reason], 1);
    rte_pktmbuf_free(frame);
}

/* Of one other worker in each round. */
static void hear_others(struct dpdk_io *dpdk, uint64_t now_ns) {
    const uint8_t *bytes;
    uint16_t length;
    if (++dpdk->next_heard >= dpdk->heard_count) dpdk->next_heard = 0;
    struct frame_ring *ring = dpdk->heard[dpdk->next_heard];
    for (unsigned i = 0; ring != NULL && i < DPDK_HEARD_FRAMES; i++) {
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

void dpdk_aside_round(struct dpdk_io *dpdk, uint64_t now_ns) {
    if (dpdk->first) {
        if (dpdk->heard_count > 1) hear_others(dpdk, now_ns);
        ask(dpdk, now_ns);
    }
    flush(dpdk);
}
