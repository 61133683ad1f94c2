#ifndef PANTHEON_CONFIG_DPDK_CONF_H
#define PANTHEON_CONFIG_DPDK_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/cpu_list.h"
#include "config/document.h"
#include "config/eal_arguments.h"
#include "config/report.h"
#include "config/schema.h"

/* dpdk.conf, value by value. What the values mean together is checked by mistakes.h. */

#define DPDK_MAX_PORTS 32u      /* RTE_MAX_ETHPORTS of Debian's DPDK */
#define DPDK_MAX_NUMA_NODES 32u /* RTE_MAX_NUMA_NODES */

enum hugepage_size { HUGEPAGE_2M, HUGEPAGE_1G };

struct dpdk_port {
    const char *pci; /* or the name of a virtual device where eal-args say --vdev or --no-pci */
    uint32_t queues;
    uint32_t rx_desc;
    uint32_t tx_desc;
};

enum bonding_mode { BONDING_ACTIVE_BACKUP }; /* the first of the words that mode takes */

struct dpdk_bonding {
    bool enabled;
    unsigned mode; /* enum bonding_mode, or one that is not built */
    const char *primary_port;
    const char *secondary_port;
    uint32_t link_monitor_interval; /* ms */
};

struct dpdk_conf {
    struct {
        const char *eal_args; /* as written */
        struct eal_arguments eal;
    } global;
    struct {
        unsigned hugepage_size; /* enum hugepage_size */
        uint32_t num_hugepages;
        const char *socket_mem; /* as written, then the numbers */
        uint32_t socket_mem_mb[DPDK_MAX_NUMA_NODES];
        unsigned numa_nodes;
    } memory;
    struct {
        uint32_t num_ports;
        struct dpdk_port list[DPDK_MAX_PORTS];
        unsigned count; /* of those described */
    } ports;
    struct {
        uint32_t rx_queues_per_port;
        uint32_t tx_queues_per_port;
        uint32_t burst_size;
        uint32_t mempool_cache_size;
        uint32_t mempool_size;
    } performance;
    struct {
        bool enable_jumbo_frames;
        uint32_t max_rx_pkt_len; /* bytes, Ethernet header and checksum included */
        bool enable_hw_checksum;
        bool enable_rss;
        bool has_rss_queues;
        uint32_t rss_queues;
        const char *rss_hash_key; /* `auto` or hexadecimal digits */
    } advanced;
    bool has_bonding;
    struct dpdk_bonding bonding;
};

/* Every key but those of the ports, whose rows are in the second, of struct dpdk_port. */
extern const struct schema DPDK_CONF_SCHEMA, DPDK_PORT_SCHEMA;

/* Reports every mistake; the values are whole only where it reported none. */
void dpdk_conf_read(const struct document *document, struct dpdk_conf *conf, struct report *report);

#endif
