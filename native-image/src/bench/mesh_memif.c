#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_prefetch.h>

#include "bench/eal.h"
#include "bench/mesh_kinds.h"
#include "net/packet.h"

/*
 * Buffers are only under way within a burst: memif's rings have memory of their own. The descriptors that a port is
 * asked for say nothing to memif, whose rings have EAL_MESH_RING of them.
 */
enum { DESCRIPTORS = 1024, BUFFERS = 1023, CACHE = 256, PREFETCH_AHEAD = 3, LINK_MS = 10000, LINK_LOOK_MS = 10 };
#define POOL "mesh"

struct memif {
    struct mesh mesh;
    unsigned endpoints;
    uint16_t in_port, out_port;
    struct rte_mempool *pool;
    struct packet_template *templates; /* of each pair: those from 0 first, as a node has one for each peer */
    struct rte_mbuf *out[MESH_BURST], *in[MESH_BURST];
    unsigned in_count;
    uint64_t under_way; /* in the ring */
    struct mesh_counters counters;
};

static struct memif *of(struct mesh *mesh) {
    return (struct memif *)(void *)mesh; /* its first member */
}

static void write_frame(struct rte_mbuf *frame, const struct packet_template *template, const uint8_t *bytes,
                        uint16_t length) {
    uint8_t *at = rte_pktmbuf_mtod(frame, uint8_t *);
    memcpy(at + template->length, bytes, length);
    packet_write(template, at, length, true);
    frame->data_len = (uint16_t)(template->length + length);
    frame->pkt_len = frame->data_len;
}

/* MESH_BURST at most. Those that the ring does not take are lost: it was asked before. */
static void send_burst(struct memif *memif, const struct packet_template *templates, const uint8_t *bytes,
                       uint16_t length, const uint32_t *to, unsigned count) {
    unsigned sent = 0;
    if (rte_pktmbuf_alloc_bulk(memif->pool, memif->out, count) == 0) {
        for (unsigned i = 0; i < count; i++) write_frame(memif->out[i], &templates[to[i]], bytes, length);
        sent = rte_eth_tx_burst(memif->out_port, 0, memif->out, (uint16_t)count);
        if (sent < count) rte_pktmbuf_free_bulk(&memif->out[sent], count - sent);
    }
    memif->under_way += sent;
    memif->counters.sent += sent;
    memif->counters.refused += count - sent;
}

static bool send_bytes(struct mesh *mesh, uint32_t from, const uint8_t *bytes, uint16_t length, const uint32_t *to,
                       unsigned count) {
    struct memif *memif = of(mesh);
    const struct packet_template *templates = memif->templates + (size_t)from * memif->endpoints;
    if (memif->under_way + count > EAL_MESH_RING) {
        memif->counters.refused += count;
        return false;
    }
    for (unsigned done = 0; done < count; done += MESH_BURST)
        send_burst(memif, templates, bytes, length, to + done, count - done < MESH_BURST ? count - done : MESH_BURST);
    return true;
}

static void give_back(struct memif *memif) {
    if (memif->in_count > 0) rte_pktmbuf_free_bulk(memif->in, memif->in_count);
    memif->in_count = 0;
}

static bool read_frame(const struct memif *memif, const struct rte_mbuf *frame, struct mesh_datagram *datagram) {
    struct packet packet;
    const uint8_t *bytes = rte_pktmbuf_mtod(frame, const uint8_t *);
    if (packet_read(bytes, frame->data_len, &packet) != PACKET_OK || !packet_sum_is_right(bytes, &packet)) return false;
    *datagram = (struct mesh_datagram){.bytes = bytes + packet.headers,
                                       .length = packet.payload,
                                       .from = mesh_endpoint_of(&packet.source),
                                       .to = mesh_endpoint_of(&packet.destination)};
    return datagram->from < memif->endpoints && datagram->to < memif->endpoints;
}

static unsigned receive_burst(struct mesh *mesh, struct mesh_datagram *list, uint64_t now_ns) {
    struct memif *memif = of(mesh);
    unsigned count = 0;
    (void)now_ns;
    give_back(memif);
    memif->in_count = rte_eth_rx_burst(memif->in_port, 0, memif->in, MESH_BURST);
    for (unsigned i = 0; i < memif->in_count; i++) {
        if (i + PREFETCH_AHEAD < memif->in_count)
            rte_prefetch0(rte_pktmbuf_mtod(memif->in[i + PREFETCH_AHEAD], void *));
        if (read_frame(memif, memif->in[i], &list[count])) count++;
    }
    memif->under_way -= memif->in_count;
    memif->counters.received += count;
    return count;
}

