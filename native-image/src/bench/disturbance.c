#include "bench/disturbance.h"

#include <sys/resource.h>
#include <unistd.h>

#include "worker/clock.h"

bool disturbance_read(const char *root, struct disturbance_sample *sample) {
    struct proc_cpu all, list[DISTURBANCE_MOST_CPUS];
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    sample->at_ns = clock_kernel_ns(CLOCK_MONOTONIC);
    sample->cpus = proc_cpus(root, &all, list, DISTURBANCE_MOST_CPUS);
    sample->softirq = all.softirq;
    sample->irq = all.irq;
    sample->involuntary = (uint64_t)usage.ru_nivcsw;
    for (unsigned cpu = 0; cpu < sample->cpus; cpu++) sample->steal[cpu] = list[cpu].steal;
    return sample->cpus > 0;
}

/* Steal of a CPU may be corrected downwards by the kernel, and a CPU may come or go in between. */
static uint64_t more(uint64_t before, uint64_t after) {
    return after > before ? after - before : 0;
}

struct disturbance disturbance_between(const struct disturbance_sample *before,
                                       const struct disturbance_sample *after) {
    double tick = 1.0 / (double)sysconf(_SC_CLK_TCK);
    struct disturbance found = {
        .elapsed_s = (double)more(before->at_ns, after->at_ns) / 1e9,
        .softirq_s = (double)(more(before->softirq, after->softirq) + more(before->irq, after->irq)) * tick,
        .involuntary = more(before->involuntary, after->involuntary)};
    unsigned cpus = before->cpus < after->cpus ? before->cpus : after->cpus;
    for (unsigned cpu = 0; cpu < cpus; cpu++) {
        uint64_t ticks = more(before->steal[cpu], after->steal[cpu]);
        found.steal_s += (double)ticks * tick;
        if (ticks <= found.worst_ticks) continue;
        found.worst_ticks = ticks;
        found.worst_cpu = cpu;
    }
    if (found.elapsed_s > 0) found.worst_share = (double)found.worst_ticks * tick / found.elapsed_s;
    return found;
}

bool disturbance_allows(const struct disturbance *disturbance, double most_steal, struct failure *why) {
    if (disturbance->worst_ticks <= 1 || disturbance->worst_share <= most_steal) return true;
    return failed(why, "discarded: %.1f %% of CPU %u was stolen, at most %.1f %% is allowed",
                  disturbance->worst_share * 100, disturbance->worst_cpu, most_steal * 100);
}

void disturbance_json(struct json *json, const char *key, const struct disturbance *disturbance) {
    json_object(json, key);
    json_number(json, "elapsed_s", disturbance->elapsed_s);
    json_number(json, "steal_s", disturbance->steal_s);
    json_number(json, "worst_steal_share", disturbance->worst_share);
    json_whole(json, "worst_cpu", disturbance->worst_cpu);
    json_number(json, "softirq_s", disturbance->softirq_s);
    json_whole(json, "involuntary_switches", disturbance->involuntary);
    json_end(json);
}
