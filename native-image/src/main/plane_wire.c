#include "main/plane_wire.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <rte_ethdev.h>

#include "main/exception_path.h"
#include "main/log.h"
#include "port/groups.h"

static void link_of(const struct config_toml *config, unsigned family, struct neighbours_link *link) {
    const struct listen_conf *listen = config_toml_listen(config, family);
    if (listen != NULL) *link = (struct neighbours_link){listen->endpoint, listen->gateway, listen->prefix};
}

static bool make_neighbours(const struct plane *plane, const struct peers *peers, struct neighbours *neighbours) {
    const struct config_toml *config = &plane->configuration->config_toml;
    struct neighbours_link links[2] = {0};
    link_of(config, 4, &links[0]);
    link_of(config, 6, &links[1]);
    struct neighbours_peer *list = calloc(peers->count + 1, sizeof *list);
    if (list == NULL) return false;
    for (size_t i = 0; i < peers->count; i++) {
        list[i].endpoint = peers->list[i].endpoint;
        memcpy(list[i].mac, peers->list[i].mac, sizeof list[i].mac);
    }
    bool made = neighbours_make(neighbours, plane_main_port(plane)->mac, links, list, (uint32_t)peers->count);
    free(list);
    return made;
}

/* What goes in front of datagrams to these peers, and stands in front of theirs. Of `wire` everything else is there. */
static bool make_headers_of_peers(const struct plane *plane, const struct dpdk_wire *wire, struct peer_tables *tables) {
    struct dpdk_wire of_them = *wire;
    size_t count = tables->exchange.peers.count;
    tables->senders = plane->backend->take(count * sizeof *tables->senders, 0);
    tables->templates = plane->backend->take(count * sizeof *tables->templates, 0);
    if (tables->senders == NULL || tables->templates == NULL) return false;
    of_them.peers = &tables->exchange.peers;
    of_them.senders = tables->senders;
    of_them.templates = tables->templates;
    dpdk_wire_make(&of_them);
    return true;
}

bool plane_wire_make_peers(struct plane *plane, struct peer_tables *next) {
    return make_neighbours(plane, &next->exchange.peers, &next->neighbours) &&
           make_headers_of_peers(plane, &plane->wire, next);
}

void plane_wire_move_peers(struct plane *plane, struct peer_tables *next, const uint32_t *to) {
    (void)to; /* frames have no index */
    plane->wire.senders = next->senders;
    plane->wire.templates = next->templates;
    neighbours_move(&plane->neighbours, &next->neighbours);
}

static bool make_rings(struct plane *plane) {
    for (unsigned i = 1; i < plane->worker_count; i++) {
        plane->heard[i] = frame_ring_make(DPDK_HEARD_FRAMES, DPDK_HEARD_BYTES);
        if (plane->heard[i] == NULL) return false;
    }
    return true;
}

static void make_bond(struct plane *plane) {
    struct dpdk_bond *bond = &plane->bond_of_workers;
    bond->failover = &plane->bond.failover;
    for (unsigned i = 0; i < FAILOVER_PORTS; i++) {
        bond->ports[i] = plane->bond.ports[i]->id;
        memcpy(bond->macs[i], plane->bond.ports[i]->mac, sizeof bond->macs[i]);
    }
    neighbours_add_mac(&plane->neighbours, bond->macs[FAILOVER_SECONDARY]);
    dpdk_bond_make(bond, &plane->wire);
    plane->wire.bond = bond;
}

static bool make_wire(struct plane *plane) {
    const struct config_toml *config = &plane->configuration->config_toml;
    struct dpdk_wire *wire = &plane->wire;
    wire->peers = &plane->exchange.peers;
    wire->neighbours = &plane->neighbours;
    wire->port = plane_main_port(plane)->id;
    memcpy(wire->mac, plane_main_port(plane)->mac, sizeof wire->mac);
    const struct listen_conf *ipv4 = config_toml_listen(config, 4), *ipv6 = config_toml_listen(config, 6);
    if (ipv4 != NULL) wire->self4 = ipv4->endpoint;
    if (ipv6 != NULL) wire->self6 = ipv6->endpoint;
    if (plane->bonded) make_bond(plane);
    if (!make_headers_of_peers(plane, wire, &plane->tables)) return false;
    wire->senders = plane->tables.senders;
    wire->templates = plane->tables.templates;
    return true;
}

