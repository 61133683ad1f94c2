#include "bench/spread.h"

#include <stdlib.h>

void comparison_start(struct comparison *comparison, unsigned pairs, unsigned most_discarded) {
    *comparison = (struct comparison){.wanted = pairs < SPREAD_MOST_PAIRS ? pairs : SPREAD_MOST_PAIRS,
                                      .most_discarded = most_discarded};
}

bool comparison_next(const struct comparison *comparison, enum side *side) {
    bool b_is_first = comparison->count % 2 == 1;
    *side = b_is_first != comparison->half ? SIDE_B : SIDE_A;
    return comparison->count < comparison->wanted && comparison->discarded <= comparison->most_discarded;
}

void comparison_report(struct comparison *comparison, double value) {
    enum side side;
    if (!comparison_next(comparison, &side)) return;
    struct spread_pair *pair = &comparison->pairs[comparison->count];
    *(side == SIDE_A ? &pair->a : &pair->b) = value;
    if (comparison->half) comparison->count++;
    comparison->half = !comparison->half;
}

void comparison_discard(struct comparison *comparison) {
    comparison->discarded += comparison->half ? 2 : 1;
    comparison->half = false;
}

static int by_size(const void *a, const void *b) {
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static double median(const double *sorted, unsigned count) {
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
}

double spread_median(double *values, unsigned count) {
    qsort(values, count, sizeof *values, by_size);
    return median(values, count);
}

/* That fewer than `cut` of n throws of a coin show heads. */
static double fewer_heads(unsigned n, unsigned cut) {
    double chance = 1, sum = 0; /* of k heads, times 2^n */
    for (unsigned k = 0; k < cut; k++) {
        sum += chance;
        chance = chance * (n - k) / (k + 1);
    }
    for (unsigned i = 0; i < n; i++) sum /= 2;
    return sum;
}

/* How many ratios may be left out at each end. */
static unsigned trimmed(unsigned n) {
    unsigned cut = 0;
    while (2 * (cut + 1) < n && 1 - 2 * fewer_heads(n, cut + 2) >= SPREAD_CONFIDENCE) cut++;
    return cut;
}

bool comparison_spread(const struct comparison *comparison, struct spread *spread) {
    double a[SPREAD_MOST_PAIRS], b[SPREAD_MOST_PAIRS], ratios[SPREAD_MOST_PAIRS];
    unsigned count = comparison->count;
    if (count == 0) return false;
    for (unsigned i = 0; i < count; i++) {
        a[i] = comparison->pairs[i].a;
        b[i] = comparison->pairs[i].b;
        ratios[i] = b[i] / a[i];
    }
    qsort(a, count, sizeof *a, by_size);
    qsort(b, count, sizeof *b, by_size);
    qsort(ratios, count, sizeof *ratios, by_size);
    unsigned cut = trimmed(count);
    *spread = (struct spread){.pairs = count,
                              .discarded = comparison->discarded,
                              .median_a = median(a, count),
                              .median_b = median(b, count),
                              .pair_ratio = median(ratios, count),
                              .low = ratios[cut],
                              .high = ratios[count - 1 - cut],
                              .confidence = 1 - 2 * fewer_heads(count, cut + 1)};
    spread->ratio = spread->median_b / spread->median_a;
    spread->agrees = spread->ratio >= spread->low && spread->ratio <= spread->high;
    return true;
}

void comparison_json(struct json *json, const char *key, const struct comparison *comparison) {
    struct spread spread;
    bool some = comparison_spread(comparison, &spread);
    json_object(json, key);
    json_whole(json, "pairs_wanted", comparison->wanted);
    json_whole(json, "pairs", comparison->count);
    json_whole(json, "runs_discarded", comparison->discarded);
    if (some) {
        json_number(json, "median_a", spread.median_a);
        json_number(json, "median_b", spread.median_b);
        json_number(json, "ratio", spread.ratio);
        json_number(json, "pair_ratio", spread.pair_ratio);
        json_number(json, "low", spread.low);
        json_number(json, "high", spread.high);
        json_number(json, "confidence", spread.confidence);
        json_truth(json, "agrees", spread.agrees);
    }
    json_array(json, "values");
    for (unsigned i = 0; i < comparison->count; i++) {
        json_row(json, NULL);
        json_number(json, NULL, comparison->pairs[i].a);
        json_number(json, NULL, comparison->pairs[i].b);
        json_end(json);
    }
    json_end(json);
    json_end(json);
}
