#ifndef PANTHEON_IO_TESTING_DPDK_H
#define PANTHEON_IO_TESTING_DPDK_H

#include <rte_eal.h>
#include <rte_ethdev.h>

#include "io/dpdk.h"
#include "net/testing_neighbours.h"
#include "port/mempool.h"
#include "port/port.h"
#include "protocol/drops.h"

/*
 * A node of two workers on a net_ring port, whose frames come back to it: what the node sends the test takes (`sent`),
 * what the test puts there (`comes`) the node receives. Its peers are hosts 2 and 3 of IPv4 and host 2 of IPv6; only
 * host 3's MAC address is written.
 *
 * The port lives as long as the program (world_open, world_close, of the group), everything else as long as a test
 * (world_begin, world_end), at whose end every buffer must be back in its pool.
 */
enum { PEERS = 3, FOUR = 0, WRITTEN = 1, SIX = 2 }; /* in the order of their endpoints */

struct world {
    struct mempools pools;
    struct port port;
    struct peer peers[PEERS];
    struct peers list;
    struct dpdk_sender senders[PEERS];
    struct packet_template templates[PEERS];
    struct neighbours neighbours;
    struct dpdk_wire wire;
    struct frame_ring *heard[2];
    struct dpdk_queue queue;
    struct dpdk_io io[2];
    struct counter drops[2][DROPS];
    uint8_t bytes[16384]; /* of the frame that `sent` took */
};

static inline void world_port(struct world *world, uint32_t longest) {
    struct dpdk_conf conf = {.ports = {.num_ports = 1, .count = 1}};
    struct failure why = {""};
    conf.ports.list[0] = (struct dpdk_port){.pci = "net_ring0", .queues = 1, .rx_desc = 512, .tx_desc = 512};
    conf.performance.mempool_size = 2047;
    conf.performance.mempool_cache_size = 32;
    conf.performance.burst_size = 32;
    conf.advanced.max_rx_pkt_len = longest;
    if (!port_find(&world->port, &conf, 0, &why)) fail_msg("%s", why.text);
    world->port.segments = true;
    if (mempools_headers(&world->pools, &conf, 0, 2047, DPDK_HEADER_ROOM, &why) == NULL ||
        !port_configure(&world->port, &conf, &world->pools, &why) || !port_start(&world->port, &why))
        fail_msg("%s", why.text);
}

static inline int world_open(void **state) {
    struct world *world = aligned_alloc(64, (sizeof *world + 63) / 64 * 64);
    if (world == NULL) return 1;
    memset(world, 0, sizeof *world);
    world_port(world, 1518);
    *state = world;
    return 0;
}

static inline void world_peers(struct world *world) {
    const struct endpoint endpoints[PEERS] = {host_of(4, 2, 30900), host_of(4, 3, 30900), host_of(6, 2, 30900)};
    struct neighbours_peer asked[PEERS] = {0};
    const struct neighbours_link links[2] = {{.address = host_of(4, 1, 30900)}, {.address = host_of(6, 1, 30900)}};
    for (unsigned i = 0; i < PEERS; i++) {
        world->peers[i] = (struct peer){.endpoint = endpoints[i]};
        if (i == WRITTEN) memcpy(world->peers[i].mac, MAC_OF_3, 6);
    }
    peers_sort(world->peers, PEERS);
    world->list = (struct peers){.list = world->peers, .count = PEERS};
    for (unsigned i = 0; i < PEERS; i++) {
        assert_int_equal(endpoint_compare(&world->peers[i].endpoint, &endpoints[i]), 0);
        asked[i].endpoint = world->peers[i].endpoint;
        memcpy(asked[i].mac, world->peers[i].mac, 6);
    }
    assert_true(neighbours_make(&world->neighbours, MAC_OF_1, links, asked, PEERS));
}

