#include "statistics/prometheus.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct writer {
    char *to;
    size_t room;
    size_t length;
    bool whole;
};

static void put(struct writer *writer, const char *text, size_t length) {
    if (!writer->whole || length > writer->room - writer->length) {
        writer->whole = false;
        return;
    }
    memcpy(writer->to + writer->length, text, length);
    writer->length += length;
}

static void put_text(struct writer *writer, const char *text) {
    put(writer, text, strlen(text));
}

/* `\`, the end of a line and, in the values of labels, `"` are escaped; nothing else is. */
static void put_escaped(struct writer *writer, const char *text, const char *special) {
    while (*text != '\0') {
        size_t plain = strcspn(text, special);
        put(writer, text, plain);
        text += plain;
        if (*text == '\0') return;
        put(writer, (char[]){'\\', *text == '\n' ? 'n' : *text}, 2);
        text++;
    }
}

static void put_header(struct writer *writer, const struct metric *metric) {
    put_text(writer, "# HELP ");
    put_text(writer, metric->name);
    put_text(writer, " ");
    put_escaped(writer, metric->help, "\\\n");
    put_text(writer, "\n# TYPE ");
    put_text(writer, metric->name);
    put_text(writer, metric->type == METRIC_COUNTER ? " counter\n" : " gauge\n");
}

static void put_labels(struct writer *writer, const struct metric *metric, const struct metric_sample *sample) {
    if (metric->labels[0] == NULL) return;
    for (unsigned i = 0; i < METRIC_LABELS && metric->labels[i] != NULL; i++) {
        put_text(writer, i == 0 ? "{" : ",");
        put_text(writer, metric->labels[i]);
        put_text(writer, "=\"");
        put_escaped(writer, sample->values[i], "\\\n\"");
        put_text(writer, "\"");
    }
    put_text(writer, "}");
}

/* Whole numbers and a point put into them: no floating point, so nothing is rounded and no locale can say otherwise. */
static void put_value(struct writer *writer, const struct metric_sample *sample) {
    char text[48];
    uint64_t unit = 1;
    for (unsigned i = 0; i < sample->decimals; i++) unit *= 10;
    int length = snprintf(text, sizeof text, " %" PRIu64, sample->value / unit);
    if (sample->decimals > 0)
        length += snprintf(text + length, sizeof text - (size_t)length, ".%0*" PRIu64, (int)sample->decimals,
                           sample->value % unit);
    put(writer, text, (size_t)length);
    put_text(writer, "\n");
}

static void put_metric(struct writer *writer, const struct metric *metric, const struct metrics *metrics) {
    unsigned count = metric->count == NULL ? 1 : metric->count(metrics);
    bool begun = false;
    for (unsigned i = 0; i < count && writer->whole; i++) {
        struct metric_sample sample = {.decimals = 0};
        if (!metric->read(metric, metrics, i, &sample)) continue;
        if (!begun) put_header(writer, metric);
        begun = true;
        put_text(writer, metric->name);
        put_labels(writer, metric, &sample);
        put_value(writer, &sample);
    }
}

void metric_sample_number(struct metric_sample *sample, unsigned value) {
    snprintf(sample->number, sizeof sample->number, "%u", value);
    sample->values[0] = sample->number;
}

bool prometheus_write(const struct metric *table, size_t count, const struct metrics *metrics, char *to, size_t room,
                      size_t *length) {
    struct writer writer = {.to = to, .room = room, .whole = true};
    for (size_t i = 0; i < count; i++) put_metric(&writer, &table[i], metrics);
    *length = writer.length;
    return writer.whole;
}
