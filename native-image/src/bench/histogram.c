#include "bench/histogram.h"

#include <stdlib.h>
#include <string.h>

struct histogram *histogram_make(void) {
    struct histogram *histogram = aligned_alloc(64, (sizeof *histogram + 63) / 64 * 64);
    if (histogram != NULL) histogram_clear(histogram);
    return histogram;
}

void histogram_release(struct histogram *histogram) {
    free(histogram);
}

void histogram_clear(struct histogram *histogram) {
    memset(histogram, 0, sizeof *histogram);
}

void histogram_merge(struct histogram *into, const struct histogram *from) {
    if (from->count == 0) return;
    if (into->count == 0 || from->least < into->least) into->least = from->least;
    if (from->most > into->most) into->most = from->most;
    into->count += from->count;
    into->beyond += from->beyond;
    for (unsigned slot = 0; slot < HISTOGRAM_SLOTS; slot++) into->slots[slot] += from->slots[slot];
}

static unsigned bucket_of(unsigned slot) {
    return slot < 2u << HISTOGRAM_SUB_BITS ? 0 : (slot >> HISTOGRAM_SUB_BITS) - 1;
}

static uint64_t smallest_of(unsigned slot) {
    unsigned bucket = bucket_of(slot);
    return (uint64_t)(slot - (bucket << HISTOGRAM_SUB_BITS)) << bucket;
}

static uint64_t largest_of(unsigned slot) {
    return smallest_of(slot) + (1ull << bucket_of(slot)) - 1;
}

uint64_t histogram_value_at(const struct histogram *histogram, uint32_t parts) {
    __extension__ typedef unsigned __int128 wide;
    if (histogram->count == 0) return 0;
    uint64_t rank = (uint64_t)(((wide)histogram->count * parts + 999999) / 1000000), so_far = 0;
    if (rank == 0) rank = 1;
    if (rank > histogram->count) rank = histogram->count;
    unsigned slot = 0;
    while ((so_far += histogram->slots[slot]) < rank) slot++;
    uint64_t value = largest_of(slot);
    return value < histogram->most ? value : histogram->most;
}

double histogram_mean(const struct histogram *histogram) {
    double sum = 0;
    if (histogram->count == 0) return 0;
    for (unsigned slot = 0; slot < HISTOGRAM_SLOTS; slot++)
        sum += (double)histogram->slots[slot] * ((double)smallest_of(slot) + (double)largest_of(slot)) / 2;
    return sum / (double)histogram->count;
}

static void slots_json(struct json *json, const struct histogram *histogram) {
    json_array(json, "slots");
    for (unsigned slot = 0; slot < HISTOGRAM_SLOTS; slot++) {
        if (histogram->slots[slot] == 0) continue;
        json_row(json, NULL);
        json_whole(json, NULL, largest_of(slot));
        json_whole(json, NULL, histogram->slots[slot]);
        json_end(json);
    }
    json_end(json);
}

void histogram_json(struct json *json, const char *key, const struct histogram *histogram) {
    static const struct {
        const char *name;
        uint32_t parts;
    } SHOWN[] = {{"50", 500000},   {"90", 900000},    {"95", 950000},    {"99", 990000},
                 {"99.9", 999000}, {"99.99", 999900}, {"99.999", 999990}};
    json_object(json, key);
    json_whole(json, "count", histogram->count);
    json_whole(json, "least_ns", histogram->least);
    json_number(json, "mean_ns", histogram_mean(histogram));
    json_whole(json, "most_ns", histogram->most);
    json_whole(json, "beyond", histogram->beyond);
    json_object(json, "percentiles_ns");
    for (unsigned i = 0; i < sizeof SHOWN / sizeof SHOWN[0]; i++)
        json_whole(json, SHOWN[i].name, histogram_value_at(histogram, SHOWN[i].parts));
    json_end(json);
    slots_json(json, histogram);
    json_end(json);
}
