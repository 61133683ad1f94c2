#include "bench/rig.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench/eal.h"
#include "bench/namespace.h"

const struct rig_side RIG_DPDK = {.name = "dpdk", .kind = WIRE_MEMIF};
const struct rig_side RIG_KERNEL = {.name = "kernel", .kind = WIRE_LOOPBACK};
const struct rig_side RIG_KERNEL_PACKETS = {
    .name = "kernel, packet by packet", .kind = WIRE_LOOPBACK, .per_packet = true};
const struct rig_side RIG_TESTPMD = {.name = "testpmd macswap", .kind = WIRE_MEMIF, .testpmd = true};

static const char *wire_name(enum wire_kind kind) {
    return kind == WIRE_MEMIF ? "memif (shared memory between two processes)" : "loopback (UDP over lo)";
}

/* The n-th CPU that this process may use, counted from 0; the last one where there are fewer. */
static unsigned cpu_at(unsigned place) {
    cpu_set_t set;
    unsigned found = 0, last = 0;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 0;
    for (unsigned cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET(cpu, &set)) continue;
        last = cpu;
        if (found++ == place) return cpu;
    }
    return last;
}

bool rig_prepare(struct rig_place *place, bool dpdk, bool kernel, struct failure *why) {
    *place = (struct rig_place){.our_cpu = cpu_at(0), .node_cpu = cpu_at(1)};
    if (place->our_cpu == place->node_cpu)
        fprintf(stderr, "pantheon-bench: one CPU for both ends: what is measured is also how they take turns\n");
    if (kernel && !namespace_enter(why)) return false;
    if (dpdk && !eal_begin(place->our_cpu, why)) return false;
    return true;
}

/* pantheon-node beside this program, or on PATH. */
static const char *program(char path[512]) {
    ssize_t length = readlink("/proc/self/exe", path, 512 - sizeof "pantheon-node");
    char *slash = length > 0 ? memrchr(path, '/', (size_t)length) : NULL;
    if (slash == NULL) return "pantheon-node";
    strcpy(slash + 1, "pantheon-node");
    return access(path, X_OK) == 0 ? path : "pantheon-node";
}

bool rig_stay_on(unsigned our_cpu, struct failure *why) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(our_cpu, &set);
    if (sched_setaffinity(0, sizeof set, &set) == 0) return true;
    return failed(why, "CPU %u cannot be had: %s", our_cpu, strerror(errno));
}

static bool start(struct rig *rig, const struct rig_place *place, unsigned connections, uint16_t length,
                  struct failure *why) {
    cpu_set_t all;
    char path[512];
    struct subject_settings settings = {.program = rig->side->testpmd ? "dpdk-testpmd" : program(path),
                                        .testpmd = rig->side->testpmd,
                                        .our_cpu = place->our_cpu,
                                        .adaptive = rig->side->adaptive,
                                        .limit = rig->side->limit,
                                        .kind = rig->side->kind,
                                        .per_packet = rig->side->per_packet,
                                        .connections = connections,
                                        .cpu = place->node_cpu,
                                        .longest = length};
    CPU_ZERO(&all);
    for (unsigned cpu = 0; cpu < CPU_SETSIZE; cpu++) CPU_SET(cpu, &all);
    /* The node may use every CPU: its control thread stays off its worker's (eal_command.h). */
    sched_setaffinity(0, sizeof all, &all); /* inherited by the node */
    bool started = subject_start(&rig->subject, &settings, why);
    return rig_stay_on(place->our_cpu, why) && started;
}

static bool connect_wire(struct rig *rig, unsigned connections, uint16_t length, struct failure *why) {
    struct wire_settings settings = {.kind = rig->side->kind, .connections = connections, .longest = length};
    if (rig->side->kind == WIRE_MEMIF && !eal_plug_memif(rig->subject.memif, length > 1400, why)) return false;
    rig->wire = wire_open(&settings, why);
    return rig->wire != NULL;
}

bool rig_connect(struct rig *rig, const struct rig_place *place, const struct rig_side *side, unsigned connections,
                 uint16_t length, struct failure *why) {
    *rig = (struct rig){.side = side};
    if (start(rig, place, connections, length, why) && connect_wire(rig, connections, length, why)) return true;
    rig_down(rig);
    return false;
}

bool rig_up(struct rig *rig, const struct rig_place *place, const struct rig_side *side, enum traffic_kind kind,
            unsigned connections, uint16_t length, struct failure *why) {
    if (!rig_connect(rig, place, side, connections, length, why)) return false;
    if (subject_wait(&rig->subject, why)) {
        rig->traffic = traffic_make(kind, side->name, wire_name(side->kind), rig->wire, connections, length);
        if (rig->traffic != NULL) return true;
        failed(why, "no memory for the traffic");
    }
    rig_down(rig);
    return false;
}

void rig_down(struct rig *rig) {
    traffic_release(rig->traffic);
    wire_close(rig->wire);
    if (rig->side->kind == WIRE_MEMIF) eal_unplug_memif();
    subject_stop(&rig->subject);
    *rig = (struct rig){.side = rig->side};
}
