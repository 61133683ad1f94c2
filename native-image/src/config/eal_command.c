#include "config/eal_command.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "config/patterns.h"

struct builder {
    struct eal_command *command;
    struct arena *arena;
};

__attribute__((format(printf, 2, 3))) static void add(struct builder *builder, const char *format, ...) {
    char text[CPU_LIST_TEXT + EAL_COMMAND_MAX_WORKERS * 12];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    builder->command->arguments[builder->command->count++] = arena_text(builder->arena, text, strlen(text));
}

static void add_lcores(struct builder *builder, const struct cpu_list *cpus, unsigned workers) {
    char control[CPU_LIST_TEXT], lcores[EAL_COMMAND_MAX_WORKERS * 12] = "";
    cpu_list_format(&builder->command->control, control);
    size_t length = 0;
    for (unsigned i = 0; i < workers; i++)
        length += (size_t)snprintf(lcores + length, sizeof lcores - length, ",%u@%u", i + 1, cpus->cpus[i]);
    add(builder, "--lcores=0@(%s)%s", control, lcores);
    add(builder, "--main-lcore=0");
}

static void add_socket_memory(struct builder *builder, const struct dpdk_conf *conf) {
    char socket_mem[DPDK_MAX_NUMA_NODES * 11];
    size_t length = 0;
    for (unsigned i = 0; i < conf->memory.numa_nodes; i++)
        length += (size_t)snprintf(socket_mem + length, sizeof socket_mem - length, "%s%u", i > 0 ? "," : "",
                                   conf->memory.socket_mem_mb[i]);
    add(builder, "--socket-mem=%s", socket_mem);
}

static void add_memory(struct builder *builder, const struct dpdk_conf *conf) {
    const struct eal_arguments *eal = &conf->global.eal;
    if (eal->no_huge) return; /* socket-mem is of hugepages; without them -m of eal-args counts */
    add_socket_memory(builder, conf);
    /* A page's file is gone from the mount before the page is used: a crash leaves none behind. */
    if (!eal->in_memory && !eal->has_huge_unlink) add(builder, "--huge-unlink=always");
}

static void add_devices(struct builder *builder, const struct dpdk_conf *conf) {
    if (conf->global.eal.no_pci) return;
    unsigned allowed = 0;
    for (unsigned i = 0; i < conf->ports.count; i++)
        if (pattern_pci(conf->ports.list[i].pci)) {
            add(builder, "--allow=%s", conf->ports.list[i].pci);
            allowed++;
        }
    /* An empty allow-list would let EAL take every device that is bound to vfio-pci. */
    if (allowed == 0) add(builder, "--no-pci");
}

void eal_command_build(const struct dpdk_conf *conf, unsigned workers, const struct cpu_list *start,
                       struct arena *arena, struct eal_command *command) {
    static const char *const PROCESSES[] = {"primary", "secondary", "auto"};
    const struct eal_arguments *eal = &conf->global.eal;
    struct builder builder = {command, arena};
    *command = (struct eal_command){0};
    cpu_list_difference(start, &eal->lcores, &command->control);
    if (command->control.count == 0) cpu_list_add(&command->control, eal->lcores.cpus[0]);

    add(&builder, "pantheon-node");
    add_lcores(&builder, &eal->lcores, workers);
    if (eal->memory_channels > 0) add(&builder, "-n%u", eal->memory_channels);
    add(&builder, "--proc-type=%s", PROCESSES[eal->process]);
    add_memory(&builder, conf);
    /* Virtual addresses on the bus: what an ordinary user can have, through VFIO and an IOMMU. */
    if (!eal->has_iova_mode) add(&builder, "--iova-mode=va");
    add_devices(&builder, conf);
    for (unsigned i = 0; i < eal->more_count; i++) add(&builder, "%s", eal->more[i]);
}
