#include "io/dpdk_parts.h"

unsigned dpdk_spread(struct io *io, const uint8_t *bytes, uint16_t length, const uint32_t *peers, unsigned count) {
    struct dpdk_io *dpdk = dpdk_of(io);
    unsigned sent = 0;
    for (unsigned from = 0; from < count;) {
        uint16_t frames = 0;
        for (; from < count && frames < IO_MAX_BURST; from++) {
            struct datagram datagram = {.peer = peers[from], .length = length};
            if (!dpdk_take(io, &datagram)) continue;
            datagram.peer = peers[from];
            datagram.length = length;
            memcpy(datagram.bytes, bytes, length);
            if (dpdk_write_headers(dpdk, &datagram, datagram.buffer)) {
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
