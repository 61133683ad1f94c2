#include "io/dpdk_parts.h"

#include <rte_branch_prediction.h>
#include <rte_ethdev.h>

#include "net/bytes.h"

bool dpdk_take(struct io *io, struct datagram *datagram) {
    struct dpdk_io *dpdk = dpdk_of(io);
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

unsigned dpdk_transmit(struct dpdk_io *dpdk, uint16_t port, uint16_t count) {
    struct rte_mbuf **frames = dpdk->frames;
    uint16_t sent = count == 0 ? 0 : rte_eth_tx_burst(port, dpdk->transmit_of[port], frames, count);
    counter_add(&dpdk->counters.transmitted, sent);
    if (likely(sent == count)) return sent;
    counter_add(&dpdk->counters.refused, (uint64_t)(count - sent));
    rte_pktmbuf_free_bulk(&frames[sent], (unsigned)(count - sent));
    return sent;
}

bool dpdk_write_headers(const struct dpdk_io *dpdk, const struct datagram *datagram, struct rte_mbuf *frame) {
    const struct packet_template *template = &dpdk->wire->templates[datagram->peer];
    uint64_t word = neighbours_word(dpdk->wire->neighbours, datagram->peer);
    if (unlikely(word == 0)) return false;
    uint8_t *start = datagram->bytes - template->length;
    frame->data_off = (uint16_t)(start - (uint8_t *)frame->buf_addr);
    frame->data_len = (uint16_t)(template->length + datagram->length);
    frame->pkt_len = frame->data_len;
    packet_write(template, start, datagram->length, !dpdk->sums_in_card);
    dpdk_write_addresses(dpdk, word, start);
    dpdk_ask_sums(dpdk, template, frame);
    return true;
}

/* Behind those that go out, in the list. */
static void refuse_unresolved(struct dpdk_io *dpdk, struct datagram *list, unsigned count) {
    counter_add(&dpdk->counters.unresolved, count);
    memcpy(list, dpdk->unresolved, count * sizeof *list);
    for (unsigned i = 0; i < count; i++) rte_pktmbuf_free(list[i].buffer);
}

unsigned dpdk_send(struct io *io, struct datagram *list, unsigned count) {
    struct dpdk_io *dpdk = dpdk_of(io);
    unsigned known = 0, unresolved = 0;
    for (unsigned i = 0; i < count; i++) {
        if (unlikely(!dpdk_write_headers(dpdk, &list[i], list[i].buffer))) {
            dpdk->unresolved[unresolved++] = list[i];
            continue;
        }
        dpdk->frames[known] = list[i].buffer;
        if (unlikely(known < i)) list[known] = list[i];
        known++;
    }
    if (unlikely(unresolved > 0)) refuse_unresolved(dpdk, list + known, unresolved);
    return dpdk_transmit(dpdk, dpdk->port, (uint16_t)known);
}

/* Where the answer to a frame goes: back where it came from. Of a bond that may be the port that is not to be used. */
static uint16_t way_back(const struct dpdk_io *dpdk, const struct rte_mbuf *frame) {
    return dpdk->wire->bond != NULL ? dpdk->port : frame->port;
}

unsigned dpdk_turn(struct io *io, struct datagram *list, unsigned count, uint16_t grown) {
    struct dpdk_io *dpdk = dpdk_of(io);
    unsigned sent = 0, from = 0;
    while (from < count) {
        uint16_t port = way_back(dpdk, list[from].buffer), frames = 0;
        for (; from < count; from++) {
            struct rte_mbuf *frame = list[from].buffer;
            if (unlikely(way_back(dpdk, frame) != port)) break;
            uint8_t *bytes = rte_pktmbuf_mtod(frame, uint8_t *);
            uint16_t headers = (uint16_t)(list[from].bytes - bytes);
            packet_turn(bytes, headers);
            dpdk_write_source(dpdk, bytes);
            packet_sum_grow(bytes, headers, grown);
            frame->ol_flags = 0;
            dpdk->frames[frames++] = frame;
        }
        sent += dpdk_transmit(dpdk, port, frames);
    }
    return sent;
}
