#include "port/groups.h"

#include <rte_ethdev.h>

#include "net/resolution.h"

bool groups_hear(const struct port *port, const struct endpoint *ipv6, bool all) {
    struct rte_ether_addr group;
    if (all && rte_eth_allmulticast_enable(port->id) == 0) return true;
    if (ipv6 == NULL) return false;
    resolution_group(ipv6, group.addr_bytes);
    return rte_eth_dev_set_mc_addr_list(port->id, &group, 1) == 0 || rte_eth_allmulticast_enable(port->id) == 0;
}