/* IPv6 asks for a node in a group; ARP asks all. A node that is not heard of still asks and learns by itself. */
static void hear_groups_on(const struct plane *plane, const struct port *port) {
    const struct config_toml *config = &plane->configuration->config_toml;
    const struct listen_conf *ipv6 = config_toml_listen(config, 6);
    bool all = config->network.exception_path != NULL;
    if ((ipv6 == NULL && !all) || groups_hear(port, ipv6 == NULL ? NULL : &ipv6->endpoint, all)) return;
    log_line(
        LOG_LINE_WARNING,
        "port %u (%s, %s) takes no group addresses: where it filters them, IPv6 finds this node only where its mac "
        "is written",
        port->index, port->name, port->driver);
}

static void hear_groups(const struct plane *plane) {
    hear_groups_on(plane, plane_main_port(plane));
    if (plane->bonded) hear_groups_on(plane, plane->bond.ports[FAILOVER_SECONDARY]);
}

/* The port that exchanges datagrams, or of a bond the one that sends no frames in several segments; NULL: none. */
static const struct port *port_without_segments(const struct plane *plane) {
    const struct port *port = plane_main_port(plane);
    if (port->segments && plane->bonded) port = plane->bond.ports[FAILOVER_SECONDARY];
    return port->segments ? NULL : port;
}

/* Frames that the queues of a port can hold, of both of a bond, and for each worker what its cache and one burst can.
 */
static uint32_t count_headers(const struct plane *plane) {
    const struct dpdk_conf *conf = &plane->configuration->dpdk_conf;
    const struct dpdk_port *port = &conf->ports.list[plane_main_port(plane)->index];
    return port->queues * port->tx_desc * (plane->bonded ? 2 : 1) +
           plane->worker_count * (2 * conf->performance.mempool_cache_size + IO_MAX_BURST);
}

static void make_headers(struct plane *plane) {
    const struct dpdk_conf *conf = &plane->configuration->dpdk_conf;
    const struct port *port = port_without_segments(plane);
    struct failure reason;
    if (!plane->configuration->config_toml.dpdk.zero_copy_enabled) return;
    if (port != NULL) {
        log_line(LOG_LINE_INFO,
                 "port %u (%s, %s) sends no frames in several segments: what goes to many peers is copied", port->index,
                 port->name, port->driver);
        return;
    }
    int node = rte_eth_dev_socket_id(plane_main_port(plane)->id);
    if (mempools_headers(&plane->pools, conf, node, count_headers(plane), DPDK_HEADER_ROOM, &reason) != NULL) return;
    log_line(LOG_LINE_WARNING, "%s: what goes to many peers is copied for each; give socket-mem more", reason.text);
}

bool plane_wire_make(struct plane *plane, struct failure *why) {
    if (!make_neighbours(plane, &plane->exchange.peers, &plane->neighbours) || !make_rings(plane) || !make_wire(plane))
        return plane_no_memory(plane, why);
    make_headers(plane);
    hear_groups(plane);
    return exception_path_open(plane, why);
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
    log_line(LOG_LINE_WARNING,
             "another card has this node's address (%" PRIu64 " times so far): give each node its own", duplicates);
    plane->duplicates = duplicates;
    plane->quiet_looks = QUIET;
}

void plane_wire_release(struct plane *plane) {
    exception_path_close(plane);
    for (unsigned i = 1; i < plane->worker_count; i++) frame_ring_release(plane->heard[i]);
    memset(plane->heard, 0, sizeof plane->heard);
    neighbours_release(&plane->neighbours);
}
