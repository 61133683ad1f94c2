#include "bench/ring_node.h"

#include <string.h>

#include <rte_cycles.h>
#include <rte_eth_ring.h>
#include <rte_ethdev.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>
#include <rte_prefetch.h>

#include "bench/wire.h"
#include "config/patterns.h"
#include "io/dpdk.h"
#include "net/packet.h"
#include "protocol/drops.h"
#include "protocol/echo.h"
#include "worker/worker.h"

enum {
    FRAMES = RING_NODE_FRAMES,
    BURST = RING_NODE_BURST,
    BURSTS = FRAMES / BURST,
    RING = 2 * FRAMES,
    PREFETCH_AHEAD = 3
};
enum {
    HEADERS = PACKET_ETHERNET + PACKET_IPV4 + PACKET_UDP,
    PAYLOAD = ECHO_BYTES,
    BYTES = HEADERS + PAYLOAD,
    LONGEST = 1472
};

_Static_assert(BYTES + 4 == 64, "an echo is Ethernet's shortest frame");

struct ring_node {
    struct worker worker; /* first: it has cache lines of its own */
    struct live live;
    struct slots slots;
    struct exchange exchange;
    struct exchange_worker exchange_worker;
    struct counter drops[DROPS];
    struct dpdk_wire wire;
    struct dpdk_io io;
    struct dpdk_queue queue;
    struct frame_ring *heard[1];
    struct neighbours neighbours;
    struct rte_ring *in, *out;
    struct rte_mempool *pool;
    uint16_t port;
    bool started;
    struct rte_mbuf *frames[FRAMES];
    uint8_t bytes[FRAMES][BYTES];
};

/* Given back with everything else, when EAL ends: a benchmark makes one of these. */
static void *take(size_t count, size_t size) {
    return rte_zmalloc("ring_node", count * size, RTE_CACHE_LINE_SIZE);
}

static bool open_port(struct ring_node *node, struct failure *why) {
    const unsigned one_each = RING_F_SP_ENQ | RING_F_SC_DEQ, socket = rte_socket_id();
    struct rte_eth_conf conf = {0};
    node->in = rte_ring_create("cycles-in", RING, (int)socket, one_each);
    node->out = rte_ring_create("cycles-out", RING, (int)socket, one_each);
    node->pool = rte_pktmbuf_pool_create("cycles", 2 * FRAMES - 1, 256, 0, RTE_MBUF_DEFAULT_BUF_SIZE, (int)socket);
    if (node->in == NULL || node->out == NULL || node->pool == NULL)
        return failed(why, "no memory for rings and frames");
    int port = rte_eth_from_rings("cycles", &node->in, 1, &node->out, 1, socket);
    if (port < 0) return failed(why, "the port of rings cannot be made");
    node->port = (uint16_t)port;
    node->started = rte_eth_dev_configure(node->port, 1, 1, &conf) == 0 &&
                    rte_eth_rx_queue_setup(node->port, 0, FRAMES, socket, NULL, node->pool) == 0 &&
                    rte_eth_tx_queue_setup(node->port, 0, FRAMES, socket, NULL) == 0 &&
                    rte_eth_dev_start(node->port) == 0;
    return node->started || failed(why, "the port of rings does not start; read EAL's lines above");
}

static struct endpoint endpoint_of(const struct wire_peer *peer, uint8_t mac[6]) {
    uint8_t address[4] = {0};
    pattern_ipv4(peer->address, address);
    pattern_mac(peer->mac, mac);
    return endpoint_ipv4(address, peer->port);
}

static bool make_peers(struct ring_node *node, unsigned count) {
    struct peer *list = take(count, sizeof *list);
    struct neighbours_peer *asked = take(count, sizeof *asked);
    uint64_t *slots = take(peers_slots(count), sizeof *slots);
    struct wire_peer text;
    struct neighbours_link links[2] = {0};
    node->exchange.shared = take(count, sizeof *node->exchange.shared);
    node->wire.senders = take(count, sizeof *node->wire.senders);
    node->wire.templates = take(count, sizeof *node->wire.templates);
    if (list == NULL || asked == NULL || slots == NULL || node->exchange.shared == NULL || node->wire.senders == NULL ||
        node->wire.templates == NULL)
        return false;
    for (unsigned i = 0; i < count; i++) {
        wire_peer(i, &text);
        list[i].endpoint = endpoint_of(&text, list[i].mac);
    }
    peers_sort(list, count);
    for (unsigned i = 0; i < count; i++) {
        asked[i].endpoint = list[i].endpoint;
        memcpy(asked[i].mac, list[i].mac, sizeof asked[i].mac);
    }
    node->exchange.peers = (struct peers){.list = list, .count = count};
    peers_index(&node->exchange.peers, slots);
    node->exchange.network = header_network("pantheon-bench");
    exchange_reset(&node->exchange);
    wire_node(&text);
    node->wire.self4 = endpoint_of(&text, node->wire.mac);
    links[0].address = node->wire.self4;
    return neighbours_make(&node->neighbours, node->wire.mac, links, asked, count);
}

static void make_io(struct ring_node *node) {
    node->wire.peers = &node->exchange.peers;
    node->wire.neighbours = &node->neighbours;
    node->wire.port = node->port;
    dpdk_wire_make(&node->wire);
    node->queue.port = node->port;
    node->io.wire = &node->wire;
    node->io.pool = node->pool;
    node->io.first = true;
    node->io.longest = LONGEST;
    node->io.queue_count = 1;
    node->io.queues = &node->queue;
    node->io.heard = node->heard;
    node->io.heard_count = 1;
    dpdk_io_open(&node->io, node->drops);
}

