#include "port/mempool.h"

#include <rte_errno.h>
#include <rte_mbuf.h>

#include "config/mistakes.h"

struct rte_mempool *mempools_on(struct mempools *pools, const struct dpdk_conf *conf, int numa_node,
                                struct failure *why) {
    if (numa_node < 0 || numa_node >= (int)DPDK_MAX_NUMA_NODES) numa_node = 0;
    struct rte_mempool **pool = &pools->by_numa_node[numa_node];
    if (*pool != NULL) return *pool;
    char name[RTE_MEMPOOL_NAMESIZE];
    snprintf(name, sizeof name, "frames-%d", numa_node);
    uint16_t room = (uint16_t)(mistakes_data_room(conf->advanced.max_rx_pkt_len) + RTE_PKTMBUF_HEADROOM);
    *pool = rte_pktmbuf_pool_create(name, conf->performance.mempool_size, conf->performance.mempool_cache_size, 0, room,
                                    numa_node);
    if (*pool == NULL)
        failed(why,
               "mempool of %u buffers of %u bytes on NUMA node %d: %s; give it more socket-mem, or take a smaller "
               "mempool-size",
               conf->performance.mempool_size, room, numa_node, rte_strerror(rte_errno));
    return *pool;
}

unsigned mempools_release(struct mempools *pools) {
    unsigned missing = 0;
    for (unsigned i = 0; i < DPDK_MAX_NUMA_NODES; i++) {
        if (pools->by_numa_node[i] == NULL) continue;
        missing += rte_mempool_in_use_count(pools->by_numa_node[i]);
        rte_mempool_free(pools->by_numa_node[i]);
        pools->by_numa_node[i] = NULL;
    }
    return missing;
}
