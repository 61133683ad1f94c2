#include "port/groups.h"

#include <rte_ethdev.h>

#include "net/resolution.h"

bool groups_hear(const struct port *port, const struct endpoint *ipv6) {
    struct rte_ether_addr group;
    resolution_group(ipv6, group.addr_bytes);
    if (rte_eth_dev_set_mc_addr_list(port->id, &group, 1) == 0) return true;
    return rte_eth_allmulticast_enable(port->id) == 0;
}
