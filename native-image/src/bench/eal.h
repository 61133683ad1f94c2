#ifndef PANTHEON_BENCH_EAL_H
#define PANTHEON_BENCH_EAL_H

#include <stdbool.h>

#include "config/failure.h"

/*
 * EAL of the benchmark itself: one lcore on one CPU, memory without hugepages (a benchmark cannot count on them; the node
 * that is measured has none either), no device but the wire's other end, which comes and goes with the node.
 */
bool eal_begin(unsigned cpu, struct failure *why);

/* The client's end of the memif whose socket a node has made; as port net_memif0. Before wire_open. */
bool eal_plug_memif(const char *socket, bool jumbo, struct failure *why);

/* Behind wire_close: another node can be plugged in then. */
void eal_unplug_memif(void);

/*
 * Both ends of a memif in this process, for bench/mesh.h, once: two ports that are not started yet, and what one sends
 * the other receives. Their ring is memif's largest, and holds what 500 validators have under way at once
 * (bench/stress.h); its buffers are 64 MiB of shared memory, which come when they are first used.
 */
#define EAL_MESH_IN "net_memif1"
#define EAL_MESH_OUT "net_memif2"
#define EAL_MESH_RING_LOG2 14u
#define EAL_MESH_RING (1u << EAL_MESH_RING_LOG2)
bool eal_plug_mesh(struct failure *why);

void eal_end(void);

#endif
