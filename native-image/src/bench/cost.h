#ifndef PANTHEON_BENCH_COST_H
#define PANTHEON_BENCH_COST_H

#include <stdbool.h>
#include <stdint.h>

#include "bench/json.h"

/*
 * What a run costs in CPU time and in memory, counted so that neither side has any of it elsewhere: the kernel's stack
 * works in softirq and in slab, which no process has on its account; DPDK's buffers are hugepages, which RSS leaves
 * out. Samples are taken by one thread from files under `root` ("/proc").
 */

/*
 * CPU. `system_s` is all that the system did and was not idle: users, kernel, interrupts, softirq; not what was stolen.
 * Other processes of the machine are in it, so `others_s` (system_s less our own) is given, too: on a machine that does
 * nothing else it is the kernel's work for us. Clock ticks are 10 ms, so runs are seconds.
 */
struct cost_sample {
    uint64_t at_ns;      /* CLOCK_MONOTONIC */
    uint64_t busy;       /* ticks of all CPUs */
    uint64_t softirq;    /* of them softirq and hardware interrupts */
    uint64_t process_ns; /* of all our threads, CLOCK_PROCESS_CPUTIME_ID */
};

struct cost {
    double elapsed_s;
    double system_s;
    double process_s;
    double others_s; /* 0 at least */
    double softirq_s;
};

bool cost_read(const char *root, struct cost_sample *sample);
struct cost cost_between(const struct cost_sample *before, const struct cost_sample *after);
void cost_json(struct json *json, const char *key, const struct cost *cost);

/*
 * How long one CPU was not idle, whatever it did: processes, kernel, softirq. Made of its idle time, which the kernel
 * measures, and not of ticks that fell into work: a loop that sleeps between two ticks is caught as well. What was
 * stolen does not count.
 */
struct cost_cpu {
    uint64_t at_ns; /* CLOCK_MONOTONIC */
    uint64_t away;  /* ticks: idle, waiting for a disk, stolen */
};

bool cost_cpu_read(const char *root, unsigned cpu, struct cost_cpu *sample);
/* A share of the time between. */
double cost_cpu_share(const struct cost_cpu *before, const struct cost_cpu *after);

/* Memory, in bytes. Of the process: rss, hugetlb. Of the whole system: the others. */
struct memory {
    int64_t rss; /* of memory that processes share its part (PSS), where the kernel tells that */
    int64_t hugetlb;
    int64_t slab;      /* what cannot be reclaimed: sockets, their buffers, forwarding tables */
    int64_t stacks;    /* of kernel threads and of ours within the kernel */
    int64_t tables;    /* page tables: hugepages need fewer */
    int64_t sockets;   /* what TCP and UDP hold in buffers, by their own account (/proc/net/sockstat) */
    int64_t fragments; /* waiting for the rest of their packets */
};

bool memory_read(const char *root, struct memory *memory);
/* The same of another process, by its number as text. */
bool memory_read_of(const char *root, const char *process, struct memory *memory);

/* after - before: before there is a backend, and under its load. */
struct memory memory_growth(const struct memory *before, const struct memory *after);

/*
 * Two sums: a socket's account covers buffers wherever they are, in slab or in pages of their own, so parts of it may
 * be in `slab` already. The least counts the larger of both, the most counts both. A ratio in favour of DPDK uses the
 * least.
 */
int64_t memory_least(const struct memory *growth);
int64_t memory_most(const struct memory *growth);
void memory_json(struct json *json, const char *key, const struct memory *growth);

#endif
