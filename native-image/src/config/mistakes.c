#include "config/mistakes.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "config/addresses.h"

typedef unsigned long long number; /* for %llu */

uint64_t mistakes_mbufs_needed(const struct dpdk_conf *conf) {
    uint64_t lcores = conf->global.eal.lcores.count;
    uint64_t held = lcores * conf->performance.mempool_cache_size;
    for (unsigned i = 0; i < conf->ports.count; i++) {
        const struct dpdk_port *port = &conf->ports.list[i];
        held += (uint64_t)port->queues * (port->rx_desc + port->tx_desc) + lcores * conf->performance.burst_size;
    }
    return held;
}

uint64_t mistakes_mempool_size_for(uint64_t mbufs) {
    uint64_t slots = 1;
    while (slots < mbufs + 1) slots *= 2;
    return slots - 1;
}

uint32_t mistakes_data_room(uint32_t max_rx_pkt_len) {
    uint32_t whole = (max_rx_pkt_len + 1023) / 1024 * 1024;
    return whole > 2048 ? whole : 2048;
}

/* rte_mbuf (128), headroom (128), data room, and the mempool's own header (64). */
static uint64_t mbuf_bytes(uint32_t max_rx_pkt_len) {
    return 128 + 128 + (uint64_t)mistakes_data_room(max_rx_pkt_len) + 64;
}

static const char *yes(bool value) {
    return value ? "true" : "false";
}

static void queue_mistakes(const struct dpdk_conf *conf, unsigned index, struct report *report) {
    static const char *const KEYS[] = {"rx-queues-per-port", "tx-queues-per-port"};
    const uint32_t values[] = {conf->performance.rx_queues_per_port, conf->performance.tx_queues_per_port};
    const struct dpdk_port *port = &conf->ports.list[index];
    for (int i = 0; i < 2; i++)
        if (port->queues != values[i])
            report_line(report, "dpdk.conf [performance] %s: found %u; port %u has %u queues; write the same number",
                        KEYS[i], values[i], index, port->queues);
    uint32_t descriptors = port->rx_desc < port->tx_desc ? port->rx_desc : port->tx_desc;
    if (conf->performance.burst_size > descriptors)
        report_line(report,
                    "dpdk.conf [performance] burst-size: found %u; a queue of port %u has fewer descriptors; "
                    "take a smaller burst",
                    conf->performance.burst_size, index);
}

static bool is_port(const struct dpdk_conf *conf, const char *pci, unsigned below) {
    for (unsigned i = 0; i < below; i++)
        if (strcmp(conf->ports.list[i].pci, pci) == 0) return true;
    return false;
}

static void bonding_mistakes(const struct dpdk_conf *conf, struct report *report) {
    const char *primary = conf->bonding.primary_port, *secondary = conf->bonding.secondary_port;
    if (!is_port(conf, primary, conf->ports.count))
        report_line(report, "dpdk.conf [bonding] primary-port: found %s; is no port of [ports]; name one of them",
                    primary);
    if (!is_port(conf, secondary, conf->ports.count))
        report_line(report, "dpdk.conf [bonding] secondary-port: found %s; is no port of [ports]; name one of them",
                    secondary);
    if (strcmp(primary, secondary) == 0)
        report_line(report, "dpdk.conf [bonding] secondary-port: found %s; is the primary port; failover needs two",
                    secondary);
}

static void port_mistakes(const struct dpdk_conf *conf, struct report *report) {
    unsigned count = conf->ports.count;
    if (conf->ports.num_ports != count)
        report_line(report, "dpdk.conf [ports] num-ports: found %u; %u ports are described; write %u",
                    conf->ports.num_ports, count, count);
    for (unsigned i = 0; i < count; i++) {
        const char *pci = conf->ports.list[i].pci;
        if (is_port(conf, pci, i))
            report_line(report,
                        "dpdk.conf [ports] port-%u-pci: found %s; is another port's address already; "
                        "give each port one of its own",
                        i, pci);
        queue_mistakes(conf, i, report);
    }
    if (conf->has_bonding && conf->bonding.enabled) bonding_mistakes(conf, report);
}

