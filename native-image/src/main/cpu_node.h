#ifndef PANTHEON_MAIN_CPU_NODE_H
#define PANTHEON_MAIN_CPU_NODE_H

/*
 * The NUMA node of a CPU by the kernel's own word, 0 where it does not say. EAL answers for an lcore by its number, which with
 * --lcores=1@5 is not its CPU's (rte_lcore_to_socket_id).
 */
unsigned cpu_node(unsigned cpu);

/* The same, with another folder than /sys. */
unsigned cpu_node_in(const char *sysfs, unsigned cpu);

#endif
