#ifndef PANTHEON_MAIN_PAGES_H
#define PANTHEON_MAIN_PAGES_H

#include "main/plane.h"
#include "statistics/metrics.h"
#include "statistics/scrape.h"

/* What a plane shows to Prometheus: filled in from its counters and ports when somebody asks, on the control thread. */
struct pages {
    struct scrape_pages scrape; /* first: this is how scrape.h hands it back */
    const struct plane *plane;
    const char *network_id;
    uint64_t started_ns;    /* CLOCK_MONOTONIC */
    struct metrics metrics; /* reloads and refused_reloads are whoever reloads' to count */
};

void pages_open(struct pages *pages, const struct plane *plane, const char *network_id);

#endif
