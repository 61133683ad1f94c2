#include "config/config_toml.h"

#include <stdio.h>
#include <string.h>

#include "config/patterns.h"
#include "config/schema.h"
#include "net/prefix.h"

#define ARRAY_LENGTH(array) (sizeof(array) / sizeof *(array))
#define AT(member) offsetof(struct config_toml, member)
#define AT_PEER(member) offsetof(struct peer_conf, member)

static const char *const POLL_MODES[] = {[POLL_BUSY_WAIT] = "busy-wait", [POLL_ADAPTIVE] = "adaptive", NULL};

static bool is_mac(const char *text) {
    uint8_t bytes[6];
    return pattern_mac(text, bytes);
}

static bool is_address(const char *text) {
    struct endpoint address;
    return pattern_address(text, &address);
}

static bool is_ipv6(const char *text) {
    uint8_t bytes[16];
    return pattern_ipv6(text, bytes);
}

static bool is_router(const char *text) {
    struct endpoint address;
    return pattern_router(text, &address);
}

static const char WORD_REMEDY[] = "must be one word of letters, digits and . _ : / -";
/* As short as can be: RFC 5952. */
static const char ADDRESS_REMEDY[] =
    "must be the address of one host, such as 10.78.0.1 or, in lowercase and as short as can be, fd00:78::1";
static const char IPV6_REMEDY[] =
    "must be the IPv6 address of one host, in lowercase and as short as can be, such as fd00:78::1";
static const char ROUTER_REMEDY[] =
    "must be the address of a router, such as 10.78.0.254 or, in lowercase and as short as can be, fe80::1";

