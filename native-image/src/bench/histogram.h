#ifndef PANTHEON_BENCH_HISTOGRAM_H
#define PANTHEON_BENCH_HISTOGRAM_H

#include <stdint.h>

#include "bench/json.h"

/*
 * Latencies, every one of them counted: Gil Tene's HDR histogram (hdrhistogram.org), log-linear. Each power of two is
 * cut into 1,024 slots of one width (below 2,048 ns: 1 ns), so a value is known to three digits from 1 ns to 100 s:
 * what is read is never below what was recorded, and above it by less than a thousandth.
 *
 * One a thread, no locks: the thread records, and merges are made when it has ended. Recording is a few instructions,
 * without a system call or a page fault (histogram_make touches every page).
 */
#define HISTOGRAM_MOST_NS 100000000000ull
#define HISTOGRAM_SUB_BITS 10u /* 2^10 slots are the first power of two with 1,000 steps, three digits */
#define HISTOGRAM_BUCKETS 27u  /* 2,048 * 2^26 is the first to be above HISTOGRAM_MOST_NS */
#define HISTOGRAM_SLOTS ((HISTOGRAM_BUCKETS + 1) << HISTOGRAM_SUB_BITS)

struct histogram {
    uint64_t count;
    uint64_t least; /* exact, as is `most`; 0 while nothing was recorded */
    uint64_t most;
    uint64_t beyond; /* longer than HISTOGRAM_MOST_NS: counted in the last slot, and said so */
    uint64_t slots[HISTOGRAM_SLOTS];
};

/* Empty. NULL where there is no memory. */
struct histogram *histogram_make(void);
void histogram_release(struct histogram *histogram);
void histogram_clear(struct histogram *histogram);

static inline unsigned histogram_slot(uint64_t ns) {
    unsigned bucket = 63u - HISTOGRAM_SUB_BITS - (unsigned)__builtin_clzll(ns | ((2u << HISTOGRAM_SUB_BITS) - 1));
    return (bucket << HISTOGRAM_SUB_BITS) + (unsigned)(ns >> bucket);
}

static inline void histogram_record(struct histogram *histogram, uint64_t ns) {
    if (histogram->count++ == 0 || ns < histogram->least) histogram->least = ns;
    if (ns > histogram->most) histogram->most = ns;
    if (ns > HISTOGRAM_MOST_NS) {
        histogram->beyond++;
        ns = HISTOGRAM_MOST_NS;
    }
    histogram->slots[histogram_slot(ns)]++;
}

/* Adds all of `from` to `into`. */
void histogram_merge(struct histogram *into, const struct histogram *from);

/*
 * The value that `parts` of a million values are not above: 500000 is the median, 999000 the 99.9th percentile. Whole
 * numbers, so that the rank is exact. Where `beyond` is not 0, an answer of 100 s means 100 s or more. 0 if empty.
 */
uint64_t histogram_value_at(const struct histogram *histogram, uint32_t parts);

/* Of the middles of the slots: within a two-thousandth of the truth. 0 if empty. */
double histogram_mean(const struct histogram *histogram);

/*
 * {count, least_ns, mean_ns, most_ns, beyond, percentiles_ns: {"50": …}, slots: [[largest ns of the slot, count], …]}:
 * the slots that are not empty, so that what was measured can be merged and drawn again.
 */
void histogram_json(struct json *json, const char *key, const struct histogram *histogram);

#endif
