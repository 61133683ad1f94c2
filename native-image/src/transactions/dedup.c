#include "transactions/dedup.h"

#include <string.h>

size_t dedup_bytes(uint32_t tags) {
    if (tags < 2 || tags > DEDUP_MAX_TAGS || (tags & (tags - 1)) != 0) return 0;
    size_t bytes = 3 * sizeof(uint64_t) * tags; /* ring and a map twice as large */
    return (bytes + 63) / 64 * 64;
}

void dedup_init(struct dedup *dedup, void *memory, uint32_t tags) {
    uint64_t *words = memory;
    *dedup = (struct dedup){
        .map = words,
        .ring = words + 2 * (size_t)tags,
        .ring_mask = tags - 1,
        .map_mask = 2 * tags - 1,
        .shift = 64 - (uint32_t)__builtin_ctz(2 * tags),
    };
    memset(memory, 0, dedup_bytes(tags));
}

/* Where a tag is, or the empty place at which a search for it ends. There is one: the map is half full at most. */
static uint32_t find(const struct dedup *dedup, uint64_t tag) {
    uint32_t at = (uint32_t)(tag >> dedup->shift);
    while (dedup->map[at] != tag && dedup->map[at] != 0) at = (at + 1) & dedup->map_mask;
    return at;
}

bool dedup_seen(const struct dedup *dedup, uint64_t tag) {
    return dedup->map[find(dedup, tag)] == tag;
}

void dedup_forget(struct dedup *dedup, uint64_t tag) {
    uint32_t hole = find(dedup, tag);
    if (dedup->map[hole] == 0) return;
    for (uint32_t at = (hole + 1) & dedup->map_mask; dedup->map[at] != 0; at = (at + 1) & dedup->map_mask) {
        uint32_t place = (uint32_t)(dedup->map[at] >> dedup->shift);
        /* It may move into the hole if that is no further from its place, going round, than where it is now. */
        if (((at - place) & dedup->map_mask) < ((at - hole) & dedup->map_mask)) continue;
        dedup->map[hole] = dedup->map[at];
        hole = at;
    }
    dedup->map[hole] = 0;
}

void dedup_remember(struct dedup *dedup, uint64_t tag) {
    if (dedup_seen(dedup, tag)) return;
    uint64_t *oldest = &dedup->ring[dedup->next];
    if (*oldest != 0) dedup_forget(dedup, *oldest);
    *oldest = tag;
    dedup->next = (dedup->next + 1) & dedup->ring_mask;
    dedup->map[find(dedup, tag)] = tag;
}

void dedup_prefetch(const struct dedup *dedup, uint64_t tag, uint32_t ahead) {
    uint64_t oldest = dedup->ring[(dedup->next + ahead) & dedup->ring_mask];
    __builtin_prefetch(&dedup->map[tag >> dedup->shift], 1);
    __builtin_prefetch(&dedup->map[oldest >> dedup->shift], 1);
}
