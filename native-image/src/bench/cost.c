#include "bench/cost.h"

#include <stdio.h>
#include <unistd.h>

#include "bench/proc.h"
#include "worker/clock.h"

bool cost_read(const char *root, struct cost_sample *sample) {
    struct proc_cpu all = {0}, first;
    bool there = proc_cpus(root, &all, &first, 1) > 0;
    *sample = (struct cost_sample){.at_ns = clock_kernel_ns(CLOCK_MONOTONIC),
                                   .busy = all.user + all.nice + all.system + all.irq + all.softirq,
                                   .softirq = all.irq + all.softirq,
                                   .process_ns = clock_kernel_ns(CLOCK_PROCESS_CPUTIME_ID)};
    return there;
}

static double seconds(uint64_t before, uint64_t after, double unit) {
    return after > before ? (double)(after - before) * unit : 0;
}

struct cost cost_between(const struct cost_sample *before, const struct cost_sample *after) {
    double tick = 1.0 / (double)sysconf(_SC_CLK_TCK);
    struct cost cost = {.elapsed_s = seconds(before->at_ns, after->at_ns, 1e-9),
                        .system_s = seconds(before->busy, after->busy, tick),
                        .process_s = seconds(before->process_ns, after->process_ns, 1e-9),
                        .softirq_s = seconds(before->softirq, after->softirq, tick)};
    if (cost.system_s > cost.process_s) cost.others_s = cost.system_s - cost.process_s;
    return cost;
}

void cost_json(struct json *json, const char *key, const struct cost *cost) {
    json_object(json, key);
    json_number(json, "elapsed_s", cost->elapsed_s);
    json_number(json, "system_s", cost->system_s);
    json_number(json, "process_s", cost->process_s);
    json_number(json, "others_s", cost->others_s);
    json_number(json, "softirq_s", cost->softirq_s);
    json_end(json);
}

/* A file that is not there (IPv6 switched off) or a line an older kernel lacks adds nothing. */
static int64_t optional(const char *root, const char *file, const char *begin, const char *word, int64_t unit) {
    uint64_t number;
    return proc_find(root, file, begin, word, &number) ? (int64_t)number * unit : 0;
}

enum { CPUS = 1024 };

bool cost_cpu_read(const char *root, unsigned cpu, struct cost_cpu *sample) {
    static struct proc_cpu list[CPUS];
    struct proc_cpu all;
    unsigned count = proc_cpus(root, &all, list, CPUS);
    if (cpu >= count) return false;
    *sample = (struct cost_cpu){.at_ns = clock_kernel_ns(CLOCK_MONOTONIC),
                                .away = list[cpu].idle + list[cpu].iowait + list[cpu].steal};
    return true;
}

double cost_cpu_share(const struct cost_cpu *before, const struct cost_cpu *after) {
    double elapsed = seconds(before->at_ns, after->at_ns, 1e-9);
    double away = seconds(before->away, after->away, 1.0 / (double)sysconf(_SC_CLK_TCK));
    return elapsed > away ? (elapsed - away) / elapsed : 0;
}

bool memory_read(const char *root, struct memory *memory) {
    return memory_read_of(root, "self", memory);
}

bool memory_read_of(const char *root, const char *process, struct memory *memory) {
    uint64_t rss;
    char status[64], rollup[64];
    int64_t page = sysconf(_SC_PAGESIZE);
    snprintf(status, sizeof status, "%s/status", process);
    snprintf(rollup, sizeof rollup, "%s/smaps_rollup", process);
    if (!proc_find(root, rollup, "Pss:", NULL, &rss) && !proc_find(root, status, "VmRSS:", NULL, &rss)) return false;
    *memory = (struct memory){
        .rss = (int64_t)rss * 1024,
        .hugetlb = optional(root, status, "HugetlbPages:", NULL, 1024),
        .slab = optional(root, "meminfo", "SUnreclaim:", NULL, 1024),
        .stacks = optional(root, "meminfo", "KernelStack:", NULL, 1024),
        .tables = optional(root, "meminfo", "PageTables:", NULL, 1024),
        /* IPv6 sockets are in the same two accounts. */
        .sockets =
            optional(root, "net/sockstat", "TCP:", "mem", page) + optional(root, "net/sockstat", "UDP:", "mem", page),
        .fragments = optional(root, "net/sockstat", "FRAG:", "memory", 1) +
                     optional(root, "net/sockstat6", "FRAG6:", "memory", 1),
    };
    return true;
}

struct memory memory_growth(const struct memory *before, const struct memory *after) {
    return (struct memory){.rss = after->rss - before->rss,
                           .hugetlb = after->hugetlb - before->hugetlb,
                           .slab = after->slab - before->slab,
                           .stacks = after->stacks - before->stacks,
                           .tables = after->tables - before->tables,
                           .sockets = after->sockets - before->sockets,
                           .fragments = after->fragments - before->fragments};
}

static int64_t without_buffers(const struct memory *growth) {
    return growth->rss + growth->hugetlb + growth->stacks + growth->tables + growth->fragments;
}

int64_t memory_least(const struct memory *growth) {
    return without_buffers(growth) + (growth->slab > growth->sockets ? growth->slab : growth->sockets);
}

int64_t memory_most(const struct memory *growth) {
    return without_buffers(growth) + growth->slab + growth->sockets;
}

void memory_json(struct json *json, const char *key, const struct memory *growth) {
    json_object(json, key);
    json_number(json, "rss", (double)growth->rss);
    json_number(json, "hugetlb", (double)growth->hugetlb);
    json_number(json, "slab", (double)growth->slab);
    json_number(json, "kernel_stacks", (double)growth->stacks);
    json_number(json, "page_tables", (double)growth->tables);
    json_number(json, "sockets", (double)growth->sockets);
    json_number(json, "fragments", (double)growth->fragments);
    json_number(json, "least", (double)memory_least(growth));
    json_number(json, "most", (double)memory_most(growth));
    json_end(json);
}
