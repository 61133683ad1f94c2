#include "config/dpdk_conf.h"

#include <stdio.h>
#include <string.h>

#include "config/patterns.h"
#include "config/schema.h"

#define ARRAY_LENGTH(array) (sizeof(array) / sizeof *(array))
#define AT(member) offsetof(struct dpdk_conf, member)

static const char *const HUGEPAGE_SIZES[] = {[HUGEPAGE_2M] = "2M", [HUGEPAGE_1G] = "1G", NULL};
static const char *const BONDING_MODES[] = {"active-backup", "balance-rr", "balance-xor", "broadcast", "802.3ad", NULL};

static bool any_text(const char *text) {
    return text[0] != '\0';
}

/* A PCI address, what a virtual device may be called, or what stands for an address (placement.h); which of them is checked
 * once more is known. */
static bool port_name(const char *text) {
    struct pattern_variable variable;
    return pattern_pci(text) || pattern_vdev(text) || pattern_variable(text, &variable);
}

static const char PCI_REMEDY[] = "must be a PCI address with its domain, lowercase, such as 0000:01:00.0";

/* Ranges are those of components/fleet/schema-data-plane.ts, which says where each comes from. */
/* clang-format off */
static const struct field FIELDS[] = {
    {.section = "global", .key = "eal-args", .kind = FIELD_TEXT, .accepts = any_text,
     .remedy = "must be EAL arguments such as -l 2-7 -n 4", .offset = AT(global.eal_args)},
    {.section = "memory", .key = "hugepage-size", .kind = FIELD_CHOICE, .choices = HUGEPAGE_SIZES,
     .offset = AT(memory.hugepage_size)},
    {.section = "memory", .key = "num-hugepages", .kind = FIELD_NUMBER, .most = 4194304,
     .offset = AT(memory.num_hugepages)},
    {.section = "memory", .key = "socket-mem", .kind = FIELD_TEXT, .accepts = any_text,
     .remedy = "must be MB for each NUMA node such as 4096,4096", .offset = AT(memory.socket_mem)},
    {.section = "ports", .key = "num-ports", .kind = FIELD_NUMBER, .least = 1, .most = DPDK_MAX_PORTS,
     .offset = AT(ports.num_ports)},
    {.section = "performance", .key = "rx-queues-per-port", .kind = FIELD_NUMBER, .least = 1, .most = 64,
     .offset = AT(performance.rx_queues_per_port)},
    {.section = "performance", .key = "tx-queues-per-port", .kind = FIELD_NUMBER, .least = 1, .most = 64,
     .offset = AT(performance.tx_queues_per_port)},
    {.section = "performance", .key = "burst-size", .kind = FIELD_NUMBER, .least = 1, .most = 512,
     .offset = AT(performance.burst_size)},
    {.section = "performance", .key = "mempool-cache-size", .kind = FIELD_NUMBER, .most = 512,
     .offset = AT(performance.mempool_cache_size)},
    {.section = "performance", .key = "mempool-size", .kind = FIELD_NUMBER, .least = 1, .most = 16777215,
     .offset = AT(performance.mempool_size)},
    {.section = "advanced", .key = "enable-jumbo-frames", .kind = FIELD_BOOLEAN,
     .offset = AT(advanced.enable_jumbo_frames)},
    {.section = "advanced", .key = "max-rx-pkt-len", .kind = FIELD_NUMBER, .least = 64, .most = 16128,
     .offset = AT(advanced.max_rx_pkt_len)},
    {.section = "advanced", .key = "enable-hw-checksum", .kind = FIELD_BOOLEAN,
     .offset = AT(advanced.enable_hw_checksum)},
    {.section = "advanced", .key = "enable-rss", .kind = FIELD_BOOLEAN, .offset = AT(advanced.enable_rss)},
    {.section = "advanced", .key = "rss-queues", .kind = FIELD_NUMBER, .optional = true, .least = 1, .most = 64,
     .offset = AT(advanced.rss_queues), .present = AT(advanced.has_rss_queues)},
    {.section = "advanced", .key = "rss-hash-key", .kind = FIELD_TEXT, .accepts = pattern_rss_key,
     .remedy = "must be auto, or 40 or 52 bytes as lowercase hexadecimal digits",
     .offset = AT(advanced.rss_hash_key)},
    {.section = "bonding", .key = "enabled", .kind = FIELD_BOOLEAN, .offset = AT(bonding.enabled)},
    {.section = "bonding", .key = "mode", .kind = FIELD_CHOICE, .choices = BONDING_MODES, .offset = AT(bonding.mode)},
    {.section = "bonding", .key = "primary-port", .kind = FIELD_TEXT, .accepts = port_name, .remedy = PCI_REMEDY,
     .offset = AT(bonding.primary_port)},
    {.section = "bonding", .key = "secondary-port", .kind = FIELD_TEXT, .accepts = port_name, .remedy = PCI_REMEDY,
     .offset = AT(bonding.secondary_port)},
    {.section = "bonding", .key = "link-monitor-interval", .kind = FIELD_NUMBER, .least = 10, .most = 10000,
     .offset = AT(bonding.link_monitor_interval)},
};
/* clang-format on */

const struct schema DPDK_CONF_SCHEMA = {FIELDS, ARRAY_LENGTH(FIELDS)};

