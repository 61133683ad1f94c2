#include "main/cpu_node.h"

#include <stdio.h>
#include <unistd.h>

/* As many as EAL knows (RTE_MAX_NUMA_NODES). */
enum { MOST_NODES = 32 };

unsigned cpu_node_in(const char *sysfs, unsigned cpu) {
    char path[256];
    for (unsigned node = 0; node < MOST_NODES; node++) {
        int length = snprintf(path, sizeof path, "%s/devices/system/cpu/cpu%u/node%u", sysfs, cpu, node);
        if (length < (int)sizeof path && access(path, F_OK) == 0) return node;
    }
    return 0;
}

unsigned cpu_node(unsigned cpu) {
    return cpu_node_in("/sys", cpu);
}
