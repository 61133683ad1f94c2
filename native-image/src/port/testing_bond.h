#ifndef PANTHEON_PORT_TESTING_BOND_H
#define PANTHEON_PORT_TESTING_BOND_H

/* What test_bond.c works with. cmocka.h wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include <rte_eal.h>
#include <rte_eth_ring.h>
#include <rte_ethdev.h>
#include <rte_malloc.h>

#include "io/dpdk.h"
#include "net/bytes.h"
#include "port/bond.h"
#include "protocol/drops.h"
#include "worker/clock.h"

/*
 * A node's end of the DPDK backend on two net_ring ports, and the wires behind them: what is sent on a port whose wire
 * is cut is lost. A cut takes the port's link, as pulling a cable does.
 */
enum { INTERVAL_MS = 100 /* the seed's */, PAYLOAD = 16 };

static const uint8_t MACS[FAILOVER_PORTS][6] = {{0x52, 0x54, 0, 0xd1, 0, 1}, {0x52, 0x54, 0, 0xd1, 0, 0x11}};
static const uint8_t PEER_MAC[6] = {0x52, 0x54, 0, 0xd1, 0, 2};

struct bench_node {
    struct dpdk_conf conf;
    struct mempools pools;
    struct port ports[FAILOVER_PORTS];
    struct rte_ring *to_node[FAILOVER_PORTS], *from_node[FAILOVER_PORTS];
    struct bond bond;
    struct dpdk_bond view;
    struct peer peer;
    struct peers peers;
    struct dpdk_sender sender;
    struct packet_template template;
    struct neighbours neighbours;
    struct dpdk_wire wire;
    struct dpdk_queue queues[FAILOVER_PORTS];
    struct dpdk_io *io;
    struct counter drops[DROPS];
    bool cut[FAILOVER_PORTS];
    /* What arrived over each wire. */
    unsigned datagrams[FAILOVER_PORTS], announcements[FAILOVER_PORTS], answers[FAILOVER_PORTS], lost;
    uint8_t last[FAILOVER_PORTS][64]; /* what the last one began with */
    uint8_t answer[RESOLUTION_MAX];   /* of ARP, the last one */
    pthread_t monitor;
    atomic_bool stop;
};

static inline uint64_t now_ns(void) {
    return clock_kernel_ns(CLOCK_MONOTONIC);
}

static inline void open_port(struct bench_node *node, unsigned index) {
    static const char *const NAMES[] = {"net_ring_a", "net_ring_b"};
    struct failure why = {""};
    char name[32];
    snprintf(name, sizeof name, "to%u", index);
    node->to_node[index] = rte_ring_create(name, 1024, 0, RING_F_SP_ENQ | RING_F_SC_DEQ);
    snprintf(name, sizeof name, "from%u", index);
    node->from_node[index] = rte_ring_create(name, 1024, 0, RING_F_SP_ENQ | RING_F_SC_DEQ);
    assert_true(rte_eth_from_rings(index == 0 ? "a" : "b", &node->to_node[index], 1, &node->from_node[index], 1, 0) >=
                0);
    node->conf.ports.list[index] = (struct dpdk_port){.pci = NAMES[index], .queues = 1, .rx_desc = 512, .tx_desc = 512};
    if (!port_find(&node->ports[index], &node->conf, index, &why)) fail_msg("%s", why.text);
    node->ports[index].wants_link_events = true;
    node->ports[index].segments = true;
    if (!port_configure(&node->ports[index], &node->conf, &node->pools, &why)) fail_msg("%s", why.text);
    assert_true(port_start(&node->ports[index], &why));
}

