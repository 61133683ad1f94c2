#ifndef PANTHEON_MAIN_PLANE_DPDK_H
#define PANTHEON_MAIN_PLANE_DPDK_H

#include "main/plane.h"

/* The plane on DPDK's ports: EAL runs, and has an lcore for each worker (eal_command.h). */
extern const struct backend plane_dpdk;

#endif
