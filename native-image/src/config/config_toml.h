#ifndef PANTHEON_CONFIG_CONFIG_TOML_H
#define PANTHEON_CONFIG_CONFIG_TOML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/cpu_list.h"
#include "config/document.h"
#include "config/report.h"
#include "config/schema.h"

/* config.toml, value by value. What it means together with dpdk.conf is checked by mistakes.h. */

enum poll_mode { POLL_BUSY_WAIT, POLL_ADAPTIVE };

/* One [[network.peers]]. */
struct peer_conf {
    const char *name;
    const char *address_text;
    const char *mac_text;
    uint8_t address[4]; /* IPv4 */
    uint32_t port;      /* UDP */
    uint8_t mac[6];
};

struct config_toml {
    struct {
        bool dpdk_enabled;
        const char *dpdk_config;
        uint32_t max_peers;
        uint32_t max_pending_peers;
        uint32_t connection_timeout; /* s */
        const char *protocol_version;
        const char *network_id;
        bool ipv6_enabled;
        bool dpdk_ipv6_offload;
        bool listens; /* the two below are there */
        const char *listen_address_text;
        uint8_t listen_address[4];
        uint32_t listen_port;
        struct peer_conf *peers;
        size_t peer_count;
    } network;
    struct {
        unsigned poll_mode; /* enum poll_mode */
        struct cpu_list cpu_cores;
        uint32_t rx_ring_size;
        uint32_t tx_ring_size;
        uint32_t burst_size;
        bool rss_enabled;
        uint32_t rss_queues;
        bool zero_copy_enabled;
        bool direct_io_enabled;
    } dpdk;
    struct {
        uint32_t network_threads;
        uint32_t consensus_threads;
        uint32_t tx_pool_threads;
    } performance;
    struct {
        bool enable_profiling;
        const char *profile_output;
    } debug;
    struct {
        const char *listen; /* pattern_listen; NULL: nobody asks for metrics */
    } metrics;
};

/* Every key, those of the peers too, whose rows are of struct peer_conf. */
extern const struct schema CONFIG_TOML_SCHEMA;

/* Reports every mistake; the values are whole only where it reported none. */
void config_toml_read(const struct document *document, struct config_toml *config, struct report *report);

#endif