/* `4 queues of 4096 + 4096 descriptors`, of every port. */
static void describe_queues(const struct dpdk_conf *conf, char *text, size_t room) {
    size_t length = 0;
    text[0] = '\0';
    for (unsigned i = 0; i < conf->ports.count && length < room; i++) {
        const struct dpdk_port *port = &conf->ports.list[i];
        length += (size_t)snprintf(text + length, room - length, "%s%u queues of %u + %u descriptors",
                                   i > 0 ? ", " : "", port->queues, port->rx_desc, port->tx_desc);
    }
}

static void mempool_mistakes(const struct dpdk_conf *conf, struct report *report) {
    uint32_t size = conf->performance.mempool_size, cache = conf->performance.mempool_cache_size;
    uint64_t needed = mistakes_mbufs_needed(conf);
    if (size < needed) {
        char queues[DPDK_MAX_PORTS * 48];
        describe_queues(conf, queues, sizeof queues);
        report_line(report,
                    "dpdk.conf [performance] mempool-size: found %u; %s with bursts and caches hold %llu mbufs; "
                    "write %llu",
                    size, queues, (number)needed, (number)mistakes_mempool_size_for(needed));
    }
    /* rte_mempool_create: the flush threshold is one and a half times the cache. */
    if (cache * 3 > size * 2)
        report_line(report,
                    "dpdk.conf [performance] mempool-cache-size: found %u; must be at most two thirds of "
                    "mempool-size %u",
                    cache, size);
    if (conf->advanced.max_rx_pkt_len > 1518 && !conf->advanced.enable_jumbo_frames)
        report_line(report,
                    "dpdk.conf [advanced] max-rx-pkt-len: found %u; frames above 1518 bytes need "
                    "enable-jumbo-frames = true",
                    conf->advanced.max_rx_pkt_len);
}

/* The twin prints numbers: what was written with leading zeros comes out without. */
static void describe_socket_mem(const struct dpdk_conf *conf, char *text, size_t room) {
    size_t length = 0;
    for (unsigned i = 0; i < conf->memory.numa_nodes; i++)
        length +=
            (size_t)snprintf(text + length, room - length, "%s%u", i > 0 ? "," : "", conf->memory.socket_mem_mb[i]);
}

static void memory_mistakes(const struct dpdk_conf *conf, struct report *report) {
    char socket_mem[DPDK_MAX_NUMA_NODES * 11];
    describe_socket_mem(conf, socket_mem, sizeof socket_mem);
    uint64_t page = conf->memory.hugepage_size == HUGEPAGE_1G ? 1024 : 2; /* MB */
    uint64_t asked = 0, largest = 0;
    bool whole = true;
    for (unsigned i = 0; i < conf->memory.numa_nodes; i++) {
        uint64_t mb = conf->memory.socket_mem_mb[i];
        asked += mb;
        largest = mb > largest ? mb : largest;
        whole = whole && mb % page == 0;
    }
    if (asked == 0)
        report_line(report,
                    "dpdk.conf [memory] socket-mem: found %s; asks for no memory at all; give at least one NUMA node "
                    "some",
                    socket_mem);
    if (!whole)
        report_line(report, "dpdk.conf [memory] socket-mem: found %s; must be multiples of a page, %llu MB", socket_mem,
                    (number)page);
    if (asked > conf->memory.num_hugepages * page)
        report_line(report, "dpdk.conf [memory] num-hugepages: found %u; socket-mem asks for %llu MB; write %llu",
                    conf->memory.num_hugepages, (number)asked, (number)((asked + page - 1) / page));
    uint64_t bytes = conf->performance.mempool_size * mbuf_bytes(conf->advanced.max_rx_pkt_len);
    uint64_t pool = (bytes + (1 << 20) - 1) >> 20;
    if (asked > 0 && largest < pool)
        report_line(report,
                    "dpdk.conf [memory] socket-mem: found %s; the mempool of %u mbufs needs %llu MB on one NUMA node",
                    socket_mem, conf->performance.mempool_size, (number)pool);
}

