#include "main/eal.h"

#include <errno.h>
#include <sched.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_errno.h>

#include "config/eal_command.h"
#include "main/log.h"
#include "worker/clock.h"

bool eal_affinity(struct cpu_list *cpus) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return false;
    *cpus = (struct cpu_list){0};
    for (uint16_t cpu = 0; cpu < CPU_LIST_MAX; cpu++)
        if (CPU_ISSET(cpu, &set)) cpus->cpus[cpus->count++] = cpu;
    return true;
}

static bool move_to(const struct cpu_list *cpus) {
    cpu_set_t set;
    CPU_ZERO(&set);
    for (unsigned i = 0; i < cpus->count; i++) CPU_SET(cpus->cpus[i], &set);
    return sched_setaffinity(0, sizeof set, &set) == 0;
}

static void say_command(const struct eal_command *command) {
    char text[1000];
    size_t length = 0;
    for (int i = 0; i < command->count && length < sizeof text; i++)
        length +=
            (size_t)snprintf(text + length, sizeof text - length, "%s%s", i > 0 ? " " : "", command->arguments[i]);
    log_of(LOG_EAL, LOG_LINE_INFO, "EAL: %s", text);
}

bool eal_start(struct configuration *configuration, struct failure *why) {
    struct eal_command command;
    struct cpu_list start;
    char control[CPU_LIST_TEXT];
    if (!eal_affinity(&start)) return failed(why, "the process's CPUs cannot be read: %s", strerror(errno));
    eal_command_build(&configuration->dpdk_conf, configuration->config_toml.performance.network_threads, &start,
                      &configuration->arena, &command);
    cpu_list_format(&command.control, control);
    if (!move_to(&command.control))
        return failed(why, "the process cannot move to CPU %.200s: %s; let it use the CPUs of -l", control,
                      strerror(errno));
    if (!log_take_eal()) return failed(why, "no memory for EAL's lines");
    say_command(&command);
    uint64_t begin = clock_kernel_ns(CLOCK_MONOTONIC);
    if (rte_eal_init(command.count, command.arguments) < 0)
        return failed(why, "EAL does not start: %s; read its lines above", rte_strerror(rte_errno));
    log_set_levels_again();
    /* pantheon-bench start-time reads this line. */
    log_of(LOG_EAL, LOG_LINE_INFO, "EAL: started in %.1f ms", (double)(clock_kernel_ns(CLOCK_MONOTONIC) - begin) / 1e6);
    if (rte_eal_process_type() != RTE_PROC_PRIMARY)
        return failed(why,
                      "EAL found another primary process of this --file-prefix; stop that one or take another prefix");
    return true;
}
