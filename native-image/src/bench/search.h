#ifndef PANTHEON_BENCH_SEARCH_H
#define PANTHEON_BENCH_SEARCH_H

#include <stdbool.h>
#include <stdint.h>

#include "bench/json.h"

/*
 * The largest rate at which no more than a given share of packets is lost: NDR (none) and PDR (0.5 %, FD.io's share),
 * found by trials, as FD.io's MLRsearch does it (draft-ietf-bmwg-mlrsearch), simplified. Pure: it says which trial
 * comes next and is told how it went; it sends nothing and knows no clock.
 *
 *     search_start(&search, &settings);
 *     while (search_next(&search, &trial)) { … run it … search_report(&search, &outcome) or search_discard(&search); }
 *     search_answer(&search, goal)
 *
 * How: every trial is bad or good for a goal. What is lost counts as lost wherever it was, also what the sender did not
 * get to send: a rate that was not offered was not carried. A rate is a lower bound when even with nothing but bad
 * seconds to come no more than the goal's share of `sum_ns` could be bad, an upper bound when more than that already
 * is; until then it is tried again. Among contradicting bounds the upper one is believed: what is reported is the rate
 * below it.
 *
 * Confidence grows in phases: one short trial a rate and four times the width first, then longer ones, in the end full
 * length, full sum, full width. Each phase first tries the bounds of the one before again. Within a phase: from the
 * last decided rate in steps that grow fourfold (galloping; Bentley and Yao 1976), then the geometric middle. The first
 * trial is at the highest rate, the second just below what came through it. Trials for one goal count for the others.
 *
 * Left out of MLRsearch: the two goals do not take turns, and short trials count for nothing once longer ones are asked
 * for.
 */
#define SEARCH_MOST_TRIALS 256u
#define SEARCH_MOST_GOALS 2u
#define SEARCH_PHASES 3u

struct search_goal {
    const char *name;    /* "NDR" */
    double loss_ratio;   /* a trial that lost a larger share of what was offered is bad */
    double exceed_ratio; /* how much of sum_ns may be bad; below 1 */
};

struct search_settings {
    uint64_t least_rate; /* packets a second; above 0 */
    uint64_t most_rate;
    double width; /* how far apart the bounds may be in the end: (upper - lower) / upper */
    uint64_t first_trial_ns;
    uint64_t last_trial_ns;
    uint64_t sum_ns;         /* how long a rate is tried altogether in the last phase */
    unsigned most_trials;    /* SEARCH_MOST_TRIALS at most; then what is known so far is the answer */
    unsigned most_discarded; /* trials that did not count; then likewise */
    unsigned goal_count;
    struct search_goal goals[SEARCH_MOST_GOALS]; /* the strictest first */
};

/*
 * MLRsearch's own values (its library's defaults): widths of 0.5 %, half of the seconds may be bad, two coarser phases.
 * Its sum is 61 s and its last trial 5 s; ours are 6 and 2, for a search on a shared machine must end within minutes:
 * with half of the seconds allowed to be bad that is two trials of three. So at an NDR one of three may have lost
 * something: `bad_ns` and `worst_loss` of its answer say so; an exceed_ratio of 0 allows none. At most 80 trials, twice
 * what a system whose loss sets in slowly needs, and a quarter of that discarded.
 */
struct search_settings search_defaults(uint64_t least_rate, uint64_t most_rate);

struct search_trial {
    uint64_t rate;
    uint64_t duration_ns;
};

struct search_outcome {
    uint64_t offered; /* what the rate and the duration ask for */
    uint64_t sent;
    uint64_t received; /* once each, at the receiver */
};

enum search_state {
    SEARCH_RUNNING,
    SEARCH_CONVERGED,     /* both bounds, and no further apart than `width` */
    SEARCH_AT_MOST_RATE,  /* the highest rate asked for is a lower bound: the truth may be above it */
    SEARCH_BELOW_LEAST,   /* the lowest rate asked for is an upper bound already */
    SEARCH_OUT_OF_TRIALS, /* not converged: bounds are what was known by then */
    SEARCH_DISTURBED,     /* not converged: too many trials were discarded */
};

struct search_answer {
    enum search_state state;
    unsigned phase; /* whose bounds these are; SEARCH_PHASES - 1 where it converged */
    uint64_t lower; /* 0: there is none */
    uint64_t upper; /* 0: there is none */
    double width;   /* 1 where one of them is missing */
    /* Of the lower bound's trials that were long enough: */
    uint64_t good_ns;
    uint64_t bad_ns;
    double worst_loss;
    bool sender_bound; /* at the upper bound the sender did not keep up: a faster one may find more */
};

struct search_load {
    uint64_t rate;
    uint64_t good_ns[SEARCH_MOST_GOALS][SEARCH_PHASES];
    uint64_t bad_ns[SEARCH_MOST_GOALS][SEARCH_PHASES];
    double worst_loss[SEARCH_PHASES];
    bool sender_bound;
};

struct search {
    struct search_settings settings;
    struct search_load loads[SEARCH_MOST_TRIALS];
    unsigned load_count;
    unsigned trials;
    unsigned discarded;
    uint64_t tried_ns; /* of all trials that counted */

    unsigned goal;         /* being searched for */
    unsigned phase;        /* of it */
    unsigned leaps;        /* how often the step grew since the phase began */
    uint64_t last;         /* the rate decided last; 0 at a phase's start */
    uint64_t came_through; /* of the highest rate's trial: packets a second */
    bool guessed;          /* the rate just below that has been tried */
    enum search_state states[SEARCH_MOST_GOALS];
    struct search_trial trial; /* the one that search_next has named */
};

void search_start(struct search *search, const struct search_settings *settings);

/* False where the search has ended. Says the same again until it is reported or discarded. */
bool search_next(struct search *search, struct search_trial *trial);

void search_report(struct search *search, const struct search_outcome *outcome);

/* The trial was disturbed (disturbance.h): it counts for nothing and comes again. */
void search_discard(struct search *search);

/* At any time: what is known so far. */
struct search_answer search_answer(const struct search *search, unsigned goal);

/* `converged`, `out of trials`, … */
const char *search_state_name(enum search_state state);

/* {goal, loss_ratio, exceed_ratio, state, lower, upper, width, …} for each goal, the trials and those discarded. */
void search_json(struct json *json, const char *key, const struct search *search);

#endif
