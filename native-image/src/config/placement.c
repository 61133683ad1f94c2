#include "config/placement.h"

#include <stdio.h>
#include <string.h>

#include "config/patterns.h"

/* CPU n of the files becomes the n-th of the process's own. False where it has fewer. */
static bool place_cpus(struct cpu_list *list, const struct cpu_list *own) {
    struct cpu_list placed = {0};
    for (unsigned i = 0; i < list->count; i++) {
        if (list->cpus[i] >= own->count) return false;
        cpu_list_add(&placed, own->cpus[list->cpus[i]]);
    }
    *list = placed;
    return true;
}

static void place_all_cpus(const struct placement *placement, struct dpdk_conf *conf, struct config_toml *config,
                           struct report *report) {
    unsigned last = conf->global.eal.lcores.cpus[conf->global.eal.lcores.count - 1];
    if (place_cpus(&conf->global.eal.lcores, &placement->own) && place_cpus(&config->dpdk.cpu_cores, &placement->own))
        return;
    report_line(
        report,
        "dpdk.conf [global] eal-args: found CPU %u of -l; the pod may use %u CPUs, counted from 0: ask for %u whole "
        "ones, with limits equal to requests, on a node whose kubelet has the static CPU manager",
        last, placement->own.count, last + 1);
}

/* The item of a list with commas, or NULL. */
static const char *item(const char *list, unsigned index, struct arena *arena) {
    for (; index > 0; index--) {
        list = strchr(list, ',');
        if (list == NULL) return NULL;
        list++;
    }
    return arena_text(arena, list, strcspn(list, ","));
}

static const char *address_of(const struct placement *placement, const char *written, struct arena *arena,
                              const char **remedy) {
    struct pattern_variable variable;
    pattern_variable(written, &variable);
    const char *list = placement->variable(variable.name);
    *remedy = "is not set: the container must ask for that resource of a device plugin";
    if (list == NULL) return NULL;
    const char *address = item(list, variable.index, arena);
    *remedy = "has fewer addresses: ask for as many devices as there are ports";
    if (address == NULL) return NULL;
    *remedy = "is no list of PCI addresses: the resource is not one of network functions on vfio-pci";
    return pattern_pci(address) ? address : NULL;
}

/* `key` is where it stands. */
static void place_port(const struct placement *placement, const char *key, const char **pci, struct arena *arena,
                       struct report *report) {
    struct pattern_variable variable;
    const char *remedy = "stands for an environment variable, which only counts with --in-pod; write a PCI address";
    if (!pattern_variable(*pci, &variable)) return;
    const char *address = placement != NULL && placement->in_pod ? address_of(placement, *pci, arena, &remedy) : NULL;
    if (address == NULL)
        report_line(report, "dpdk.conf %s: found %s; %s", key, *pci, remedy);
    else
        *pci = address;
}

/* In whole pages, an equal part on each node that one of the CPUs is of; what is left over goes to the first CPU's. */
static void place_memory(const struct placement *placement, struct dpdk_conf *conf) {
    const struct cpu_list *cpus = &conf->global.eal.lcores;
    uint32_t sum = 0, page = conf->memory.hugepage_size == HUGEPAGE_1G ? 1024 : 2; /* MB */
    bool has[DPDK_MAX_NUMA_NODES] = {false};
    unsigned nodes = 0, first = placement->node(cpus->cpus[0]);
    for (unsigned i = 0; i < conf->memory.numa_nodes; i++) sum += conf->memory.socket_mem_mb[i];
    for (unsigned i = 0; i < cpus->count; i++) {
        unsigned node = placement->node(cpus->cpus[i]);
        if (node >= DPDK_MAX_NUMA_NODES || has[node]) continue;
        has[node] = true;
        nodes++;
    }
    if (nodes == 0 || first >= DPDK_MAX_NUMA_NODES) return;
    uint32_t part = sum / nodes / page * page;
    conf->memory.numa_nodes = 0;
    for (unsigned node = 0; node < DPDK_MAX_NUMA_NODES; node++) {
        conf->memory.socket_mem_mb[node] = has[node] ? part + (node == first ? sum - part * nodes : 0) : 0;
        if (has[node]) conf->memory.numa_nodes = node + 1;
    }
}

void placement_apply(const struct placement *placement, struct arena *arena, struct dpdk_conf *conf,
                     struct config_toml *config, struct report *report) {
    for (unsigned i = 0; i < conf->ports.count; i++) {
        char key[32];
        snprintf(key, sizeof key, "[ports] port-%u-pci", i);
        place_port(placement, key, &conf->ports.list[i].pci, arena, report);
    }
    if (conf->has_bonding) {
        place_port(placement, "[bonding] primary-port", &conf->bonding.primary_port, arena, report);
        place_port(placement, "[bonding] secondary-port", &conf->bonding.secondary_port, arena, report);
    }
    if (placement == NULL || !placement->in_pod) return;
    place_all_cpus(placement, conf, config, report);
    if (report->count == 0) place_memory(placement, conf);
}
