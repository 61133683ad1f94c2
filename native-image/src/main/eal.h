#ifndef PANTHEON_MAIN_EAL_H
#define PANTHEON_MAIN_EAL_H

#include <stdbool.h>

#include "config/configuration.h"
#include "config/failure.h"

/* On which CPUs the calling thread may run; the process, before EAL starts. */
bool eal_affinity(struct cpu_list *cpus);

/*
 * Starts EAL as eal_command.h says. First the whole process moves to the control CPUs: threads inherit that, so EAL's
 * own end up there, and only the workers move on to theirs.
 */
bool eal_start(struct configuration *configuration, struct failure *why);

#endif
