#include "worker/worker.h"

#include <rte_branch_prediction.h>
#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_prefetch.h>

/* How many frames ahead the bytes of a frame are fetched (PREFETCH_OFFSET of DPDK's examples/l3fwd). */
static const uint16_t PREFETCH_AHEAD = 3;

static void send_frames(struct worker *worker, const struct worker_queue *queue, uint16_t count) {
    uint16_t sent = count == 0 ? 0 : rte_eth_tx_burst(queue->port, queue->transmit, worker->answers, count);
    for (uint16_t i = 0; i < sent; i++) exchange_sent(worker->exchange, worker->answer_peers[i]);
    counter_add(&worker->transmitted, sent);
    if (likely(sent == count)) return;
    counter_add(&worker->refused, (uint64_t)(count - sent));
    rte_pktmbuf_free_bulk(&worker->answers[sent], (unsigned)(count - sent));
}

/* The peer whom the frame now answers, or EXCHANGE_NOTHING. */
static size_t take_frame(struct worker *worker, struct rte_mbuf *frame, uint64_t now) {
    struct exchange_worker *exchange = worker->exchange;
    const uint64_t bad = RTE_MBUF_F_RX_IP_CKSUM_MASK | RTE_MBUF_F_RX_L4_CKSUM_MASK, flags = frame->ol_flags & bad;
    if (unlikely((flags & RTE_MBUF_F_RX_IP_CKSUM_MASK) == RTE_MBUF_F_RX_IP_CKSUM_BAD ||
                 (flags & RTE_MBUF_F_RX_L4_CKSUM_MASK) == RTE_MBUF_F_RX_L4_CKSUM_BAD)) {
        counter_add(&exchange->drops[DROP_BAD_OFFLOAD], 1);
        return EXCHANGE_NOTHING;
    }
    if (unlikely(frame->nb_segs != 1)) {
        counter_add(&exchange->drops[DROP_SCATTERED], 1);
        return EXCHANGE_NOTHING;
    }
    /* A buffer that somebody else reads too, or that is not the pool's own, must not be written into. */
    bool own = rte_mbuf_refcnt_read(frame) == 1 && RTE_MBUF_DIRECT(frame);
    size_t writable = own ? (size_t)frame->data_len + rte_pktmbuf_tailroom(frame) : 0;
    return exchange_receive(exchange, rte_pktmbuf_mtod(frame, uint8_t *), frame->data_len, writable, now);
}

static void set_length(struct rte_mbuf *frame) {
    frame->data_len = FRAME_LENGTH;
    frame->pkt_len = FRAME_LENGTH;
    frame->ol_flags = 0;
}

static uint16_t poll_queue(struct worker *worker, const struct worker_queue *queue, uint64_t now) {
    struct rte_mbuf **frames = worker->frames;
    uint16_t count = rte_eth_rx_burst(queue->port, queue->receive, frames, worker->burst), answers = 0;
    if (count == 0) return 0;
    counter_add(&worker->received, count);
    for (uint16_t i = 0; i < count && i < PREFETCH_AHEAD; i++) rte_prefetch0(rte_pktmbuf_mtod(frames[i], void *));
    for (uint16_t i = 0; i < count; i++) {
        if (i + PREFETCH_AHEAD < count) rte_prefetch0(rte_pktmbuf_mtod(frames[i + PREFETCH_AHEAD], void *));
        size_t peer = take_frame(worker, frames[i], now);
        if (peer == EXCHANGE_NOTHING) {
            rte_pktmbuf_free(frames[i]);
            continue;
        }
        set_length(frames[i]);
        worker->answers[answers] = frames[i];
        worker->answer_peers[answers++] = peer;
    }
    send_frames(worker, queue, answers);
    return count;
}

static uint16_t send_probes(struct worker *worker, uint64_t now) {
    uint16_t count = 0;
    while (count < worker->burst && exchange_probe_due(worker->exchange, now)) {
        struct rte_mbuf *frame = rte_pktmbuf_alloc(worker->pool);
        if (unlikely(frame == NULL)) {
            counter_add(&worker->no_mbuf, 1);
            break;
        }
        set_length(frame);
        worker->answer_peers[count] = exchange_probe(worker->exchange, rte_pktmbuf_mtod(frame, uint8_t *), now);
        worker->answers[count++] = frame;
    }
    send_frames(worker, &worker->queues[0], count);
    return count;
}

int worker_run(void *argument) {
    struct worker *worker = argument;
    idle_prepare_thread();
    while (!atomic_load_explicit(worker->stop, memory_order_relaxed)) {
        uint64_t now = clock_ns(&worker->clock, rte_rdtsc());
        unsigned work = 0;
        for (uint16_t i = 0; i < worker->queue_count; i++) work += poll_queue(worker, &worker->queues[i], now);
        if (worker->probes) work += send_probes(worker, now);
        counter_add(&worker->rounds, 1);
        if (work > 0) counter_add(&worker->busy_rounds, 1);
        uint32_t pause = idle_round(&worker->idle, work);
        if (pause == 0) continue;
        counter_add(&worker->pauses, 1);
        idle_pause(pause);
    }
    return 0;
}
