#include "bench/blast.h"

#include <string.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_prefetch.h>

#include "net/bytes.h"
#include "worker/clock.h"

enum { MOST = 512, PREFETCH_AHEAD = 3 };

struct run {
    const struct blast *blast;
    struct blast_result *result;
    struct clock clock;
    uint32_t number;  /* of the next frame */
    uint16_t sum;     /* UDP's checksum for the number 0 */
    struct rte_mbuf *frames[MOST];
};

/* RFC 1624, equation 3: the number's two words were 0. */
static uint16_t sum_for(uint16_t sum, uint32_t number) {
    uint32_t added = (uint32_t)(uint16_t)~sum + (number >> 16) + (number & 0xffff);
    added = (added & 0xffff) + (added >> 16);
    uint16_t field = (uint16_t)~((added & 0xffff) + (added >> 16));
    return field == 0 ? 0xffff : field;
}

static void write_frame(struct run *run, struct rte_mbuf *frame) {
    const struct blast *blast = run->blast;
    uint8_t *bytes = rte_pktmbuf_mtod(frame, uint8_t *);
    memcpy(bytes, blast->frame, blast->length);
    bytes_write32(bytes + blast->number_at, run->number);
    bytes_write16(bytes + blast->sum_at, sum_for(run->sum, run->number));
    frame->data_len = blast->length;
    frame->pkt_len = blast->length;
    run->number++;
}

/* Up to `count` more frames. A frame that the port does not take is tried no more: its number is not used. */
static void send_frames(struct run *run, uint16_t count) {
    const struct blast *blast = run->blast;
    if (count == 0 || rte_pktmbuf_alloc_bulk(blast->pool, run->frames, count) != 0) return;
    for (uint16_t i = 0; i < count; i++) write_frame(run, run->frames[i]);
    uint16_t sent = rte_eth_tx_burst(blast->port, 0, run->frames, count);
    run->result->sent += sent;
    if (sent == count) return;
    run->number -= (uint32_t)(count - sent);
    rte_pktmbuf_free_bulk(&run->frames[sent], (unsigned)(count - sent));
}

static uint16_t receive_frames(struct run *run) {
    const struct blast *blast = run->blast;
    uint16_t count = rte_eth_rx_burst(blast->port, 0, run->frames, blast->burst);
    for (uint16_t i = 0; i < count; i++) {
        if (i + PREFETCH_AHEAD < count) rte_prefetch0(rte_pktmbuf_mtod(run->frames[i + PREFETCH_AHEAD], void *));
        const struct rte_mbuf *frame = run->frames[i];
        bool ours = frame->data_len >= blast->number_at + 4u &&
                    bytes_read32(rte_pktmbuf_mtod(frame, const uint8_t *) + blast->number_at) < run->number;
        *(ours ? &run->result->received : &run->result->strange) += 1;
    }
    if (count > 0) rte_pktmbuf_free_bulk(run->frames, count);
    return count;
}

static uint16_t due(struct pacer *pacer, uint64_t now) {
    uint64_t scheduled;
    uint16_t count = 0;
    pacer_look(pacer, now);
    while (pacer_take(pacer, &scheduled)) count++;
    return count;
}

void blast_run(const struct blast *blast, struct blast_result *result) {
    static struct run run;
    run = (struct run){.blast = blast, .result = result, .clock = clock_make(blast->ticks_per_second)};
    run.sum = bytes_read16(blast->frame + blast->sum_at);
    *result = (struct blast_result){0};
    struct pacer pacer;
    uint64_t start = clock_now(&run.clock), now = start;
    struct pacing pacing = {.rate = blast->rate > 0 ? blast->rate : 1,
                            .duration_ns = blast->duration_ns,
                            .start_ns = start,
                            .threads = 1,
                            .burst = blast->burst};
    pacer_start(&pacer, &pacing);
    while ((now = clock_now(&run.clock)) < start + blast->duration_ns) {
        uint16_t count = blast->rate == 0 ? blast->burst : due(&pacer, now);
        send_frames(&run, count);
        receive_frames(&run);
    }
    result->duration_ns = now - start;
    result->offered = blast->rate == 0 ? result->sent : pacer_offered(blast->rate, blast->duration_ns);
    result->late = pacer.late;
    uint64_t last = now;
    while ((now = clock_now(&run.clock)) < last + blast->drain_ns)
        if (receive_frames(&run) > 0) last = now;
}
