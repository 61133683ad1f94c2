#include "main/tell.h"

#include <inttypes.h>
#include <stdio.h>

#include "main/bonding.h"
#include "main/consensus.h"
#include "main/log.h"
#include "main/notify.h"
#include "main/peer_to_peer.h"

void tell_status(struct plane *plane, const char *before) {
    const struct port *down = plane_port_down(plane);
    struct node_totals totals = totals_of_node(&plane->workers);
    char link[256], peers[64];
    peer_to_peer_status(plane, peers, sizeof peers);
    bonding_status(plane, link, sizeof link);
    if (down != NULL && !plane->bonded)
        snprintf(link, sizeof link, "link of port %u (%s) is down, ", down->index, down->name);
    notify("%sSTATUS=%s%ssent %" PRIu64 ", received %" PRIu64 ", lost %" PRIu64, before, link, peers, totals.sent,
           totals.received, totals.lost);
}

void tell_ports(const struct plane *plane) {
    for (unsigned i = 0; i < plane->port_count; i++) {
        const struct port *port = &plane->ports[i];
        const uint8_t *mac = port->mac;
        log_line(LOG_LINE_INFO, "port %u (%s, %s): %s, %02x:%02x:%02x:%02x:%02x:%02x, %u receiving queues", port->index,
                 port->name, port->driver, port->up ? "link up" : "no link", mac[0], mac[1], mac[2], mac[3], mac[4],
                 mac[5], port->receive);
    }
    bonding_say(plane);
    const struct config_toml *config = &plane->configuration->config_toml;
    unsigned idle = config->performance.network_threads - plane->workers.count;
    if (idle > 0)
        log_line(LOG_LINE_WARNING,
                 "%u of %u network threads have no queue to poll (enable-rss = false, or ports of a bond, which share "
                 "threads) and are not started",
                 idle, config->performance.network_threads);
    consensus_say(plane);
    log_line(LOG_LINE_NOTICE, "%zu peers, %u network threads, ready", config->network.peer_count, plane->workers.count);
}

void tell_link_changes(struct plane *plane) {
    for (unsigned i = 0; i < plane->port_count && !plane->bonded; i++) {
        struct port *port = &plane->ports[i];
        bool was = port->up;
        if (port_link(port) != was)
            log_line(port->up ? LOG_LINE_NOTICE : LOG_LINE_WARNING, "port %u (%s): link %s", port->index, port->name,
                     port->up ? "up" : "down");
    }
}