static void thread_mistakes(const struct dpdk_conf *conf, const struct config_toml *config, struct report *report) {
    uint32_t network = config->performance.network_threads, consensus = config->performance.consensus_threads,
             pool = config->performance.tx_pool_threads, threads = network + consensus + pool;
    unsigned cores = config->dpdk.cpu_cores.count;
    if (threads > cores)
        report_line(report,
                    "config.toml [performance]: found %u; network_threads %u + consensus_threads %u + "
                    "tx_pool_threads %u = %u on %u cores; a polling thread needs a core of its own, %u at most",
                    threads, network, consensus, pool, threads, cores, cores);
    uint32_t queues = 0;
    for (unsigned i = 0; i < conf->ports.count; i++) queues += conf->ports.list[i].queues;
    if (network > queues)
        report_line(report,
                    "config.toml [performance] network_threads: found %u; there are %u queues to poll; the other "
                    "threads would have none",
                    network, queues);
    if (!cpu_list_equal(&conf->global.eal.lcores, &config->dpdk.cpu_cores)) {
        char lcores[CPU_LIST_TEXT], cpus[CPU_LIST_TEXT];
        cpu_list_format(&conf->global.eal.lcores, lcores);
        cpu_list_format(&config->dpdk.cpu_cores, cpus);
        report_line(report, "config.toml [network.dpdk] cpu_cores: found %s; must be the lcores of eal-args, %s", cpus,
                    lcores);
    }
}

__attribute__((format(printf, 5, 6))) static void disagree(struct report *report, const char *key, uint32_t value,
                                                           uint32_t theirs, const char *where, ...) {
    if (value == theirs) return;
    char name[64];
    va_list arguments;
    va_start(arguments, where);
    vsnprintf(name, sizeof name, where, arguments);
    va_end(arguments);
    report_line(report, "config.toml [network.dpdk] %s: found %u; dpdk.conf %s says %u; write the same", key, value,
                name, theirs);
}

/* What stands in both files must be the same in both. */
static void disagreements(const struct dpdk_conf *conf, const struct config_toml *config, struct report *report) {
    bool rss = conf->advanced.enable_rss;
    uint32_t queues = conf->performance.rx_queues_per_port;
    disagree(report, "burst_size", config->dpdk.burst_size, conf->performance.burst_size, "burst-size");
    if (config->dpdk.rss_enabled != rss)
        report_line(report,
                    "config.toml [network.dpdk] rss_enabled: found %s; dpdk.conf enable-rss says %s; write the same",
                    yes(config->dpdk.rss_enabled), yes(rss));
    if (rss) disagree(report, "rss_queues", config->dpdk.rss_queues, queues, "rx-queues-per-port");
    for (unsigned i = 0; i < conf->ports.count; i++) {
        const struct dpdk_port *port = &conf->ports.list[i];
        disagree(report, "rx_ring_size", config->dpdk.rx_ring_size, port->rx_desc, "port-%u-rx-desc", i);
        disagree(report, "tx_ring_size", config->dpdk.tx_ring_size, port->tx_desc, "port-%u-tx-desc", i);
    }
    if (conf->advanced.has_rss_queues && conf->advanced.rss_queues != queues)
        report_line(report, "dpdk.conf [advanced] rss-queues: found %u; rx-queues-per-port says %u; write the same",
                    conf->advanced.rss_queues, queues);
}

void mistakes_find(const struct dpdk_conf *conf, const struct config_toml *config, struct report *report) {
    port_mistakes(conf, report);
    mempool_mistakes(conf, report);
    memory_mistakes(conf, report);
    thread_mistakes(conf, config, report);
    disagreements(conf, config, report);
    addresses_mistakes(config, report);
}
