#include "statistics/profile.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

struct writer {
    char *to;
    size_t room, length;
    bool whole;
};

__attribute__((format(printf, 2, 3))) static void put(struct writer *writer, const char *format, ...) {
    va_list arguments;
    if (!writer->whole) return;
    va_start(arguments, format);
    int length = vsnprintf(writer->to + writer->length, writer->room - writer->length, format, arguments);
    va_end(arguments);
    writer->whole = length >= 0 && (size_t)length < writer->room - writer->length;
    if (writer->whole) writer->length += (size_t)length;
}

static uint64_t all_cycles(const struct profile_worker *worker) {
    uint64_t all = 0;
    for (unsigned i = 0; i < STAGES; i++) all += worker->stage[i].cycles;
    return all;
}

static double of_all(uint64_t cycles, uint64_t all) {
    return all == 0 ? 0 : 100 * (double)cycles / (double)all;
}

static void put_stage(struct writer *writer, enum stage stage, const struct profile_stage *counted, uint64_t all) {
    put(writer, "%-12s %20" PRIu64 " %5.1f %%", stage_name(stage), counted->cycles, of_all(counted->cycles, all));
    if (stage == STAGE_IDLE || stage == STAGE_PAUSE)
        put(writer, "\n");
    else if (counted->packets == 0)
        put(writer, " %20u %14s\n", 0u, "-");
    else
        put(writer, " %20" PRIu64 " %14.1f\n", counted->packets, (double)counted->cycles / (double)counted->packets);
}

static void put_worker(struct writer *writer, unsigned index, const struct profile_worker *worker) {
    uint64_t all = all_cycles(worker);
    put(writer, "network thread %u, lcore %u: %20" PRIu64 " rounds, %20" PRIu64 " of them busy\n", index, worker->lcore,
        worker->rounds, worker->busy_rounds);
    put(writer, "%-12s %20s %7s %20s %14s\n", "stage", "cycles", "share", "packets", "cycles/packet");
    for (unsigned i = 0; i < STAGES; i++) put_stage(writer, i, &worker->stage[i], all);
    put(writer, "%-12s %20" PRIu64 " %5.1f %%\n\n", "all", all, of_all(all, all));
}

/* Of the thread that profiled longest: those that EAL starts later begin later. */
static double seconds(const struct profile *profile) {
    uint64_t longest = 0;
    for (unsigned i = 0; i < profile->workers; i++) {
        uint64_t all = all_cycles(&profile->worker[i]);
        if (all > longest) longest = all;
    }
    return (double)longest / (double)profile->ticks_per_second;
}

bool profile_write(const struct profile *profile, char *to, size_t room, size_t *length) {
    struct writer writer = {.to = to, .room = room, .whole = true};
    put(&writer, "pantheon-node profile %10" PRIu64 ", %12.1f s, cycles of the time stamp counter, %" PRIu64,
        profile->number, seconds(profile), profile->ticks_per_second / 1000000);
    put(&writer, " a microsecond\n\n");
    for (unsigned i = 0; i < profile->workers; i++) put_worker(&writer, i, &profile->worker[i]);
    put(&writer, "end of profile %10" PRIu64 "\n", profile->number);
    *length = writer.length;
    return writer.whole;
}