/* Ranges are those of components/fleet/schema-data-plane.ts, which says where each comes from. */
/* clang-format off */
static const struct field FIELDS[] = {
    {.section = "network", .key = "dpdk_enabled", .kind = FIELD_BOOLEAN, .offset = AT(network.dpdk_enabled)},
    {.section = "network", .key = "dpdk_config", .kind = FIELD_TEXT, .accepts = pattern_path,
     .remedy = "must be an absolute path such as /etc/pantheonchain/dpdk.conf", .offset = AT(network.dpdk_config)},
    {.section = "network", .key = "max_peers", .hot = true, .kind = FIELD_NUMBER, .least = 1, .most = 100000,
     .offset = AT(network.max_peers)},
    {.section = "network", .key = "max_pending_peers", .hot = true, .kind = FIELD_NUMBER, .least = 1, .most = 100000,
     .offset = AT(network.max_pending_peers)},
    {.section = "network", .key = "connection_timeout", .hot = true, .kind = FIELD_NUMBER, .least = 1, .most = 3600,
     .offset = AT(network.connection_timeout)},
    {.section = "network", .key = "protocol_version", .kind = FIELD_TEXT, .accepts = pattern_word,
     .remedy = WORD_REMEDY, .offset = AT(network.protocol_version)},
    {.section = "network", .key = "network_id", .kind = FIELD_TEXT, .accepts = pattern_word, .remedy = WORD_REMEDY,
     .offset = AT(network.network_id)},
    {.section = "network", .key = "ipv6_enabled", .kind = FIELD_BOOLEAN, .optional = true,
     .offset = AT(network.ipv6_enabled)},
    {.section = "network", .key = "dpdk_ipv6_offload", .kind = FIELD_BOOLEAN, .optional = true,
     .offset = AT(network.dpdk_ipv6_offload)},
    {.section = "network", .key = "listen_address", .kind = FIELD_TEXT, .optional = true, .accepts = is_address,
     .remedy = ADDRESS_REMEDY, .offset = AT(network.listen[0].address_text)},
    {.section = "network", .key = "listen_address6", .kind = FIELD_TEXT, .optional = true, .accepts = is_ipv6,
     .remedy = IPV6_REMEDY, .offset = AT(network.listen[1].address_text)},
    {.section = "network", .key = "listen_port", .kind = FIELD_NUMBER, .optional = true, .least = 1, .most = 65535,
     .offset = AT(network.listen_port)},
    {.section = "network", .key = "listen_prefix", .kind = FIELD_NUMBER, .optional = true, .least = 1, .most = 128,
     .offset = AT(network.listen[0].prefix)},
    {.section = "network", .key = "gateway", .kind = FIELD_TEXT, .optional = true, .accepts = is_router,
     .remedy = ROUTER_REMEDY, .offset = AT(network.listen[0].gateway_text)},
    {.section = "network", .key = "listen_prefix6", .kind = FIELD_NUMBER, .optional = true, .least = 1, .most = 128,
     .offset = AT(network.listen[1].prefix)},
    {.section = "network", .key = "gateway6", .kind = FIELD_TEXT, .optional = true, .accepts = is_router,
     .remedy = ROUTER_REMEDY, .offset = AT(network.listen[1].gateway_text)},
    {.section = "network", .key = "exception_path", .kind = FIELD_TEXT, .optional = true, .accepts = pattern_interface,
     .remedy = "must be the name of a network interface, 15 letters at most, such as pantheon0",
     .offset = AT(network.exception_path)},
    {.section = "network.limits", .key = "messages", .hot = true, .kind = FIELD_NUMBER, .optional = true, .least = 20,
     .most = 1000000000, .offset = AT(limits.messages)},
    {.section = "network.limits", .key = "consensus_messages", .hot = true, .kind = FIELD_NUMBER, .optional = true, .least = 0,
     .most = 1000000000, .offset = AT(limits.consensus_messages)},
    {.section = "network.limits", .key = "transactions", .hot = true, .kind = FIELD_NUMBER, .optional = true, .least = 0,
     .most = 1000000000, .offset = AT(limits.transactions)},
    {.section = "network.limits", .key = "echoes", .hot = true, .kind = FIELD_NUMBER, .optional = true, .least = 0,
     .most = 1000000000, .offset = AT(limits.echoes)},
    {.section = "network.dpdk", .key = "poll_mode", .hot = true, .kind = FIELD_CHOICE, .choices = POLL_MODES,
     .offset = AT(dpdk.poll_mode)},
    {.section = "network.dpdk", .key = "cpu_cores", .kind = FIELD_CPUS, .offset = AT(dpdk.cpu_cores)},
    {.section = "network.dpdk", .key = "rx_ring_size", .kind = FIELD_NUMBER, .least = 64, .most = 16384,
     .offset = AT(dpdk.rx_ring_size)},
    {.section = "network.dpdk", .key = "tx_ring_size", .kind = FIELD_NUMBER, .least = 64, .most = 16384,
     .offset = AT(dpdk.tx_ring_size)},
    {.section = "network.dpdk", .key = "burst_size", .kind = FIELD_NUMBER, .least = 1, .most = 512,
     .offset = AT(dpdk.burst_size)},
    {.section = "network.dpdk", .key = "rss_enabled", .kind = FIELD_BOOLEAN, .offset = AT(dpdk.rss_enabled)},
    {.section = "network.dpdk", .key = "rss_queues", .kind = FIELD_NUMBER, .least = 1, .most = 64,
     .offset = AT(dpdk.rss_queues)},
    {.section = "network.dpdk", .key = "zero_copy_enabled", .kind = FIELD_BOOLEAN,
     .offset = AT(dpdk.zero_copy_enabled)},
    {.section = "network.dpdk", .key = "direct_io_enabled", .kind = FIELD_BOOLEAN,
     .offset = AT(dpdk.direct_io_enabled)},
    {.section = "performance", .key = "network_threads", .kind = FIELD_NUMBER, .least = 1, .most = 128,
     .offset = AT(performance.network_threads)},
    {.section = "performance", .key = "consensus_threads", .kind = FIELD_NUMBER, .most = 128,
     .offset = AT(performance.consensus_threads)},
    {.section = "performance", .key = "tx_pool_threads", .kind = FIELD_NUMBER, .most = 128,
     .offset = AT(performance.tx_pool_threads)},
    {.section = "debug", .key = "enable_profiling", .hot = true, .kind = FIELD_BOOLEAN, .offset = AT(debug.enable_profiling)},
    {.section = "debug", .key = "profile_output", .hot = true, .kind = FIELD_TEXT, .accepts = pattern_log_file,
     .remedy = "must be a file directly under /var/log", .offset = AT(debug.profile_output)},
    {.section = "metrics", .key = "listen", .kind = FIELD_TEXT, .accepts = pattern_listen,
     .remedy = "must be an IPv4 address and a port above 1023 such as 127.0.0.1:9464, or the path of a socket",
     .offset = AT(metrics.listen)},
    {.section = "network.peers", .key = "name", .kind = FIELD_TEXT, .accepts = pattern_name,
     .remedy = "must be a name of lowercase letters, digits and hyphens, 63 at most", .offset = AT_PEER(name)},
    {.section = "network.peers", .key = "address", .kind = FIELD_TEXT, .accepts = is_address, .remedy = ADDRESS_REMEDY,
     .offset = AT_PEER(address_text)},
    {.section = "network.peers", .key = "port", .kind = FIELD_NUMBER, .least = 1, .most = 65535,
     .offset = AT_PEER(port)},
    {.section = "network.peers", .key = "mac", .kind = FIELD_TEXT, .optional = true, .accepts = is_mac,
     .remedy = "must be the MAC address of one card in lowercase, such as 52:54:00:d1:00:02",
     .offset = AT_PEER(mac_text)},
};
/* clang-format on */

