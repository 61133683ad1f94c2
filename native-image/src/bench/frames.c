#include "bench/frames.h"

#include <stdlib.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_prefetch.h>

#include "bench/pacer.h"
#include "bench/traffic.h"
#include "bench/window.h"
#include "bench/wire_kinds.h"
#include "net/bytes.h"
#include "protocol/echo.h"

/*
 * Buffers for a burst and the two halves of a cache; as long as those of a memif, which copies them the fast way then.
 * TRAFFIC_WINDOW bytes say what is under way.
 */
enum { BURST = WIRE_BURST, BUFFERS = 1023, CACHE = 256, ROOM = 2048, PREFETCH_AHEAD = 4 };

enum {
    HEADERS = PACKET_ETHERNET + PACKET_IPV4 + PACKET_UDP,
    SUM = HEADERS - 2,
    TYPE = HEADERS + 3,
    NUMBER = HEADERS + HEADER_BYTES
};

struct frames {
    uint16_t port;
    uint16_t length; /* of a frame, without Ethernet's check sequence */
    uint8_t answer;  /* enum message_type of what comes back */
    const struct packet_template *template;
    struct rte_mempool *pool;
    uint16_t sum;       /* of everything under UDP's checksum, the number 0 */
    uint32_t next;      /* number */
    uint32_t first;     /* of this offer */
    uint8_t *under_way; /* TRAFFIC_WINDOW: number n was sent and has not come back */
    struct rte_mbuf *out[BURST], *in[BURST];
};

static void write_number(const struct frames *frames, uint8_t *bytes, uint32_t number) {
    uint32_t sum = frames->sum + (number >> 16) + (number & 0xffff);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    bytes_write32(bytes + NUMBER, number);
    bytes_write16(bytes + SUM, sum == 0xffff ? 0xffff : (uint16_t)~sum); /* 0 would say that there is none */
}

static unsigned transmit(struct frames *frames, unsigned count) {
    if (count == 0 || rte_pktmbuf_alloc_bulk(frames->pool, frames->out, count) != 0) return 0;
    for (unsigned i = 0; i < count; i++) {
        struct rte_mbuf *frame = frames->out[i];
        write_number(frames, rte_pktmbuf_mtod(frame, uint8_t *), frames->next + i);
        frame->data_len = frames->length;
        frame->pkt_len = frames->length;
        frames->under_way[(frames->next + i) % TRAFFIC_WINDOW] = 1;
    }
    unsigned sent = rte_eth_tx_burst(frames->port, 0, frames->out, (uint16_t)count);
    if (sent < count) rte_pktmbuf_free_bulk(&frames->out[sent], count - sent);
    frames->next += sent; /* the others are tried no more, and their numbers go to later ones */
    return sent;
}

static bool is_whole(const struct frames *frames, const uint8_t *bytes, uint16_t length) {
    struct packet packet;
    return length >= frames->length && packet_read(bytes, length, &packet) == PACKET_OK &&
           packet_sum_is_right(bytes, &packet) && memcmp(packet.destination_mac, frames->template->bytes + 6, 6) == 0;
}

static bool take(struct frames *frames, const uint8_t *bytes, uint16_t length) {
    if (length < NUMBER + 4 || bytes[TYPE] != frames->answer) return false;
    uint32_t number = bytes_read32(bytes + NUMBER);
    if (number - frames->first >= frames->next - frames->first || frames->next - number > TRAFFIC_WINDOW) return false;
    uint8_t *mark = &frames->under_way[number % TRAFFIC_WINDOW];
    bool first = *mark != 0;
    *mark = 0;
    return first;
}

/* Whether an answer was among what came: a node probes its peers, too. */
static bool receive(struct frames *frames, struct load_result *result) {
    uint64_t before = result->received;
    unsigned count = rte_eth_rx_burst(frames->port, 0, frames->in, BURST);
    if (count == 0) return false;
    for (unsigned i = 0; i < count; i++) {
        if (i + PREFETCH_AHEAD < count) rte_prefetch0(rte_pktmbuf_mtod(frames->in[i + PREFETCH_AHEAD], void *));
        const uint8_t *bytes = rte_pktmbuf_mtod(frames->in[i], const uint8_t *);
        if (i == 0 && !is_whole(frames, bytes, frames->in[i]->data_len)) continue; /* counts as lost */
        if (take(frames, bytes, frames->in[i]->data_len)) result->received++;
    }
    rte_pktmbuf_free_bulk(frames->in, count);
    return result->received > before;
}

