#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_prefetch.h>

#include "bench/wire_kinds.h"
#include "config/patterns.h"
#include "net/packet.h"

/*
 * Rings of 1,024: memif's own default. Buffers for both of them, a burst in each direction and the caches of the lcores
 * (two of 512).
 */
enum { DESCRIPTORS = 1024, BUFFERS = 4095, CACHE = 256, PREFETCH_AHEAD = 3, MEMIF_ROOM = 2048 };

/* How long the node may take to make its end and to answer there. */
enum { LINK_MS = 10000, LINK_LOOK_MS = 10 };

struct memif {
    struct wire wire;
    uint16_t port;
    unsigned connections;
    struct rte_mempool *pool;
    struct packet_template *templates;
    struct rte_mbuf *out[WIRE_BURST], *in[WIRE_BURST];
    unsigned in_count;
};

static struct memif *of(struct wire *wire) {
    return (struct memif *)(void *)wire; /* its first member */
}

uint16_t wire_memif_port(const struct wire *wire) {
    return ((const struct memif *)(const void *)wire)->port;
}

const struct packet_template *wire_memif_template(const struct wire *wire) {
    return ((const struct memif *)(const void *)wire)->templates;
}

static unsigned send_burst(struct wire *wire, const struct wire_datagram *list, unsigned count) {
    struct memif *memif = of(wire);
    if (count == 0 || rte_pktmbuf_alloc_bulk(memif->pool, memif->out, count) != 0) return 0;
    for (unsigned i = 0; i < count; i++) {
        const struct packet_template *template = &memif->templates[list[i].connection];
        uint8_t *bytes = rte_pktmbuf_mtod(memif->out[i], uint8_t *);
        memcpy(bytes + template->length, list[i].bytes, list[i].length);
        packet_write(template, bytes, list[i].length, true);
        if (list[i].spoiled) bytes[template->length - 1] ^= 0x55;
        memif->out[i]->data_len = (uint16_t)(template->length + list[i].length);
        memif->out[i]->pkt_len = memif->out[i]->data_len;
    }
    unsigned sent = rte_eth_tx_burst(memif->port, 0, memif->out, (uint16_t)count);
    if (sent < count) rte_pktmbuf_free_bulk(&memif->out[sent], count - sent);
    return sent;
}

/* 10.77.A.B, as wire.c has numbered them. */
static uint32_t connection_of(const struct endpoint *endpoint) {
    return endpoint->address[2] * 250u + endpoint->address[3] - 1u;
}

static unsigned receive_burst(struct wire *wire, struct wire_datagram *list, unsigned most) {
    struct memif *memif = of(wire);
    if (memif->in_count > 0) rte_pktmbuf_free_bulk(memif->in, memif->in_count);
    memif->in_count = rte_eth_rx_burst(memif->port, 0, memif->in, (uint16_t)most);
    unsigned count = 0;
    for (unsigned i = 0; i < memif->in_count; i++) {
        struct packet packet;
        if (i + PREFETCH_AHEAD < memif->in_count)
            rte_prefetch0(rte_pktmbuf_mtod(memif->in[i + PREFETCH_AHEAD], void *));
        const uint8_t *bytes = rte_pktmbuf_mtod(memif->in[i], const uint8_t *);
        if (packet_read(bytes, memif->in[i]->data_len, &packet) != PACKET_OK || !packet_sum_is_right(bytes, &packet))
            continue;
        list[count++] = (struct wire_datagram){.bytes = bytes + packet.headers,
                                               .length = packet.payload,
                                               .connection = connection_of(&packet.destination)};
    }
    return count;
}

static void close_wire(struct wire *wire) {
    struct memif *memif = of(wire);
    if (memif->in_count > 0) rte_pktmbuf_free_bulk(memif->in, memif->in_count);
    rte_eth_dev_stop(memif->port);
    rte_eth_dev_close(memif->port);
    rte_mempool_free(memif->pool);
    free(memif->templates);
    free(memif);
}

static bool start_port(struct memif *memif, uint16_t longest, struct failure *why) {
    struct rte_eth_conf conf = {0};
    struct rte_eth_link link = {0};
    /* Buffers as long as those of the memif itself are copied the fast way (eth_memif_tx). */
    uint16_t frame = (uint16_t)(PACKET_MAX_HEADERS + longest), room = frame > MEMIF_ROOM ? frame : MEMIF_ROOM;
    memif->pool =
        rte_pktmbuf_pool_create("wire", BUFFERS, CACHE, 0, (uint16_t)(RTE_PKTMBUF_HEADROOM + room), SOCKET_ID_ANY);
    if (memif->pool == NULL) return failed(why, "no memory for the wire's buffers: %s", rte_strerror(rte_errno));
    if (rte_eth_dev_get_port_by_name("net_memif0", &memif->port) != 0 ||
        rte_eth_dev_configure(memif->port, 1, 1, &conf) != 0 ||
        rte_eth_rx_queue_setup(memif->port, 0, DESCRIPTORS, SOCKET_ID_ANY, NULL, memif->pool) != 0 ||
        rte_eth_tx_queue_setup(memif->port, 0, DESCRIPTORS, SOCKET_ID_ANY, NULL) != 0 ||
        rte_eth_dev_start(memif->port) != 0)
        return failed(why, "the memif port does not start; read EAL's lines above");
    for (unsigned ms = 0; ms < LINK_MS; ms += LINK_LOOK_MS) {
        rte_eth_link_get_nowait(memif->port, &link);
        if (link.link_status == RTE_ETH_LINK_UP) return true;
        rte_delay_us_sleep(LINK_LOOK_MS * 1000);
    }
    return failed(why, "the node's memif port does not answer within %u s; read its lines above", LINK_MS / 1000);
}

static struct endpoint endpoint_of(const struct wire_peer *peer) {
    uint8_t address[4] = {0};
    pattern_ipv4(peer->address, address);
    return endpoint_ipv4(address, peer->port);
}

static void make_templates(struct memif *memif) {
    struct wire_peer peer, node;
    uint8_t ours[6] = {0}, theirs[6] = {0};
    wire_node(&node);
    struct endpoint to = endpoint_of(&node);
    pattern_mac(node.mac, theirs);
    for (unsigned i = 0; i < memif->connections; i++) {
        wire_peer(i, &peer);
        struct endpoint from = endpoint_of(&peer);
        pattern_mac(peer.mac, ours);
        packet_template_make(&memif->templates[i], ours, theirs, &from, &to);
    }
}

struct wire *wire_memif_open(const struct wire_settings *settings, struct failure *why) {
    struct memif *memif = calloc(1, sizeof *memif);
    if (memif == NULL || (memif->templates = calloc(settings->connections + 1, sizeof *memif->templates)) == NULL) {
        free(memif);
        return failed(why, "no memory for %u connections", settings->connections), NULL;
    }
    memif->wire = (struct wire){send_burst, receive_burst, close_wire};
    memif->connections = settings->connections;
    make_templates(memif);
    if (start_port(memif, settings->longest, why)) return &memif->wire;
    close_wire(&memif->wire);
    return NULL;
}