const struct schema CONFIG_TOML_SCHEMA = {FIELDS, ARRAY_LENGTH(FIELDS)};

/* A table written as [[a]], or a list of tables written as [a]. */
static bool check_form(const struct document *document, const struct section *section, bool array,
                       struct report *report) {
    if (section == NULL || section->array == array) return true;
    char found[80];
    snprintf(found, sizeof found, section->array ? "[[%s]]" : "[%s]", section->name);
    report_at(report, document->file, section->line, "table", found, array ? "write [[%s]]" : "write [%s]",
              section->name);
    return false;
}

static void resolve_listening(struct config_toml *config) {
    for (size_t i = 0; i < ARRAY_LENGTH(config->network.listen); i++) {
        struct listen_conf *listen = &config->network.listen[i];
        if (listen->gateway_text != NULL) pattern_router(listen->gateway_text, &listen->gateway);
        if (listen->address_text == NULL || !pattern_address(listen->address_text, &listen->endpoint)) continue;
        listen->endpoint.port = (uint16_t)config->network.listen_port;
        config->network.listens = config->network.listen_port != 0;
    }
}

static void check_listening(const struct document *document, struct config_toml *config, struct report *report) {
    const struct section *network = document_section(document, "network");
    if (network == NULL) return;
    const struct setting *address = document_setting(document, network, "listen_address");
    const struct setting *address6 = document_setting(document, network, "listen_address6");
    const struct setting *port = document_setting(document, network, "listen_port");
    if (address == NULL && address6 != NULL && port == NULL)
        schema_mistake(document, "network", address6, "listen_address6 and listen_port belong together; write both",
                       report);
    else if ((address == NULL && address6 == NULL) != (port == NULL))
        schema_mistake(document, "network", address != NULL ? address : port,
                       "listen_address and listen_port belong together; write both", report);
    const struct section *peers = document_section(document, "network.peers");
    if (peers != NULL && address == NULL && address6 == NULL && port == NULL)
        report_at(report, document->file, network->line, "[network] listen_address", NULL,
                  "peers need it together with listen_port; write both");
    resolve_listening(config);
}

static void peer_mistake(const struct document *document, const struct section *section, const char *key,
                         const char *remedy, struct report *report) {
    schema_mistake(document, "network.peers", document_setting(document, section, key), remedy, report);
}