/* The keys of one port, each behind its `port-N-`. */
/* clang-format off */
static const struct field PORT_FIELDS[] = {
    {.section = "ports", .key = "pci", .kind = FIELD_TEXT, .accepts = port_name, .remedy = PCI_REMEDY,
     .offset = offsetof(struct dpdk_port, pci)},
    {.section = "ports", .key = "queues", .kind = FIELD_NUMBER, .least = 1, .most = 64,
     .offset = offsetof(struct dpdk_port, queues)},
    {.section = "ports", .key = "rx-desc", .kind = FIELD_NUMBER, .least = 64, .most = 16384,
     .offset = offsetof(struct dpdk_port, rx_desc)},
    {.section = "ports", .key = "tx-desc", .kind = FIELD_NUMBER, .least = 64, .most = 16384,
     .offset = offsetof(struct dpdk_port, tx_desc)},
};
/* clang-format on */
enum { PORT_KEYS = ARRAY_LENGTH(PORT_FIELDS), PORT_KEY_LENGTH = 24 };

const struct schema DPDK_PORT_SCHEMA = {PORT_FIELDS, PORT_KEYS};

/* The rows of one port in the whole file; the keys with its number are written into `keys`. */
static void port_fields(unsigned port, struct field fields[PORT_KEYS], char keys[PORT_KEYS][PORT_KEY_LENGTH]) {
    for (unsigned i = 0; i < PORT_KEYS; i++) {
        snprintf(keys[i], PORT_KEY_LENGTH, "port-%u-%s", port, PORT_FIELDS[i].key);
        fields[i] = PORT_FIELDS[i];
        fields[i].key = keys[i];
        fields[i].offset += AT(ports.list) + port * sizeof(struct dpdk_port);
    }
}

/* How many ports the keys describe: the highest number in one of them, and one more. */
static unsigned described_ports(const struct document *document) {
    const struct section *ports = document_section(document, "ports");
    unsigned count = 0;
    for (size_t i = 0; ports != NULL && i < ports->count; i++) {
        unsigned port;
        char behind;
        const char *key = document->settings[ports->first + i].key;
        if (sscanf(key, "port-%2u%c", &port, &behind) != 2 || behind != '-' || port >= DPDK_MAX_PORTS) continue;
        if (port + 1 > count) count = port + 1;
    }
    return count == 0 ? 1 : count; /* so that a file without any is told which keys it lacks */
}

static void read_socket_mem(const struct document *document, struct dpdk_conf *conf, struct report *report) {
    if (conf->memory.socket_mem == NULL) return;
    const char *at = conf->memory.socket_mem;
    bool right = true;
    while (right) {
        char part[16];
        size_t length = strcspn(at, ",");
        right = length < sizeof part && conf->memory.numa_nodes < DPDK_MAX_NUMA_NODES;
        if (!right) break;
        memcpy(part, at, length);
        part[length] = '\0';
        uint32_t *mb = &conf->memory.socket_mem_mb[conf->memory.numa_nodes++];
        right = pattern_number(part, mb) && *mb <= 4194304;
        at += length;
        if (*at == '\0') break;
        at++;
    }
    if (right) return;
    const struct setting *setting = document_setting(document, document_section(document, "memory"), "socket-mem");
    schema_mistake(document, "memory", setting, "must be MB for each NUMA node, 4194304 at most, such as 4096,4096",
                   report);
}

/* EAL is told which PCI devices to take; a virtual device must stand in eal-args to be there at all. */
static void check_port_names(const struct document *document, struct dpdk_conf *conf, struct report *report) {
    if (conf->global.eal.has_vdev || conf->global.eal.no_pci) return;
    for (unsigned port = 0; port < conf->ports.count; port++) {
        char key[PORT_KEY_LENGTH];
        snprintf(key, sizeof key, "port-%u-pci", port);
        const char *name = conf->ports.list[port].pci;
        if (name == NULL || !pattern_vdev(name)) continue;
        const struct setting *setting = document_setting(document, document_section(document, "ports"), key);
        schema_mistake(document, "ports", setting, PCI_REMEDY, report);
    }
}

static void read_eal_arguments(const struct document *document, struct dpdk_conf *conf, struct report *report) {
    if (conf->global.eal_args == NULL) return;
    const struct setting *setting = document_setting(document, document_section(document, "global"), "eal-args");
    eal_arguments_read(document, setting, &conf->global.eal, report);
}

void dpdk_conf_read(const struct document *document, struct dpdk_conf *conf, struct report *report) {
    /* The rows of this file and those of its ports, sections together so that unknown ones are told what there is. */
    struct field fields[ARRAY_LENGTH(FIELDS) + PORT_KEYS * DPDK_MAX_PORTS];
    char keys[DPDK_MAX_PORTS][PORT_KEYS][PORT_KEY_LENGTH];
    struct schema schema = {.fields = fields};
    *conf = (struct dpdk_conf){.ports.count = described_ports(document)};
    for (size_t i = 0; i < ARRAY_LENGTH(FIELDS); i++) {
        fields[schema.count++] = FIELDS[i];
        if (strcmp(FIELDS[i].key, "num-ports") != 0) continue;
        for (unsigned port = 0; port < conf->ports.count; port++) {
            port_fields(port, &fields[schema.count], keys[port]);
            schema.count += PORT_KEYS;
        }
    }
    static const char *const SECTIONS[] = {"global", "memory", "ports", "performance", "advanced", "bonding"};
    schema_unknown_sections(&schema, document, report);
    for (size_t i = 0; i < ARRAY_LENGTH(SECTIONS); i++) {
        const struct section *section = document_section(document, SECTIONS[i]);
        bool bonding = strcmp(SECTIONS[i], "bonding") == 0;
        if (bonding) conf->has_bonding = section != NULL;
        if (!bonding || section != NULL) schema_read_section(&schema, document, SECTIONS[i], section, conf, report);
    }
    read_socket_mem(document, conf, report);
    read_eal_arguments(document, conf, report);
    check_port_names(document, conf, report);
}
