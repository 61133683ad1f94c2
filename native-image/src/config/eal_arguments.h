#ifndef PANTHEON_CONFIG_EAL_ARGUMENTS_H
#define PANTHEON_CONFIG_EAL_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/cpu_list.h"
#include "config/document.h"
#include "config/report.h"

/*
 * eal-args of dpdk.conf. Arguments are split by blanks; those that EAL would understand and the node must decide itself
 * (which cores, which devices, how much memory), or that would load code, are refused with what to write instead.
 */

#define EAL_MAX_ARGUMENTS 64u

enum eal_process { EAL_PRIMARY, EAL_SECONDARY, EAL_AUTO };

struct eal_arguments {
    struct cpu_list lcores;   /* -l: the data plane's CPUs */
    uint32_t memory_channels; /* -n, 0 where EAL is to find out */
    unsigned process;         /* --proc-type, enum eal_process */
    bool has_vdev;
    bool no_pci;
    bool no_huge;
    bool in_memory;
    bool has_huge_unlink;
    bool has_iova_mode;
    const char *more[EAL_MAX_ARGUMENTS]; /* what goes to EAL as it is, `--key=value` in one piece, in order */
    unsigned more_count;
};

/* `setting` is eal-args: its text is read, its line and value stand in what is reported. */
void eal_arguments_read(const struct document *document, const struct setting *setting, struct eal_arguments *eal,
                        struct report *report);

#endif
