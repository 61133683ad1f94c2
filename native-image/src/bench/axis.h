#ifndef PANTHEON_BENCH_AXIS_H
#define PANTHEON_BENCH_AXIS_H

#include <stdbool.h>

/* One axis of a picture: from values to pixels, and where its ticks stand. */
struct axis {
    double low; /* values at the ends */
    double high;
    double from; /* pixels there */
    double to;
    bool logarithmic;
};

#define AXIS_MOST_TICKS 128u

struct axis_tick {
    double value;
    bool labelled; /* the others are thin lines between */
};

/* From 0 to the first tick at or above `high`. */
struct axis axis_linear(double high, double from, double to);

/* From a tick at or below `low` to one at or above `high`; both above 0. At least a factor of ten. */
struct axis axis_logarithmic(double low, double high, double from, double to);

double axis_at(const struct axis *axis, double value);

/*
 * Upwards. Of a linear axis each 1, 2 or 5 times a power of ten, about six in all. Of a logarithmic one the powers of
 * ten are labelled, up to two decades 2 and 5 times them, too; above eight only each second or third power.
 */
unsigned axis_ticks(const struct axis *axis, struct axis_tick ticks[AXIS_MOST_TICKS]);

#endif
