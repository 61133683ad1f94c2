#ifndef PANTHEON_PORT_XDP_H
#define PANTHEON_PORT_XDP_H

#include <stdbool.h>

#include "config/failure.h"

/* The driver whose ports are interfaces that stay the kernel's (doc.dpdk.org, nics/af_xdp). */
#define XDP_DRIVER "net_af_xdp"

/*
 * Takes XDP programs away from the interfaces of XDP_DRIVER's ports, so that the driver can put its own there: it refuses an
 * interface that has one (rte_eth_af_xdp.c, load_custom_xdp_prog, XDP_FLAGS_UPDATE_IF_NOEXIST). A node that ends leaves its
 * program behind, since it has given CAP_NET_ADMIN away by then; it lets everything through to the kernel.
 *
 * For interfaces that are the node's alone, as a pod's are: whose program it is cannot be told without CAP_SYS_ADMIN. After
 * EAL's start and before a port is configured. Needs CAP_NET_ADMIN where there is such a port, and false where it lacks.
 */
bool xdp_take_away_programs(struct failure *why);

#endif
