#ifndef PANTHEON_BENCH_RIG_H
#define PANTHEON_BENCH_RIG_H

#include "bench/options.h"
#include "bench/subject.h"
#include "bench/traffic.h"

/*
 * A node on a wire with traffic, ready to be offered load: one side of a measurement. Sides come and go one after the
 * other in one process, each with a node of its own.
 */
struct rig_side {
    const char *name; /* "dpdk", "kernel", "kernel, packet by packet" */
    enum wire_kind kind;
    bool per_packet;
    bool testpmd; /* DPDK's own, in a node's place */
    bool adaptive;
    uint32_t limit; /* subject.h */
};

extern const struct rig_side RIG_DPDK, RIG_KERNEL, RIG_KERNEL_PACKETS, RIG_TESTPMD;

/* Where the two ends of a wire run. */
struct rig_place {
    unsigned our_cpu;
    unsigned node_cpu;
};

struct rig {
    const struct rig_side *side;
    struct subject subject;
    struct wire *wire;
    struct traffic *traffic;
};

/*
 * Once, before the first rig: CPUs, namespace, EAL. The benchmark takes the first CPU that this process may use, the
 * node's network thread the second; with one CPU alone both share it, which is said.
 */
bool rig_prepare(struct rig_place *place, bool dpdk, bool kernel, struct failure *why);

/* The calling thread runs on this CPU alone from now on. */
bool rig_stay_on(unsigned our_cpu, struct failure *why);

/* A node that is starting, on a wire that is there: it may not be ready yet. Nothing is left running where it fails. */
bool rig_connect(struct rig *rig, const struct rig_place *place, const struct rig_side *side, unsigned connections,
                 uint16_t length, struct failure *why);

/* The same, ready and with traffic. */
bool rig_up(struct rig *rig, const struct rig_place *place, const struct rig_side *side, enum traffic_kind kind,
            unsigned connections, uint16_t length, struct failure *why);
void rig_down(struct rig *rig);

#endif
