#ifndef PANTHEON_BENCH_PLOT_H
#define PANTHEON_BENCH_PLOT_H

#include <stdbool.h>
#include <stdio.h>

/* The two pictures of a report, as SVG. Each writes a whole file; whether it could is the file's to say (ferror). */

enum plot_percentile { PLOT_MEDIAN, PLOT_99, PLOT_99_9, PLOT_PERCENTILES };

struct plot_point {
    double load;                         /* offered, a second; above 0 */
    double latency_ns[PLOT_PERCENTILES]; /* 0: nothing came */
    bool lossy;                          /* drawn hollow */
};

struct plot_side {
    const char *name;
    const struct plot_point *points; /* by rising load */
    unsigned count;
    double largest; /* rate that it carries; 0: not known */
};

#define PLOT_MOST_SIDES 4u

/*
 * Latency against offered load, all backends in one picture: a colour each, a line a percentile. Latency is
 * logarithmic; load is too, where one side's goes ten times as far as another's, for that one would be a stroke at the
 * left edge.
 */
struct plot_latency {
    const char *title;
    const char *subtitle;  /* the wire, the packet's size, how often */
    const char *load_name; /* `packets`: the axis says `offered load, packets a second` */
    struct plot_side sides[PLOT_MOST_SIDES];
    unsigned side_count;
};

void plot_latency(FILE *file, const struct plot_latency *plot);

struct plot_ratio {
    const char *name; /* 40 characters */
    const char *note; /* below it, small: what was measured on what; 46 characters, NULL: none */
    double ratio;     /* 0: not measured, and said so */
    double low;       /* spread.h */
    double high;
    double goal; /* 0: none, only published */
    double seed; /* the figure of the document that this is measured against; 0: none */
    bool less_is_better;
};

/* Each comparison's ratio as a bar from 1, its spread as whiskers, goals and the seed's own figures as marks. */
struct plot_ratios {
    const char *title;
    const char *subtitle; /* what is divided by what */
    const struct plot_ratio *rows;
    unsigned count;
};

void plot_ratios(FILE *file, const struct plot_ratios *plot);

/* Whether its goal was reached; true where there is none. */
bool plot_ratio_reached(const struct plot_ratio *row);

#endif