/* As main/plane.c makes one, busy-waiting, with limits that nobody reaches. */
static bool make_worker(struct ring_node *node, unsigned peers) {
    const uint32_t MOST = 1000000000;
    struct worker *worker = &node->worker;
    struct exchange_peer_state *states = take(peers, sizeof *states);
    struct reception_peer *limits = take(peers, sizeof *limits);
    if (states == NULL || limits == NULL) return false;
    node->exchange_worker =
        (struct exchange_worker){.exchange = &node->exchange, .peers = states, .drops = node->drops};
    node->live.rates.control = node->live.rates.echo = node->live.rates.consensus = limit_rate_make(MOST, MOST);
    slots_open(&node->slots, 1, &node->live);
    worker->slots = &node->slots;
    worker->burst = BURST;
    worker->clock = clock_make(rte_get_tsc_hz());
    worker->io = &node->io.io;
    worker->exchange = &node->exchange_worker;
    worker->reception = (struct reception){.exchange = &node->exchange_worker, .peers = limits, .drops = node->drops};
    return true;
}

/* What the peers send, each in its turn. */
static bool make_frames(struct ring_node *node) {
    struct packet_template template;
    const struct peers *peers = &node->exchange.peers;
    if (rte_pktmbuf_alloc_bulk(node->pool, node->frames, FRAMES) != 0) return false;
    for (unsigned i = 0; i < FRAMES; i++) {
        const struct peer *peer = &peers->list[i % peers->count];
        struct header header = {
            .type = MESSAGE_ECHO, .network = node->exchange.network, .hint = (uint16_t)(i % peers->count)};
        packet_template_make(&template, peer->mac, node->wire.mac, &peer->endpoint, &node->wire.self4);
        header_write(&header, node->bytes[i] + HEADERS);
        packet_write(&template, node->bytes[i], PAYLOAD, true);
        node->frames[i]->data_len = BYTES;
        node->frames[i]->pkt_len = BYTES;
    }
    return true;
}

struct ring_node *ring_node_make(unsigned peers, struct failure *why) {
    struct ring_node *node = take(1, sizeof *node);
    if (node == NULL) return failed(why, "no memory for a worker"), NULL;
    if (!open_port(node, why)) {
        ring_node_release(node);
        return NULL;
    }
    if (make_peers(node, peers)) {
        make_io(node);
        if (make_worker(node, peers) && make_frames(node)) return node;
    }
    failed(why, "no memory for %u peers", peers);
    ring_node_release(node);
    return NULL;
}

void ring_node_release(struct ring_node *node) {
    if (node->started) {
        rte_eth_dev_stop(node->port);
        rte_eth_dev_close(node->port);
    }
    neighbours_release(&node->neighbours);
    rte_ring_free(node->in);
    rte_ring_free(node->out);
    rte_mempool_free(node->pool);
    rte_free(node);
}

/* The frames as their peers have sent them. */
static void put_in(struct ring_node *node) {
    for (unsigned i = 0; i < FRAMES; i++) memcpy(rte_pktmbuf_mtod(node->frames[i], void *), node->bytes[i], BYTES);
    rte_ring_enqueue_bulk(node->in, (void **)node->frames, FRAMES, NULL);
}

static void exchange_macs(uint8_t *bytes) {
    uint8_t macs[12];
    memcpy(macs, bytes + 6, 6);
    memcpy(macs + 6, bytes, 6);
    memcpy(bytes, macs, sizeof macs);
}

static void forward_burst(const struct ring_node *node) {
    struct rte_mbuf *frames[BURST];
    uint16_t count = rte_eth_rx_burst(node->port, 0, frames, BURST);
    for (uint16_t i = 0; i < count && i < PREFETCH_AHEAD; i++) rte_prefetch0(rte_pktmbuf_mtod(frames[i], void *));
    for (uint16_t i = 0; i < count; i++) {
        if (i + PREFETCH_AHEAD < count) rte_prefetch0(rte_pktmbuf_mtod(frames[i + PREFETCH_AHEAD], void *));
        exchange_macs(rte_pktmbuf_mtod(frames[i], uint8_t *));
        frames[i]->ol_flags = 0;
    }
    uint16_t sent = rte_eth_tx_burst(node->port, 0, frames, count);
    if (sent < count) rte_pktmbuf_free_bulk(&frames[sent], (unsigned)(count - sent));
}

bool ring_node_measure(struct ring_node *node, enum ring_node_side side, uint64_t *cycles, struct failure *why) {
    put_in(node);
    uint64_t start = rte_rdtsc_precise();
    if (side == RING_NODE_WORKER)
        for (unsigned i = 0; i < BURSTS; i++) worker_round(&node->worker);
    else
        for (unsigned i = 0; i < BURSTS; i++) forward_burst(node);
    *cycles = rte_rdtsc_precise() - start;
    unsigned back = rte_ring_dequeue_burst(node->out, (void **)node->frames, FRAMES, NULL);
    if (back == FRAMES) return true;
    return failed(why, "%u of %u frames came back, which is a mistake in the benchmark", back, FRAMES);
}
