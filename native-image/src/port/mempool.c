#include "port/mempool.h"

#include <rte_errno.h>
#include <rte_mbuf.h>

#include "config/mistakes.h"

/* A card of a node that has no pages for us, or of none that the machine knows, is served from the first that has. */
static int node_with_pages(const struct dpdk_conf *conf, int numa_node) {
    unsigned count = conf->memory.numa_nodes;
    if (numa_node >= 0 && (unsigned)numa_node < count && conf->memory.socket_mem_mb[numa_node] > 0) return numa_node;
    for (unsigned node = 0; node < count; node++)
        if (conf->memory.socket_mem_mb[node] > 0) return (int)node;
    return 0; /* without hugepages */
}

struct rte_mempool *mempools_on(struct mempools *pools, const struct dpdk_conf *conf, int numa_node,
                                struct failure *why) {
    numa_node = node_with_pages(conf, numa_node);
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

struct rte_mempool *mempools_headers(struct mempools *pools, const struct dpdk_conf *conf, int numa_node,
                                     uint32_t count, uint16_t room, struct failure *why) {
    numa_node = node_with_pages(conf, numa_node);
    uint32_t size = (uint32_t)mistakes_mempool_size_for(count), cache = conf->performance.mempool_cache_size;
    pools->headers = rte_pktmbuf_pool_create("headers", size, cache, 0, room, numa_node);
    if (pools->headers == NULL)
        failed(why, "mempool of %u headers of %u bytes on NUMA node %d: %s", size, room, numa_node,
               rte_strerror(rte_errno));
    return pools->headers;
}

static unsigned release(struct rte_mempool **pool) {
    if (*pool == NULL) return 0;
    unsigned missing = rte_mempool_in_use_count(*pool);
    rte_mempool_free(*pool);
    *pool = NULL;
    return missing;
}

unsigned mempools_release(struct mempools *pools) {
    unsigned missing = release(&pools->headers);
    for (unsigned i = 0; i < DPDK_MAX_NUMA_NODES; i++) missing += release(&pools->by_numa_node[i]);
    return missing;
}