static void count_all(struct mesh *mesh, struct mesh_counters *counters) {
    *counters = of(mesh)->counters;
}

/*
 * The ports stay as they are for the next mesh of this process, and until it ends. Closed, both ends would be taken
 * down by EAL's interrupt thread and by this one at the same time, and DPDK's driver frees what it has twice then.
 */
static void close_mesh(struct mesh *mesh) {
    struct memif *memif = of(mesh);
    give_back(memif);
    free(memif->templates);
    free(memif);
}

static bool start_port(const struct memif *memif, const char *name, uint16_t *port, struct failure *why) {
    struct rte_eth_conf conf = {0};
    bool is_started = rte_eth_dev_get_port_by_name(name, port) == 0 && rte_eth_dev_configure(*port, 1, 1, &conf) == 0 &&
                      rte_eth_rx_queue_setup(*port, 0, DESCRIPTORS, SOCKET_ID_ANY, NULL, memif->pool) == 0 &&
                      rte_eth_tx_queue_setup(*port, 0, DESCRIPTORS, SOCKET_ID_ANY, NULL) == 0 &&
                      rte_eth_dev_start(*port) == 0;
    return is_started || failed(why, "the port %s does not start; read EAL's lines above", name);
}

static bool has_link(uint16_t port) {
    struct rte_eth_link link = {0};
    return rte_eth_link_get_nowait(port, &link) == 0 && link.link_status == RTE_ETH_LINK_UP;
}

/* The server first: the client tries to connect once, when it starts. EAL's own thread shakes hands. */
static bool make_ports(struct memif *memif, struct failure *why) {
    uint16_t room = RTE_PKTMBUF_HEADROOM + 2048;
    memif->pool = rte_pktmbuf_pool_create(POOL, BUFFERS, CACHE, 0, room, SOCKET_ID_ANY);
    if (memif->pool == NULL) return failed(why, "no memory for the mesh's buffers: %s", rte_strerror(rte_errno));
    if (!eal_plug_mesh(why) || !start_port(memif, EAL_MESH_IN, &memif->in_port, why) ||
        !start_port(memif, EAL_MESH_OUT, &memif->out_port, why))
        return false;
    for (unsigned ms = 0; ms < LINK_MS; ms += LINK_LOOK_MS) {
        if (has_link(memif->in_port) && has_link(memif->out_port)) return true;
        rte_delay_us_sleep(LINK_LOOK_MS * 1000);
    }
    return failed(why, "the two memif ports do not find one another; read EAL's lines above");
}

/* Those of the mesh before, if there was one, with nothing of it left in the ring. */
static bool find_ports(struct memif *memif) {
    memif->pool = rte_mempool_lookup(POOL);
    if (memif->pool == NULL || rte_eth_dev_get_port_by_name(EAL_MESH_IN, &memif->in_port) != 0 ||
        rte_eth_dev_get_port_by_name(EAL_MESH_OUT, &memif->out_port) != 0)
        return false;
    while ((memif->in_count = rte_eth_rx_burst(memif->in_port, 0, memif->in, MESH_BURST)) > 0) give_back(memif);
    return true;
}

static void make_templates(struct memif *memif) {
    for (uint32_t from = 0; from < memif->endpoints; from++) {
        for (uint32_t to = 0; to < memif->endpoints; to++) {
            struct endpoint source = mesh_endpoint(from), destination = mesh_endpoint(to);
            const uint8_t ours[6] = {0x52, 0x54, 0, 0xd1, (uint8_t)(from >> 8), (uint8_t)from};
            const uint8_t theirs[6] = {0x52, 0x54, 0, 0xd1, (uint8_t)(to >> 8), (uint8_t)to};
            packet_template_make(&memif->templates[(size_t)from * memif->endpoints + to], ours, theirs, &source,
                                 &destination);
        }
    }
}

struct mesh *mesh_memif_open(unsigned endpoints, struct failure *why) {
    struct memif *memif = calloc(1, sizeof *memif);
    if (memif == NULL || (memif->templates = calloc((size_t)endpoints * endpoints, sizeof *memif->templates)) == NULL) {
        free(memif);
        return failed(why, "no memory for %u endpoints", endpoints), NULL;
    }
    memif->mesh = (struct mesh){send_bytes, receive_burst, count_all, close_mesh};
    memif->endpoints = endpoints;
    make_templates(memif);
    if (find_ports(memif) || make_ports(memif, why)) return &memif->mesh;
    close_mesh(&memif->mesh);
    return NULL;
}
