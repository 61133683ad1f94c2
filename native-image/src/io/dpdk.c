#include "io/dpdk_parts.h"

#include "worker/idle.h"

static const uint8_t UNKNOWN[6] = {0}; /* the destination: written at each send */

void dpdk_wire_make(struct dpdk_wire *wire) {
    for (size_t i = 0; i < wire->peers->count; i++) {
        const struct peer *peer = &wire->peers->list[i];
        const struct endpoint *self = peer->endpoint.family == 4 ? &wire->self4 : &wire->self6;
        packet_template_make(&wire->templates[i], wire->mac, UNKNOWN, self, &peer->endpoint);
        dpdk_sender_make(&wire->senders[i], &wire->templates[i]);
    }
}

static void drop_datagrams(struct io *io, struct datagram *list, unsigned count) {
    struct dpdk_io *dpdk = dpdk_of(io);
    for (unsigned i = 0; i < count; i++) dpdk->frames[i] = list[i].buffer;
    rte_pktmbuf_free_bulk(dpdk->frames, count);
}

static void wait_a_while(struct io *io, uint32_t ns) {
    (void)io;
    idle_pause(ns);
}

static const struct io_operations OPERATIONS = {dpdk_receive, dpdk_take,      dpdk_send,   dpdk_turn,
                                                dpdk_spread,  drop_datagrams, wait_a_while};

void dpdk_io_open(struct dpdk_io *dpdk, struct counter *drops) {
    dpdk->io = (struct io){.operations = &OPERATIONS, .counters = &dpdk->counters, .drops = drops};
    for (uint16_t i = 0; i < dpdk->queue_count; i++) dpdk->transmit_of[dpdk->queues[i].port] = dpdk->queues[i].transmit;
    dpdk->port = dpdk->wire->port;
    dpdk->source_mac = NULL;
    /* Another order than any: the first round follows it, and announces. */
    if (dpdk->wire->bond != NULL) dpdk->order = ~failover_order(dpdk->wire->bond->failover);
}

const struct dpdk_io *dpdk_io_of(const struct io *io) {
    return io->operations == &OPERATIONS ? (const struct dpdk_io *)(const void *)io : NULL;
}
