#ifndef PANTHEON_IO_DPDK_BOND_H
#define PANTHEON_IO_DPDK_BOND_H

#include <stdbool.h>
#include <stdint.h>

#include "net/resolution.h"
#include "port/failover.h"

/*
 * An active-backup bond as workers see it (port/failover.h decides): every worker receives on both ports and sends over
 * the active one, which it looks up once a round, one load. What was received on the other port is answered over the
 * active one too. The first worker announces the node's addresses when the order changes.
 *
 * Both ports have the primary's MAC address where the secondary's PMD lets it be set. Where not, frames over the
 * secondary carry its own, announcements say so, and frames to either are ours. Peers whose configuration names our MAC
 * address then send to the primary's, which the secondary's card may drop: such a card must be given the address from
 * outside (a virtual function: `ip link set PF vf N mac …` or `trust on`).
 */
#define DPDK_BOND_FAMILIES 2u

struct dpdk_announcement {
    uint8_t bytes[RESOLUTION_MAX];
    uint16_t length; /* 0: the node has no address of the family */
};

/* Made before the workers start. */
struct dpdk_bond {
    const struct failover *failover;
    uint16_t ports[FAILOVER_PORTS]; /* DPDK's ids */
    uint8_t macs[FAILOVER_PORTS][6];
    bool one_mac; /* both ports have the same */
    struct dpdk_announcement announcements[FAILOVER_PORTS][DPDK_BOND_FAMILIES];
};

struct dpdk_io;
struct dpdk_wire;

/* Fills in one_mac and the announcements; the rest is there. */
void dpdk_bond_make(struct dpdk_bond *bond, const struct dpdk_wire *wire);

/* The order is another than the one that this worker followed last: sends over the active port from now on. */
void dpdk_bond_follow(struct dpdk_io *dpdk, uint32_t order);

#endif
