#ifndef PANTHEON_CONFIG_EAL_COMMAND_H
#define PANTHEON_CONFIG_EAL_COMMAND_H

#include <stdbool.h>

#include "config/arena.h"
#include "config/cpu_list.h"
#include "config/dpdk_conf.h"

/*
 * The command line with which EAL is started. Pure: what the process may run on is handed in.
 *
 * Which lcore runs where:
 *   lcore 0           the main lcore, which only controls. It floats over `control`: the CPUs that the process may use
 *                     when it starts, less those of -l, so it takes none of the data plane's away (isolated CPUs are
 *                     for polling). EAL puts its own threads (interrupts, telemetry) there too, because main.c gives
 *                     the process that affinity before EAL starts.
 *   lcore 1 … N       the workers: one each on the first N CPUs of -l. The other CPUs of -l are for the threads to
 *                     come (consensus, transaction pool); EAL is not told about them.
 * Where nothing is left for lcore 0 (a process that may only use the CPUs of -l), it shares the first worker's CPU.
 *
 * Lcore ids are counted from 0 here, whatever the CPUs' numbers: EAL's end at RTE_MAX_LCORE (128), CPUs' do not.
 */

#define EAL_COMMAND_MAX_WORKERS 127u /* RTE_MAX_LCORE less the main lcore */

struct eal_command {
    int count;
    char *arguments[EAL_MAX_ARGUMENTS + DPDK_MAX_PORTS + 24];
    struct cpu_list control; /* see above */
};

/* `start` is what the process may run on; `workers` is one at least, no more than there are CPUs in -l. */
void eal_command_build(const struct dpdk_conf *conf, unsigned workers, const struct cpu_list *start,
                       struct arena *arena, struct eal_command *command);

#endif
