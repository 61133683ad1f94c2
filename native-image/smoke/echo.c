#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_ethdev.h>

#include "config/patterns.h"
#include "io/dpdk.h"
#include "io/intact.h"
#include "port/mempool.h"
#include "port/port.h"
#include "protocol/drops.h"
#include "protocol/echo.h"

/*
 * A peer that sends echoes to a node over net_memif0 and compares what comes back, byte by byte:
 *
 *     smoke-echo EAL-ARGUMENT… -- ADDRESS NODE NETWORK-ID LENGTH COUNT send|share|copy
 *
 * `send` uses buffers of the pool of frames; `share` spreads one payload to four, with headers of the other pool;
 * `copy` spreads without sharing. The node's MAC address is found by ARP or NDP. Ends with 0 where every echo came back
 * and every buffer is in its pool.
 */
enum {
    PORT = 30900,
    AT_ONCE = 4,
    LONGEST_FRAME = 9018,
    WAIT_S = 10,
    GAP_US = 2000 /* half the node's limit of echoes */
};

struct echo {
    struct mempools pools;
    struct port port;
    struct peer node;
    struct peers peers;
    struct dpdk_sender sender;
    struct packet_template template;
    struct neighbours neighbours;
    struct dpdk_wire wire;
    struct dpdk_queue queue;
    struct dpdk_io io;
    struct counter drops[DROPS];
    uint32_t network;
    uint16_t length;
    unsigned count, sent, back, wrong;
    uint8_t bytes[LONGEST_FRAME];
    bool seen[100000];
};

static void end_badly(const char *what) {
    printf("%s\n", what);
    exit(1);
}

static uint64_t now_ns(void) {
    return (uint64_t)((double)rte_rdtsc() / (double)rte_get_tsc_hz() * 1e9);
}

static void open_port(struct echo *echo) {
    struct dpdk_conf conf = {.ports = {.num_ports = 1, .count = 1}};
    struct failure why;
    conf.ports.list[0] = (struct dpdk_port){.pci = "net_memif0", .queues = 1, .rx_desc = 512, .tx_desc = 512};
    conf.performance.mempool_size = 2047;
    conf.performance.mempool_cache_size = 64;
    conf.advanced.enable_jumbo_frames = true;
    conf.advanced.max_rx_pkt_len = LONGEST_FRAME;
    if (!port_find(&echo->port, &conf, 0, &why)) end_badly(why.text);
    echo->port.segments = true;
    if (!port_configure(&echo->port, &conf, &echo->pools, &why) || !port_start(&echo->port, &why) ||
        mempools_headers(&echo->pools, &conf, 0, 1023, DPDK_HEADER_ROOM, &why) == NULL)
        end_badly(why.text);
    for (unsigned ms = 0; !port_link(&echo->port); ms++) {
        if (ms > WAIT_S * 1000) end_badly("the node's end does not answer");
        rte_delay_us_sleep(1000);
    }
}

static void open_io(struct echo *echo, const struct endpoint *own, bool share) {
    struct neighbours_link links[2] = {0};
    const struct neighbours_peer asked = {.endpoint = echo->node.endpoint};
    links[own->family == 6].address = *own;
    if (!neighbours_make(&echo->neighbours, echo->port.mac, links, &asked, 1)) end_badly("no memory");
    echo->peers = (struct peers){.list = &echo->node, .count = 1};
    echo->wire = (struct dpdk_wire){.peers = &echo->peers,
                                    .senders = &echo->sender,
                                    .templates = &echo->template,
                                    .neighbours = &echo->neighbours,
                                    .port = echo->port.id};
    *(own->family == 6 ? &echo->wire.self6 : &echo->wire.self4) = *own;
    memcpy(echo->wire.mac, echo->port.mac, 6);
    dpdk_wire_make(&echo->wire);
    echo->queue = (struct dpdk_queue){.port = echo->port.id};
    echo->io.wire = &echo->wire;
    echo->io.pool = echo->port.pool;
    echo->io.headers = share && echo->port.segments ? echo->pools.headers : NULL;
    echo->io.first = true;
    echo->io.longest = LONGEST_FRAME - 4 - PACKET_MAX_HEADERS;
    echo->io.queue_count = 1;
    echo->io.queues = &echo->queue;
    dpdk_io_open(&echo->io, echo->drops);
}