static inline void open_wire(struct bench_node *node) {
    struct dpdk_wire *wire = &node->wire;
    node->peer.endpoint = endpoint_ipv4((const uint8_t[]){10, 78, 0, 2}, 30900);
    memcpy(node->peer.mac, PEER_MAC, sizeof PEER_MAC);
    node->peers = (struct peers){.list = &node->peer, .count = 1};
    *wire = (struct dpdk_wire){.peers = &node->peers, .senders = &node->sender, .templates = &node->template};
    wire->self4 = endpoint_ipv4((const uint8_t[]){10, 78, 0, 1}, 30900);
    wire->port = node->ports[FAILOVER_PRIMARY].id;
    struct neighbours_link links[2] = {{.address = wire->self4}};
    struct neighbours_peer peer = {.endpoint = node->peer.endpoint};
    memcpy(peer.mac, PEER_MAC, sizeof peer.mac);
    assert_true(neighbours_make(&node->neighbours, MACS[FAILOVER_PRIMARY], links, &peer, 1));
    neighbours_add_mac(&node->neighbours, MACS[FAILOVER_SECONDARY]);
    wire->neighbours = &node->neighbours;
    memcpy(wire->mac, MACS[FAILOVER_PRIMARY], sizeof wire->mac);
    node->view.failover = &node->bond.failover;
    for (unsigned i = 0; i < FAILOVER_PORTS; i++) node->view.ports[i] = node->ports[i].id;
    memcpy(node->view.macs, MACS, sizeof MACS); /* net_ring has none */
    dpdk_bond_make(&node->view, wire);
    wire->bond = &node->view;
    dpdk_wire_make(wire);
    node->io = rte_zmalloc(NULL, sizeof *node->io, 64);
    assert_non_null(node->io);
    for (unsigned i = 0; i < FAILOVER_PORTS; i++) node->queues[i] = (struct dpdk_queue){.port = node->ports[i].id};
    node->io->wire = wire;
    node->io->pool = node->ports[0].pool;
    node->io->longest = 1500;
    node->io->queues = node->queues;
    node->io->queue_count = FAILOVER_PORTS;
    node->io->first = true;
    node->io->heard_count = 1;
    node->io->to_kernel = frame_ring_make(8, 1519);
    node->io->from_kernel = frame_ring_make(8, 1519);
    assert_non_null(node->io->from_kernel);
    dpdk_io_open(node->io, node->drops);
}

/* The control thread: an interval after each look the next. */
static inline void *watch_links(void *argument) {
    struct bench_node *node = argument;
    const struct timespec pause = {.tv_nsec = INTERVAL_MS * 1000000l};
    while (!atomic_load(&node->stop)) {
        nanosleep(&pause, NULL);
        bond_look(&node->bond, now_ns());
    }
    return NULL;
}

static inline void cut(struct bench_node *node, enum failover_port port) {
    node->cut[port] = true;
    assert_int_equal(rte_eth_dev_set_link_down(node->ports[port].id), 0);
}

static inline void mend(struct bench_node *node, enum failover_port port) {
    node->cut[port] = false;
    assert_int_equal(rte_eth_dev_set_link_up(node->ports[port].id), 0);
}

/* What is on the wires now arrives, or is lost. */
static inline void carry(struct bench_node *node) {
    for (unsigned port = 0; port < FAILOVER_PORTS; port++) {
        struct rte_mbuf *frame;
        while (rte_ring_dequeue(node->from_node[port], (void **)&frame) == 0) {
            const uint8_t *bytes = rte_pktmbuf_mtod(frame, const uint8_t *);
            if (node->cut[port]) {
                node->lost++;
            } else if (bytes_read16(bytes + 12) == 0x0806 && bytes_read16(bytes + 20) == 2) {
                node->answers[port]++;
                memcpy(node->answer, bytes, 60);
            } else if (bytes_read16(bytes + 12) == 0x0806) {
                node->announcements[port]++;
            } else {
                node->datagrams[port]++;
                memcpy(node->last[port], bytes, PACKET_ETHERNET + PACKET_IPV4 + PACKET_UDP + PAYLOAD);
            }
            rte_pktmbuf_free(frame);
        }
    }
}

/* What came, and what is answered. */
static inline void receive(struct bench_node *node) {
    struct datagram list[32];
    struct io *io = &node->io->io;
    unsigned count = io->operations->receive(io, list, 32, 0);
    if (count > 0) io->operations->turn(io, list, count, 0);
}

/* A round of a worker that sends one datagram, and the millisecond behind it. */
static inline void round_of_worker(struct bench_node *node) {
    struct datagram own;
    const struct timespec pause = {.tv_nsec = 1000000};
    struct io *io = &node->io->io;
    receive(node);
    assert_true(io->operations->take(io, &own));
    memset(own.bytes, 0, PAYLOAD);
    own.length = PAYLOAD;
    own.peer = 0;
    io->operations->send(io, &own, 1);
    carry(node);
    nanosleep(&pause, NULL);
}

#endif