/* What is due, a burst at most. */
static unsigned send_due(struct frames *frames, struct pacer *pacer, uint64_t now) {
    uint64_t due;
    unsigned count = 0;
    pacer_look(pacer, now);
    while (count < BURST && pacer_take(pacer, &due)) count++;
    return transmit(frames, count);
}

/* Until all have gone out, in an open loop. */
static void offer_rate(struct frames *frames, const struct clock *clock, const struct load *load, uint64_t start,
                       struct load_result *result) {
    struct pacer pacer;
    pacer_start(
        &pacer,
        &(struct pacing){
            .rate = load->rate, .duration_ns = load->duration_ns, .start_ns = start, .threads = 1, .burst = BURST});
    for (uint64_t now = start; now < start + load->duration_ns && !pacer_is_done(&pacer); now = clock_now(clock)) {
        result->sent += send_due(frames, &pacer, now);
        receive(frames, result);
    }
    result->offered = pacer_offered(load->rate, load->duration_ns);
    result->late = pacer.late;
    result->most_behind_ns = pacer.most_behind_ns;
}

/* Until the time is over, in a closed loop. */
static void offer_window(struct frames *frames, const struct clock *clock, const struct load *load, uint64_t start,
                         struct load_result *result) {
    struct window window;
    window_start(&window, load->window, TRAFFIC_DRAIN_NS, start);
    for (uint64_t now = start; now < start + load->duration_ns; now = clock_now(clock)) {
        result->sent += transmit(frames, window_room(&window, now, result->sent, result->received, BURST));
        receive(frames, result);
    }
    result->offered = result->sent;
}

void frames_offer(struct frames *frames, const struct clock *clock, const struct load *load,
                  struct load_result *result) {
    uint64_t start = clock_now(clock);
    frames->first = frames->next;
    if (load->window > 0)
        offer_window(frames, clock, load, start, result);
    else
        offer_rate(frames, clock, load, start, result);
    uint64_t last = clock_now(clock);
    while (result->received < result->sent && clock_now(clock) < last + TRAFFIC_DRAIN_NS)
        if (receive(frames, result)) last = clock_now(clock);
    result->answered_ns = last - start;
    result->lost = result->sent - result->received;
}

/* rte_mempool_obj_cb_t: what every frame has, behind the headroom that each buffer has when it is taken. */
static void fill(struct rte_mempool *pool, void *argument, void *buffer, unsigned index) {
    struct frames *frames = argument;
    struct rte_mbuf *frame = buffer;
    uint8_t *bytes = (uint8_t *)frame->buf_addr + RTE_PKTMBUF_HEADROOM;
    struct header header = {.type = MESSAGE_ECHO, .network = header_network("pantheon-bench"), .hint = 0};
    (void)pool;
    (void)index;
    memset(bytes, 0, frames->length);
    header_write(&header, bytes + HEADERS);
    packet_write(frames->template, bytes, frames->length - HEADERS, true);
    frames->sum = (uint16_t)~bytes_read16(bytes + SUM);
}

struct frames *frames_make(struct wire *wire, uint16_t length, bool mirrored) {
    struct frames *frames = calloc(1, sizeof *frames);
    if (frames == NULL) return NULL;
    frames->port = wire_memif_port(wire);
    frames->template = wire_memif_template(wire);
    frames->length = (uint16_t)(HEADERS + length);
    frames->answer = mirrored ? MESSAGE_ECHO : MESSAGE_ECHO_REPLY;
    frames->under_way = calloc(TRAFFIC_WINDOW, 1);
    frames->pool = rte_pktmbuf_pool_create("frames", BUFFERS, CACHE, 0, RTE_PKTMBUF_HEADROOM + ROOM, SOCKET_ID_ANY);
    if (frames->under_way == NULL || frames->pool == NULL || frames->length > ROOM) {
        frames_release(frames);
        return NULL;
    }
    rte_mempool_obj_iter(frames->pool, fill, frames);
    return frames;
}

void frames_release(struct frames *frames) {
    if (frames == NULL) return;
    rte_mempool_free(frames->pool);
    free(frames->under_way);
    free(frames);
}
