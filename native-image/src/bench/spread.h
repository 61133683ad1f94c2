#ifndef PANTHEON_BENCH_SPREAD_H
#define PANTHEON_BENCH_SPREAD_H

#include <stdbool.h>

#include "bench/json.h"

/*
 * Two sides measured in turns, A B, B A, A B, …: what changes slowly on a machine (other guests, temperature) is on
 * both sides of a pair, and which side is first is on both sides of the row. One figure a run comes out of it: a ratio
 * B / A with its spread. Pure: it says whose turn it is and is told the values.
 *
 * The spread is an interval of confidence for the median of the pairs' own ratios, from their order alone: no
 * assumption but that pairs do not depend on one another (Le Boudec, Performance Evaluation of Computer and
 * Communication Systems, theorem 2.1: the j-th smallest to the j-th largest of n, with a confidence from the binomial
 * distribution). With fewer than six pairs even the whole range, smallest to largest, has less than 95 %; `confidence`
 * says what it has. No bootstrap: with so few pairs its intervals are too narrow.
 */
#define SPREAD_CONFIDENCE 0.95
#define SPREAD_MOST_PAIRS 100u
#define SPREAD_PAIRS 6u /* the fewest whose range has 95 %: 1 - 2 / 2^6 = 96.9 % */

struct spread_pair {
    double a;
    double b;
};

struct comparison {
    struct spread_pair pairs[SPREAD_MOST_PAIRS];
    unsigned wanted;
    unsigned count;     /* whole pairs */
    unsigned discarded; /* runs */
    unsigned most_discarded;
    bool half; /* the pair's first run is there */
};

enum side { SIDE_A, SIDE_B };

struct spread {
    unsigned pairs;
    unsigned discarded;
    double median_a;
    double median_b;
    double ratio;      /* median_b / median_a */
    double pair_ratio; /* median of b / a */
    double low;        /* of the pairs' ratios */
    double high;
    double confidence; /* that the median of all such pairs lies between them; 0 with one pair */
    bool agrees; /* `ratio` lies between them, too. Else the machine changed more between pairs than sides differ */
};

/* `pairs` from 1 to SPREAD_MOST_PAIRS. */
void comparison_start(struct comparison *comparison, unsigned pairs, unsigned most_discarded);

/* Whose run is next. False where there are enough pairs, or too many runs were discarded. */
bool comparison_next(const struct comparison *comparison, enum side *side);

/* What that run has measured; above 0. */
void comparison_report(struct comparison *comparison, double value);

/* That run was disturbed. The whole pair is run again: its other half was measured at another time. */
void comparison_discard(struct comparison *comparison);

/* Of the whole pairs so far. False where there is none. */
bool comparison_spread(const struct comparison *comparison, struct spread *spread);

/* The middle of `count` values, 1 or more, which are put in order. */
double spread_median(double *values, unsigned count);

/* Everything of it, and the pairs themselves. */
void comparison_json(struct json *json, const char *key, const struct comparison *comparison);

#endif