static inline int world_begin(void **state) {
    struct world *world = *state;
    world_peers(world);
    world->wire = (struct dpdk_wire){.peers = &world->list,
                                     .senders = world->senders,
                                     .templates = world->templates,
                                     .neighbours = &world->neighbours,
                                     .port = world->port.id,
                                     .self4 = host_of(4, 1, 30900),
                                     .self6 = host_of(6, 1, 30900)};
    memcpy(world->wire.mac, MAC_OF_1, 6);
    dpdk_wire_make(&world->wire);
    world->heard[1] = frame_ring_make(DPDK_HEARD_FRAMES, DPDK_HEARD_BYTES);
    world->queue = (struct dpdk_queue){.port = world->port.id};
    memset(world->drops, 0, sizeof world->drops);
    for (unsigned i = 0; i < 2; i++) {
        struct dpdk_io *io = &world->io[i];
        *io = (struct dpdk_io){.wire = &world->wire, .pool = world->port.pool, .first = i == 0, .longest = 1400};
        io->queue_count = 1;
        io->queues = &world->queue;
        io->heard = world->heard;
        io->heard_count = 2;
        io->tells = world->heard[i];
        dpdk_io_open(io, world->drops[i]);
    }
    return 0;
}

/* Copies a frame of the node's, its segments put together, and gives it back. Answers its length. */
static inline uint16_t world_copy(struct world *world, struct rte_mbuf *frame) {
    uint16_t length = (uint16_t)frame->pkt_len, at = 0;
    assert_in_range(length, 14, sizeof world->bytes);
    for (struct rte_mbuf *part = frame; part != NULL; part = part->next) {
        memcpy(world->bytes + at, rte_pktmbuf_mtod(part, uint8_t *), part->data_len);
        at = (uint16_t)(at + part->data_len);
    }
    assert_int_equal(at, length);
    rte_pktmbuf_free(frame);
    return length;
}

/* The next frame that the node has sent, in `bytes`; 0 where there is none. */
static inline uint16_t sent(struct world *world) {
    struct rte_mbuf *frame;
    return rte_eth_rx_burst(world->port.id, 0, &frame, 1) == 0 ? 0 : world_copy(world, frame);
}

static inline void comes(struct world *world, const uint8_t *bytes, size_t length) {
    struct rte_mbuf *frame = rte_pktmbuf_alloc(world->port.pool);
    assert_non_null(frame);
    memcpy(rte_pktmbuf_append(frame, (uint16_t)length), bytes, length);
    assert_int_equal(rte_eth_tx_burst(world->port.id, 0, &frame, 1), 1);
}

/* One round of a worker at `now`; how many datagrams came up. */
static inline unsigned receives(struct world *world, unsigned worker, struct datagram *list, uint64_t now) {
    struct io *io = &world->io[worker].io;
    return io->operations->receive(io, list, 32, now);
}

static inline void round_of(struct world *world, unsigned worker, uint64_t now) {
    struct datagram list[32];
    assert_int_equal(receives(world, worker, list, now), 0);
}

static inline int world_end(void **state) {
    struct world *world = *state;
    unsigned left = 0;
    while (sent(world) > 0) left++;
    unsigned missing = rte_mempool_in_use_count(world->port.pool) + rte_mempool_in_use_count(world->pools.headers);
    if (left > 0 || missing > 0)
        print_message("# %u frames nobody took, %u buffers did not come back\n", left, missing);
    neighbours_release(&world->neighbours);
    frame_ring_release(world->heard[1]);
    return left > 0 || missing > 0;
}

static inline int world_close(void **state) {
    struct world *world = *state;
    port_close(&world->port);
    unsigned missing = mempools_release(&world->pools);
    free(world);
    return missing > 0;
}

#define WORLD_TEST(test) cmocka_unit_test_setup_teardown(test, world_begin, world_end)

static inline int world_eal(void) {
    static char *eal[] = {"test_dpdk", "--no-huge",        "--no-pci",      "--no-shconf",  "--no-telemetry",
                          "-m64",      "--vdev=net_ring0", "--log-level=3", "--lcores=0@0", "--iova-mode=va"};
    return rte_eal_init(sizeof eal / sizeof *eal, eal);
}

#endif
