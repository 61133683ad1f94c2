#include "main/plane_wire.h"

#include <stdlib.h>
#include <string.h>

#include <rte_ethdev.h>

#include "exception/tap.h"
#include "main/log.h"
#include "port/groups.h"

static void link_of(const struct config_toml *config, unsigned family, struct neighbours_link *link) {
    const struct listen_conf *listen = config_toml_listen(config, family);
    if (listen != NULL) *link = (struct neighbours_link){listen->endpoint, listen->gateway, listen->prefix};
}

static bool make_neighbours(struct plane *plane) {
    const struct config_toml *config = &plane->configuration->config_toml;
    const struct peers *peers = &plane->exchange.peers;
    struct neighbours_link links[2] = {0};
    link_of(config, 4, &links[0]);
    link_of(config, 6, &links[1]);
    struct neighbours_peer *list = calloc(peers->count + 1, sizeof *list);
    if (list == NULL) return false;
    for (size_t i = 0; i < peers->count; i++) {
        list[i].endpoint = peers->list[i].endpoint;
        memcpy(list[i].mac, peers->list[i].mac, sizeof list[i].mac);
    }
    bool made = neighbours_make(&plane->neighbours, plane->ports[0].mac, links, list, (uint32_t)peers->count);
    free(list);
    return made;
}

static bool make_rings(struct plane *plane) {
    for (unsigned i = 1; i < plane->worker_count; i++) {
        plane->heard[i] = frame_ring_make(DPDK_HEARD_FRAMES, DPDK_HEARD_BYTES);
        if (plane->heard[i] == NULL) return false;
    }
    return true;
}

static bool make_wire(struct plane *plane) {
    const struct config_toml *config = &plane->configuration->config_toml;
    struct dpdk_wire *wire = &plane->wire;
    size_t peers = plane->exchange.peers.count;
    wire->peers = &plane->exchange.peers;
    wire->senders = plane->backend->take(peers * sizeof *wire->senders, 0);
    wire->templates = plane->backend->take(peers * sizeof *wire->templates, 0);
    if (wire->senders == NULL || wire->templates == NULL) return false;
    wire->neighbours = &plane->neighbours;
    wire->port = plane->ports[0].id;
    memcpy(wire->mac, plane->ports[0].mac, sizeof wire->mac);
    const struct listen_conf *ipv4 = config_toml_listen(config, 4), *ipv6 = config_toml_listen(config, 6);
    if (ipv4 != NULL) wire->self4 = ipv4->endpoint;
    if (ipv6 != NULL) wire->self6 = ipv6->endpoint;
    dpdk_wire_make(wire);
    return true;
}

/* One byte more than a frame has, see exception.h. */
static bool make_exception_rings(struct plane *plane) {
    uint16_t longest = (uint16_t)(port_longest_frame(&plane->configuration->dpdk_conf) + 1);
    for (unsigned i = 0; i < plane->worker_count; i++) {
        plane->to_kernel[i] = frame_ring_make(EXCEPTION_RING, longest);
        if (plane->to_kernel[i] == NULL) return false;
    }
    plane->exception.from_kernel = frame_ring_make(EXCEPTION_RING, longest);
    return plane->exception.from_kernel != NULL;
}

static bool open_exception(struct plane *plane, struct failure *why) {
    struct exception *exception = &plane->exception;
    const char *name = plane->configuration->config_toml.network.exception_path;
    unsigned longest = port_longest_frame(&plane->configuration->dpdk_conf);
    if (name == NULL) return true;
    if (!make_exception_rings(plane)) return failed(why, "exception_path %s: no memory for its rings", name);
    exception->file =
        exception_tap_open(name, plane->ports[0].mac, longest - RTE_ETHER_HDR_LEN - RTE_ETHER_CRC_LEN, why);
    exception->open = exception->file >= 0;
    exception->workers = plane->worker_count;
    exception->to_kernel = plane->to_kernel;
    return exception->open;
}

static void close_exception(struct plane *plane) {
    exception_close(&plane->exception);
    for (unsigned i = 0; i < plane->worker_count; i++) frame_ring_release(plane->to_kernel[i]);
    frame_ring_release(plane->exception.from_kernel);
    plane->exception.from_kernel = NULL;
    memset(plane->to_kernel, 0, sizeof plane->to_kernel);
}

/* IPv6 asks for a node in a group; ARP asks all. A node that is not heard of still asks and learns by itself. */
static void hear_groups(struct plane *plane) {
    const struct config_toml *config = &plane->configuration->config_toml;
    const struct port *port = &plane->ports[0];
    const struct listen_conf *ipv6 = config_toml_listen(config, 6);
    bool all = config->network.exception_path != NULL;
    if ((ipv6 == NULL && !all) || groups_hear(port, ipv6 == NULL ? NULL : &ipv6->endpoint, all)) return;
    log_line(
        LOG_LINE_WARNING,
        "port %u (%s, %s) takes no group addresses: where it filters them, IPv6 finds this node only where its mac "
        "is written",
        port->index, port->name, port->driver);
}

/* Frames that the queues of port 0 can hold, and for each worker what its cache and one burst can. */
static void make_headers(struct plane *plane) {
    const struct dpdk_conf *conf = &plane->configuration->dpdk_conf;
    const struct port *port = &plane->ports[0];
    struct failure reason;
    uint32_t count = conf->ports.list[0].queues * conf->ports.list[0].tx_desc +
                     plane->worker_count * (2 * conf->performance.mempool_cache_size + IO_MAX_BURST);
    if (!plane->configuration->config_toml.dpdk.zero_copy_enabled) return;
    if (!port->segments) {
        log_line(LOG_LINE_INFO,
                 "port %u (%s, %s) sends no frames in several segments: what goes to many peers is copied", port->index,
                 port->name, port->driver);
        return;
    }
    if (mempools_headers(&plane->pools, conf, rte_eth_dev_socket_id(port->id), count, DPDK_HEADER_ROOM, &reason) !=
        NULL)
        return;
    log_line(LOG_LINE_WARNING, "%s: what goes to many peers is copied for each; give socket-mem more", reason.text);
}

bool plane_wire_make(struct plane *plane, struct failure *why) {
    if (!make_neighbours(plane) || !make_rings(plane) || !make_wire(plane))
        return failed(why, "no memory for %zu peers; give socket-mem more, or take peers out",
                      plane->exchange.peers.count);
    make_headers(plane);
    hear_groups(plane);
    return open_exception(plane, why);
}

/* Looks between two lines. */
enum { QUIET = 60 };

void plane_wire_look(struct plane *plane) {
    const struct dpdk_io *first = dpdk_io_of(plane->worker_list[0]->io);
    if (first == NULL) return;
    if (plane->quiet_looks > 0) {
        plane->quiet_looks--;
        return;
    }
    uint64_t duplicates = counter_read(&first->more.neighbours[NEIGHBOURS_DUPLICATE]);
    if (duplicates == plane->duplicates) return;
    log_line(LOG_LINE_WARNING, "another card has this node's address (%llu times so far): give each node its own",
             (unsigned long long)duplicates);
    plane->duplicates = duplicates;
    plane->quiet_looks = QUIET;
}

void plane_wire_release(struct plane *plane) {
    close_exception(plane);
    for (unsigned i = 1; i < plane->worker_count; i++) frame_ring_release(plane->heard[i]);
    memset(plane->heard, 0, sizeof plane->heard);
    neighbours_release(&plane->neighbours);
}
