#ifndef PANTHEON_BENCH_SYSTEM_H
#define PANTHEON_BENCH_SYSTEM_H

#include <stdbool.h>
#include <stdint.h>

#include "bench/histogram.h"
#include "config/failure.h"

/*
 * The seam between the measuring kit and what is measured: a system under test is something that can be offered load. A
 * backend makes one (sender, wire, receiver, all set up and warm) and keeps what it needs behind it, as `struct io`
 * does: the struct here is the first member of its own. Everything else, how often, at which rate, what counts, is the
 * kit's.
 */
struct load {
    uint64_t rate; /* packets (transactions, …) a second, of all threads together */
    uint64_t duration_ns;
    unsigned
        window; /* 0: at this rate, an open loop. Else as many as come back, and so many under way (bench/window.h) */
};

/* One offer's outcome. received <= sent <= offered; what came twice counts once. */
struct load_result {
    uint64_t offered;     /* pacer_offered(): what rate and duration ask for. With a window what was sent */
    uint64_t sent;        /* that the backend took; the rest the sender did not get to, or was refused */
    uint64_t received;    /* at the receiver, by sequence number */
    uint64_t answered_ns; /* from the start to the last answer */
    uint64_t lost;        /* likewise: numbers that never came, long enough after the last was sent */

    /* Of the pacers, added up (most_behind_ns: the largest). */
    uint64_t late;
    uint64_t most_behind_ns;

    struct histogram *latency; /* given empty by the caller: merged from the threads' own; from the scheduled time */
};

struct bench_system {
    const char *name; /* "dpdk", "kernel" */
    const char *wire; /* what it goes over, for every title and report: "memif (IPC)", "veth", "loopback" */
    /*
     * Offers the load, waits until what is under way has come or is lost, and fills the result. Returns after about the
     * load's duration. False where it could not be done at all, with a line that says why; loss is no failure.
     */
    bool (*offer)(struct bench_system *system, const struct load *load, struct load_result *result,
                  struct failure *why);
};

#endif
