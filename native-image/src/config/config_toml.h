#ifndef PANTHEON_CONFIG_CONFIG_TOML_H
#define PANTHEON_CONFIG_CONFIG_TOML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/cpu_list.h"
#include "config/document.h"
#include "config/report.h"
#include "config/schema.h"
#include "net/endpoint.h"

/* config.toml, value by value. What it means together with dpdk.conf is checked by mistakes.h. */

enum poll_mode { POLL_BUSY_WAIT, POLL_ADAPTIVE };

/* One [[network.peers]]. */
struct peer_conf {
    const char *name;
    const char *address_text;
    const char *mac_text; /* NULL: to be found by ARP or NDP (net/neighbours.h) */
    uint32_t port;        /* UDP */
    struct endpoint endpoint;
    uint8_t mac[6]; /* zeros where there is none */
};

/* An address of the node, and which others are on its link: `listen_address` with its keys, or `listen_address6`. */
struct listen_conf {
    const char *address_text; /* NULL: it has none */
    const char *gateway_text; /* NULL: none */
    uint32_t prefix;          /* how many bits all addresses on the link share; 0: not written, every one is on it */
    struct endpoint endpoint; /* family 0 where there is none */
    struct endpoint gateway;  /* of port 0; family 0 where there is none */
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
        bool listens; /* an address and the port are there */
        uint32_t listen_port;
        struct listen_conf listen[2]; /* listen_address, listen_address6 */
        const char *exception_path;   /* name of a TAP interface (exception/tap.h); NULL: the kernel gets nothing */
        struct peer_conf *peers;
        size_t peer_count;
    } network;
    /* Of each peer, a second; what is above is dropped. Where the table or a key is left out, the numbers below. */
    struct {
        uint32_t messages;           /* probes, replies, hellos */
        uint32_t consensus_messages; /* shreds, repairs, votes */
        uint32_t transactions;
        uint32_t echoes;
    } limits;
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

/*
 * A peer that keeps to the protocol sends 20 messages a second, ten probes and ten replies; five times that is let through.
 * A block of 2 MiB in shreds of 1,232 bytes is 1,800 of them, within one slot of 400 ms from one peer: 4,500 a second, and as
 * many again for repairs and votes. One peer alone may bring the seed's whole figure, 125,000 transactions. Echoes are
 * for measuring (pantheon-bench): 1,000 show a link's round trip, and a flood of them costs nothing.
 */
#define LIMITS_MESSAGES 100u
#define LIMITS_CONSENSUS_MESSAGES 10000u
#define LIMITS_TRANSACTIONS 125000u
#define LIMITS_ECHOES 1000u

/* Every key, those of the peers too, whose rows are of struct peer_conf. */
extern const struct schema CONFIG_TOML_SCHEMA;

/* Reports every mistake; the values are whole only where it reported none. */
void config_toml_read(const struct document *document, struct config_toml *config, struct report *report);

/* Where the node listens in a family, 4 or 6. NULL where it does not. */
const struct listen_conf *config_toml_listen(const struct config_toml *config, unsigned family);

#endif
