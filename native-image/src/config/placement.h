#ifndef PANTHEON_CONFIG_PLACEMENT_H
#define PANTHEON_CONFIG_PLACEMENT_H

#include <stdbool.h>

#include "config/config_toml.h"
#include "config/cpu_list.h"
#include "config/dpdk_conf.h"
#include "config/report.h"

/*
 * Where the files are a pod's: which CPUs and which functions it has is decided when it starts, by the kubelet and a device
 * plugin, so the files can name neither.
 *
 *     eal-args = -l 1-3, cpu_cores = [1, 2, 3]     CPUs 1 to 3 of those that the process may use, counted from 0
 *     port-0-pci = $PCIDEVICE_VENDOR_COM_NIC       the first address of that environment variable, a list with commas
 *     port-1-pci = $PCIDEVICE_VENDOR_COM_NIC[1]    the second
 *
 *     socket-mem = 1024                            that much in sum, on the NUMA nodes of those CPUs: the others' are not the pod's
 *
 * CPU 0 of the pod, which the files leave out, is the main lcore's and the kernel's (eal_command.h).
 */
struct placement {
    bool in_pod;
    struct cpu_list own;                       /* what the process may run on */
    const char *(*variable)(const char *name); /* its value, NULL where it is not set */
    unsigned (*node)(unsigned cpu);            /* its NUMA node */
};

/*
 * Puts CPUs and addresses in place of what stands for them. Everything that cannot be is reported; then the two are not to be
 * used. Outside a pod (`placement` NULL, or not in one) a variable is a mistake and nothing changes. The new addresses
 * live in `arena`.
 */
void placement_apply(const struct placement *placement, struct arena *arena, struct dpdk_conf *conf,
                     struct config_toml *config, struct report *report);

#endif
