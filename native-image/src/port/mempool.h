#ifndef PANTHEON_PORT_MEMPOOL_H
#define PANTHEON_PORT_MEMPOOL_H

#include <stdbool.h>

#include <rte_mempool.h>

#include "config/dpdk_conf.h"
#include "config/failure.h"

/*
 * Packet buffers. One pool of mempool-size buffers on each NUMA node that has a port: mistakes.h has checked that it
 * fits there, and that no queue, burst or cache can empty it.
 */
struct mempools {
    struct rte_mempool *by_numa_node[DPDK_MAX_NUMA_NODES];
    struct rte_mempool *headers;
};

/* The pool of a NUMA node (below 0 where the machine does not say: the first that socket-mem gives pages), made if it is not there yet. */
struct rte_mempool *mempools_on(struct mempools *pools, const struct dpdk_conf *conf, int numa_node,
                                struct failure *why);

/*
 * A pool of `count` or a few more small buffers of `room` bytes, on the NUMA node of the first port: for headers whose
 * payload is shared (io/dpdk.h). One for all, made once.
 */
struct rte_mempool *mempools_headers(struct mempools *pools, const struct dpdk_conf *conf, int numa_node,
                                     uint32_t count, uint16_t room, struct failure *why);

/* Frees every pool and answers how many buffers had not come back: more than 0 is a leak of ours or of a PMD. */
unsigned mempools_release(struct mempools *pools);

#endif