/* Against this node itself; against the other peers see refuse_twins. */
static void check_peer(const struct document *document, const struct section *section, const struct peer_conf *peer,
                       const struct config_toml *config, struct report *report) {
    static const char *const REMEDIES[] = {"is this node's own listen_address; leave the node out",
                                           "is this node's own listen_address6; leave the node out"};
    for (size_t i = 0; i < ARRAY_LENGTH(REMEDIES); i++) {
        const struct endpoint *own = &config->network.listen[i].endpoint;
        if (peer->address_text != NULL && prefix_is_same_host(own, &peer->endpoint))
            peer_mistake(document, section, "address", REMEDIES[i], report);
    }
}

/*
 * Two peers of one name, or of one address and port. Looked for peer by peer, which is enough for the thousands that
 * one file may hold, and only among the first PAIRS so that a file of 100,000 cannot keep the node from starting.
 */
enum { PAIRS = 4096 };

static void refuse_twins(const struct document *document, const struct section *section, const struct peer_conf *peers,
                         size_t count, struct report *report) {
    const struct peer_conf *peer = &peers[count];
    for (size_t i = count > PAIRS ? count - PAIRS : 0; i < count; i++) {
        const struct peer_conf *other = &peers[i];
        if (peer->name != NULL && other->name != NULL && strcmp(peer->name, other->name) == 0)
            return peer_mistake(document, section, "name", "is another peer's name already; give each its own", report);
        bool both = peer->address_text != NULL && other->address_text != NULL;
        if (both && endpoint_compare(&peer->endpoint, &other->endpoint) == 0)
            return peer_mistake(document, section, "address", "is another peer's address and port already", report);
    }
}

static void read_peers(const struct document *document, struct config_toml *config, struct report *report) {
    const struct section *last = document_section(document, "network.peers");
    if (last == NULL || !check_form(document, last, true, report)) return;
    struct peer_conf *peers = arena_take(document->arena, (last->element + 1) * sizeof *peers);
    size_t count = 0;
    for (size_t i = 0; i < document->section_count; i++) {
        const struct section *section = &document->sections[i];
        if (strcmp(section->name, "network.peers") != 0) continue;
        struct peer_conf *peer = &peers[count];
        schema_read_section(&CONFIG_TOML_SCHEMA, document, "network.peers", section, peer, report);
        if (peer->address_text != NULL) pattern_address(peer->address_text, &peer->endpoint);
        peer->endpoint.port = (uint16_t)peer->port;
        if (peer->mac_text != NULL) pattern_mac(peer->mac_text, peer->mac);
        check_peer(document, section, peer, config, report);
        refuse_twins(document, section, peers, count, report);
        count++;
    }
    if (count > config->network.max_peers && config->network.max_peers > 0)
        report_at(report, document->file, last->line, "[network.peers]", NULL,
                  "there are %zu peers and max_peers is %u; raise max_peers or take peers out", count,
                  config->network.max_peers);
    config->network.peers = peers;
    config->network.peer_count = count;
}

void config_toml_read(const struct document *document, struct config_toml *config, struct report *report) {
    static const char *const TABLES[] = {"network",        "network.dpdk", "performance",
                                         "network.limits", "debug",        "metrics"};
    static const size_t ASKED = 3; /* the others may be left out */
    *config = (struct config_toml){
        .limits = {LIMITS_MESSAGES, LIMITS_CONSENSUS_MESSAGES, LIMITS_TRANSACTIONS, LIMITS_ECHOES}};
    schema_unknown_sections(&CONFIG_TOML_SCHEMA, document, report);
    for (size_t i = 0; i < ARRAY_LENGTH(TABLES); i++) {
        const struct section *section = document_section(document, TABLES[i]);
        if (!check_form(document, section, false, report)) continue;
        if (section == NULL && i >= ASKED) continue;
        schema_read_section(&CONFIG_TOML_SCHEMA, document, TABLES[i], section, config, report);
    }
    check_listening(document, config, report);
    read_peers(document, config, report);
}

const struct listen_conf *config_toml_listen(const struct config_toml *config, unsigned family) {
    for (size_t i = 0; i < ARRAY_LENGTH(config->network.listen); i++)
        if (config->network.listen[i].endpoint.family == family) return &config->network.listen[i];
    return NULL;
}
