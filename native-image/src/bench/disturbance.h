#ifndef PANTHEON_BENCH_DISTURBANCE_H
#define PANTHEON_BENCH_DISTURBANCE_H

#include <stdbool.h>
#include <stdint.h>

#include "bench/json.h"
#include "bench/proc.h"
#include "config/failure.h"

/*
 * Whether a run was left alone. On a virtual machine the hypervisor takes CPUs away (steal); a run during which it took
 * more than a given share of one is discarded and said so, for what it measured is another guest. Samples are taken
 * before and after a run, by one thread, from files under `root` ("/proc").
 */
#define DISTURBANCE_MOST_CPUS 1024u /* CPU_SETSIZE */

struct disturbance_sample {
    uint64_t at_ns; /* CLOCK_MONOTONIC */
    unsigned cpus;
    uint64_t steal[DISTURBANCE_MOST_CPUS]; /* ticks */
    uint64_t softirq;                      /* ticks, of all CPUs */
    uint64_t irq;
    uint64_t involuntary; /* getrusage(2): of all threads. /proc/self/status has the first one's only */
};

struct disturbance {
    double elapsed_s;
    double steal_s;     /* of all CPUs */
    double worst_share; /* of the time of that CPU which lost most */
    unsigned worst_cpu;
    uint64_t worst_ticks;
    double softirq_s; /* and hardware interrupts */
    uint64_t involuntary;
};

/* False where /proc/stat cannot be read. */
bool disturbance_read(const char *root, struct disturbance_sample *sample);

struct disturbance disturbance_between(const struct disturbance_sample *before, const struct disturbance_sample *after);

/*
 * False, and a sentence, where more than `most_steal` (a share) of one CPU was stolen. A single tick of the clock (10
 * ms) never discards a run: in short runs it is a larger share than was stolen.
 */
bool disturbance_allows(const struct disturbance *disturbance, double most_steal, struct failure *why);

void disturbance_json(struct json *json, const char *key, const struct disturbance *disturbance);

#endif
