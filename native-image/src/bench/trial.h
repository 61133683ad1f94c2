#ifndef PANTHEON_BENCH_TRIAL_H
#define PANTHEON_BENCH_TRIAL_H

#include "bench/cost.h"
#include "bench/disturbance.h"
#include "bench/progress.h"
#include "bench/search.h"
#include "bench/system.h"

/* One offer of load with everything that is watched around it, and the search made of such trials. */

/* How each trial is run. */
struct trial_setting {
    const char *proc;          /* "/proc" */
    double most_steal;         /* a share of one CPU, disturbance.h */
    struct progress *progress; /* NULL: silent */
};

enum trial_verdict {
    TRIAL_COUNTS,
    TRIAL_DISCARDED, /* disturbed: run it again; `why` says by what */
    TRIAL_FAILED,    /* could not be run, or its counts contradict one another; `why` says so */
};

struct trial {
    struct load load;
    struct load_result result; /* its histogram is the caller's, and emptied first */
    struct cost cost;
    struct disturbance disturbance;
};

/* `trial->load` and `trial->result.latency` are given. */
enum trial_verdict trial_run(struct bench_system *system, const struct trial_setting *setting, struct trial *trial,
                             struct failure *why);

/* Of what was offered. */
double trial_loss(const struct trial *trial);

void trial_json(struct json *json, const char *key, const struct bench_system *system, const struct trial *trial);

/*
 * Runs a started search to its end. False where a trial failed; that trials were discarded, or that it did not
 * converge, is in its answers. `trial` is where each of them is made, and holds the last one.
 */
bool trial_search(struct bench_system *system, const struct trial_setting *setting, struct search *search,
                  struct trial *trial, struct failure *why);

#endif
