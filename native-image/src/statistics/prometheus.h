#ifndef PANTHEON_STATISTICS_PROMETHEUS_H
#define PANTHEON_STATISTICS_PROMETHEUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Prometheus' text exposition format 0.0.4, written from a table: one row a metric, with what is read for each of its
 * samples. Pure: numbers and texts in, bytes out, nothing allocated.
 *
 * https://prometheus.io/docs/instrumenting/exposition_formats and .../practices/naming: base units (seconds), `_total`
 * behind counters, and a metric that can fall is a gauge.
 */
#define PROMETHEUS_CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

enum metric_type { METRIC_GAUGE, METRIC_COUNTER };

#define METRIC_LABELS 2u

/* One line. */
struct metric_sample {
    const char *values[METRIC_LABELS]; /* of the labels; any UTF-8 text */
    char number[12];                   /* room for a value that is a number: metric_sample_number */
    uint64_t value;
    unsigned decimals; /* of value: 6 where it counts millionths; 18 at most */
};

/* What is read; whoever writes a table says what it is. */
struct metrics;

struct metric {
    const char *name;
    const char *help;
    enum metric_type type;
    const char *labels[METRIC_LABELS];                /* their names, NULL behind the last */
    unsigned (*count)(const struct metrics *metrics); /* of samples; NULL: one */
    /* The index-th sample, zeroed before. False: there is none, and its line is left out. */
    bool (*read)(const struct metric *metric, const struct metrics *metrics, unsigned index,
                 struct metric_sample *sample);
    size_t member; /* `read`'s own: where it finds the number */
};

/* Makes `value` the first label's value. */
void metric_sample_number(struct metric_sample *sample, unsigned value);

/*
 * Writes every metric that has a sample. False where `room` bytes are not enough: then what was written is of no use,
 * since a scraper would take what is missing for what has ended.
 */
bool prometheus_write(const struct metric *table, size_t count, const struct metrics *metrics, char *to, size_t room,
                      size_t *length);

#endif
