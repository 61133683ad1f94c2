#ifndef PANTHEON_PORT_PORT_H
#define PANTHEON_PORT_PORT_H

#include <stdbool.h>
#include <stdint.h>

#include "config/dpdk_conf.h"
#include "config/failure.h"
#include "port/mempool.h"

/*
 * A port from its name in dpdk.conf to its link: find, configure, start, link, stop. Every step that fails says which
 * port, what it was asked and what to do; nothing is asked of a card that it does not have.
 */
struct port {
    unsigned index; /* N of port-N-pci */
    const char *name;
    uint16_t id; /* DPDK's */
    bool found;  /* the steps that were done, for port_close */
    bool started;
    bool up;       /* what port_link saw last */
    bool had_link; /* since it was started */
    bool returned; /* its link was gone and is there again, which port_take_return forgets */
    bool
        wants_link_events; /* the caller's, before port_configure: the card is to interrupt where its link changes, if it can */
    unsigned interface; /* of the kernel, whose carrier counts too; 0: none */
    uint16_t receive;   /* queues that receive: 1 without RSS */
    bool sums_udp;      /* the card writes UDP's checksum into what is sent */
    bool segments;      /* asked for before port_configure; then, whether it sends frames in several segments */
    uint8_t mac[6];
    char driver[32];
    uint64_t renewed_ns; /* when it was made anew the last time, of CLOCK_MONOTONIC; 0: never. Its owner's */
    struct rte_mempool *pool;
};

/* Of every port, in bytes, Ethernet's header and checksum included: max-rx-pkt-len, or what every card takes. */
uint32_t port_longest_frame(const struct dpdk_conf *conf);

/* Finds the port that EAL made of port-`index`-pci. */
bool port_find(struct port *port, const struct dpdk_conf *conf, unsigned index, struct failure *why);

/* Queues, offloads, RSS, MTU and buffers, as dpdk.conf asks. */
bool port_configure(struct port *port, const struct dpdk_conf *conf, struct mempools *pools, struct failure *why);

bool port_start(struct port *port, struct failure *why);

/*
 * After a reset of its card (port/reset.h): made anew as it was, and started. What stood in its queues is given back to
 * its pool; the counters of its PMD begin at 0 again. Nobody polls meanwhile.
 */
bool port_renew(struct port *port, const struct dpdk_conf *conf, struct mempools *pools, struct failure *why);

/* Asks the card, without waiting; true while the link is up. */
bool port_link(struct port *port);

/*
 * Whether the card may have been reset under the port, of which its PMD tells nothing: igbvf listens to no mailbox
 * (DPDK 22.11, drivers/net/e1000/igb_ethdev.c: its vector is never mapped; met in the lab). port_link sees it, because a
 * reset is kept in a register until it is asked for and shows as a link that was gone. Of other PMDs always false.
 */
bool port_take_return(struct port *port);

/* Stops and closes what was started. Safe at any step, also of a port that was taken away. */
void port_close(struct port *port);

#endif
