#ifndef PANTHEON_PORT_BOND_H
#define PANTHEON_PORT_BOND_H

#include <stdbool.h>
#include <stdint.h>

#include "config/dpdk_conf.h"
#include "config/failure.h"
#include "port/failover.h"
#include "port/port.h"

/*
 * The link monitor of [bonding]: asks two ports for their links and lets port/failover.h decide. Control thread only,
 * but for what failover.h lets others read.
 *
 * Links are asked for every link-monitor-interval, and at once when a PMD says that one changed (its interrupt, where
 * it has one: `wants_link_events` of port.h). Polling stays: not every PMD interrupts, and ixgbe calls back only after
 * four seconds (IXGBE_LINK_DOWN_CHECK_TIMEOUT) while the status that it keeps is right from the interrupt on.
 * Interfaces of the kernel are asked for their carrier too (port/carrier.h).
 *
 * A port that is taken away still ends the node (port/removal.h): its queues cannot be closed under the workers.
 */
struct bond {
    struct failover failover;
    struct port *ports[FAILOVER_PORTS]; /* primary, secondary */
    uint32_t interval_ms;
    int wake; /* an eventfd that becomes readable when a PMD says that a link changed */
};

/* Which of the ports of dpdk.conf are its two; false where there is no bond. */
bool bond_of(const struct dpdk_conf *conf, unsigned index[FAILOVER_PORTS]);

/*
 * Both ports are started. Gives the secondary the primary's MAC address where its PMD takes one (igb's says yes for a
 * virtual function whatever the physical one answers: give it `trust on`).
 */
bool bond_open(struct bond *bond, const struct dpdk_conf *conf, struct port *primary, struct port *secondary,
               struct failure *why);

/* One port at least has its link: which one is active when the workers start. */
void bond_start(struct bond *bond, uint64_t now_ns);

/* Asks both cards. Answers enum failover_event, or-ed. */
unsigned bond_look(struct bond *bond, uint64_t now_ns);

static inline struct port *bond_active(const struct bond *bond) {
    return bond->ports[failover_active(failover_order(&bond->failover))];
}

/* A port of it was made anew (port_renew): the secondary gets its address again. Nothing, of another port. */
void bond_renewed(const struct bond *bond, const struct port *port);

/* Before the ports are closed. Safe where bond_open failed, or was not called and everything is zero. */
void bond_close(struct bond *bond);

#endif