/* What follows the sequence number follows from it. */
static void write_echo(const struct echo *echo, uint32_t sequence, uint8_t *bytes) {
    header_write(&(struct header){MESSAGE_ECHO, echo->network, HEADER_NO_HINT}, bytes);
    memcpy(bytes + HEADER_BYTES, &sequence, sizeof sequence);
    for (unsigned i = HEADER_BYTES + 4; i < echo->length; i++) bytes[i] = (uint8_t)(sequence * 7 + i * 13 + (i >> 8));
}

static void receive(struct echo *echo) {
    struct datagram list[32];
    struct io *io = &echo->io.io;
    unsigned count = io->operations->receive(io, list, 32, now_ns());
    for (unsigned i = 0; i < count; i++) {
        struct header header;
        uint32_t sequence;
        if (header_read(list[i].bytes, list[i].length, &header) != HEADER_OK || header.type != MESSAGE_ECHO_REPLY)
            continue; /* a probe */
        memcpy(&sequence, list[i].bytes + HEADER_BYTES, sizeof sequence);
        write_echo(echo, sequence, echo->bytes);
        echo->bytes[3] = MESSAGE_ECHO_REPLY;
        bool right = list[i].length == echo->length && memcmp(list[i].bytes, echo->bytes, echo->length) == 0 &&
                     datagram_is_intact(&list[i]) && sequence < echo->count;
        *(right ? &echo->back : &echo->wrong) += 1;
        if (right) echo->seen[sequence] = true;
    }
    if (count > 0) io->operations->drop(io, list, count);
}

/* One echo, or AT_ONCE of them that are the same. */
static void send_echo(struct echo *echo, uint32_t sequence, bool spread) {
    static const uint32_t NODE[AT_ONCE] = {0};
    struct io *io = &echo->io.io;
    struct datagram datagram;
    if (spread) {
        write_echo(echo, sequence, echo->bytes);
        echo->sent += io->operations->spread(io, echo->bytes, echo->length, NODE, AT_ONCE);
        return;
    }
    if (!io->operations->take(io, &datagram) || datagram.room < echo->length) end_badly("no buffer of that length");
    datagram.peer = 0;
    datagram.length = echo->length;
    write_echo(echo, sequence, datagram.bytes);
    echo->sent += io->operations->send(io, &datagram, 1);
}

static void exchange(struct echo *echo, bool spread) {
    uint64_t start = now_ns();
    while (neighbours_word(&echo->neighbours, 0) == 0) {
        receive(echo);
        if (now_ns() - start > WAIT_S * 1000000000ull) end_badly("the node's MAC address was not found");
        rte_delay_us_sleep(1000);
    }
    for (uint32_t sequence = 0; sequence < echo->count; sequence++) {
        send_echo(echo, sequence, spread);
        rte_delay_us_sleep(spread ? AT_ONCE * GAP_US : GAP_US);
        receive(echo);
    }
    for (start = now_ns(); echo->back < echo->sent && now_ns() - start < WAIT_S * 1000000000ull;) {
        receive(echo);
        rte_delay_us_sleep(1000);
    }
}

int main(int argc, char **argv) {
    static struct echo echo;
    struct endpoint own;
    int used = rte_eal_init(argc, argv), count = argc - used - 1;
    argv += used + 1;
    if (used < 0 || count != 6 || !pattern_address(argv[0], &own) || !pattern_address(argv[1], &echo.node.endpoint))
        end_badly("usage: smoke-echo EAL-ARGUMENT... -- ADDRESS NODE NETWORK-ID LENGTH COUNT send|share|copy");
    own.port = echo.node.endpoint.port = PORT;
    echo.network = header_network(argv[2]);
    echo.length = (uint16_t)strtoul(argv[3], NULL, 10);
    echo.count = (unsigned)strtoul(argv[4], NULL, 10);
    if (echo.length < ECHO_BYTES || echo.length > LONGEST_FRAME - 4 - PACKET_MAX_HEADERS || echo.count > 100000)
        end_badly("no such length or count");
    open_port(&echo);
    open_io(&echo, &own, strcmp(argv[5], "share") == 0);
    exchange(&echo, strcmp(argv[5], "send") != 0);
    unsigned missing = 0;
    for (unsigned i = 0; i < echo.count; i++) missing += !echo.seen[i];
    port_close(&echo.port);
    unsigned kept = mempools_release(&echo.pools);
    printf("%u echoes of %u bytes sent, %s: %u came back, %u wrong, %u missing, %u buffers kept\n", echo.sent,
           echo.length, echo.io.headers != NULL ? "shared" : argv[5], echo.back, echo.wrong, missing, kept);
    neighbours_release(&echo.neighbours);
    return echo.sent == 0 || echo.back != echo.sent || echo.wrong > 0 || missing > 0 || kept > 0;
}
