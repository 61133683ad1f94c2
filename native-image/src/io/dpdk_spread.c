#include "io/dpdk_parts.h"

#include <rte_branch_prediction.h>

#include "net/sum.h"

/*
 * From so many peers and bytes on a payload is shared. Cycles a datagram, copied and shared, best of 60 windows on an
 * EPYC at 2.45 GHz, in software alone (net_null) and with the copy that memif makes:
 *
 *     bytes            64        256       1,232        8,900
 *     2 peers       92   87   111   96   223  131   1,034  447    net_null
 *     3 peers       89   75   108   80   221  108   1,047  312
 *     200 peers     88   61   116   60   249   61   1,153   67
 *     3 peers      197  178   258  224   561  428   2,064 1,332   net_memif
 *     200 peers    159  125   215  149   576  283   2,132  875
 *
 * For two the gain is small (ipv4_multicast draws the line there too). A card takes two descriptors and two reads for a
 * frame in two segments, which no figure here has in it: short payloads are left to one.
 */
enum { SHARED_PEERS = 3, SHARED_BYTES = 256 };

/* One frame of its own for each peer. */
static unsigned spread_copies(struct dpdk_io *dpdk, const uint8_t *bytes, uint16_t length, const uint32_t *peers,
                              unsigned count) {
    unsigned sent = 0;
    for (unsigned from = 0; from < count;) {
        uint16_t frames = 0;
        for (; from < count && frames < IO_MAX_BURST; from++) {
            struct datagram datagram;
            if (!dpdk_take(&dpdk->io, &datagram)) continue;
            datagram.peer = peers[from];
            datagram.length = length;
            memcpy(datagram.bytes, bytes, length);
            if (likely(dpdk_write_headers(dpdk, &datagram, datagram.buffer))) {
                dpdk->frames[frames++] = datagram.buffer;
                continue;
            }
            counter_add(&dpdk->counters.unresolved, 1);
            rte_pktmbuf_free(datagram.buffer);
        }
        sent += dpdk_transmit(dpdk, dpdk->port, frames);
    }
    return sent;
}

/* A frame whose payload is somebody else's: headers, with `shared` chained behind them. `sum` is of its bytes. */
static void write_header(const struct dpdk_io *dpdk, struct rte_mbuf *header, struct rte_mbuf *shared, uint32_t peer,
                         uint64_t word, uint64_t sum) {
    const struct packet_template *template = &dpdk->wire->templates[peer];
    header->data_off = DPDK_HEADER_OFFSET;
    header->data_len = template->length;
    header->pkt_len = (uint32_t) template->length + shared->data_len;
    header->nb_segs = 2;
    header->next = shared;
    uint8_t *start = rte_pktmbuf_mtod(header, uint8_t *);
    if (dpdk->sums_in_card)
        packet_write(template, start, shared->data_len, false);
    else
        packet_write_apart(template, start, shared->data_len, sum);
    dpdk_write_addresses(dpdk, word, start);
    dpdk_ask_sums(dpdk, template, header);
}

/* Up to a burst of frames with the one payload, of the peers from `*from` on. Answers how many there are. */
static uint16_t make_frames(struct dpdk_io *dpdk, struct rte_mbuf *shared, uint64_t sum, const uint32_t *peers,
                            unsigned count, unsigned *from) {
    uint16_t frames = 0;
    for (; *from < count && frames < IO_MAX_BURST; (*from)++) {
        uint64_t word = neighbours_word(dpdk->wire->neighbours, peers[*from]);
        if (unlikely(word == 0)) {
            counter_add(&dpdk->counters.unresolved, 1);
            continue;
        }
        struct rte_mbuf *header = rte_pktmbuf_alloc(dpdk->headers);
        if (unlikely(header == NULL)) {
            counter_add(&dpdk->counters.no_buffer, 1);
            continue;
        }
        write_header(dpdk, header, shared, peers[*from], word, sum);
        dpdk->frames[frames++] = header;
    }
    return frames;
}

static unsigned spread_shared(struct dpdk_io *dpdk, const uint8_t *bytes, uint16_t length, const uint32_t *peers,
                              unsigned count) {
    struct rte_mbuf *shared = rte_pktmbuf_alloc(dpdk->pool);
    unsigned sent = 0;
    if (unlikely(shared == NULL)) {
        counter_add(&dpdk->counters.no_buffer, 1);
        return 0;
    }
    memcpy(rte_pktmbuf_mtod(shared, uint8_t *), bytes, length);
    shared->data_len = length;
    shared->pkt_len = length;
    uint64_t sum = dpdk->sums_in_card ? 0 : sum_bytes(bytes, length, 0);
    for (unsigned from = 0; from < count;) {
        uint16_t frames = make_frames(dpdk, shared, sum, peers, count, &from);
        /* One user for each frame, before a card can be done with the first of them; our own is given back at the end.
         */
        if (likely(frames > 0)) rte_mbuf_refcnt_update(shared, (int16_t)frames);
        sent += dpdk_transmit(dpdk, dpdk->port, frames);
    }
    rte_pktmbuf_free(shared);
    return sent;
}

unsigned dpdk_spread(struct io *io, const uint8_t *bytes, uint16_t length, const uint32_t *peers, unsigned count) {
    struct dpdk_io *dpdk = dpdk_of(io);
    if (unlikely(length > dpdk->longest)) {
        counter_add(&dpdk->counters.refused, count);
        return 0;
    }
    bool shared = dpdk->headers != NULL && count >= SHARED_PEERS && length >= SHARED_BYTES;
    return (shared ? spread_shared : spread_copies)(dpdk, bytes, length, peers, count);
}
