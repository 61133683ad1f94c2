#include "protocol/peers.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "net/bytes.h"
#include "protocol/header.h"

enum { HINT_AT = 8 }; /* in our header */

static int compare(const void *a, const void *b) {
    const struct peer *first = a, *second = b;
    return endpoint_compare(&first->endpoint, &second->endpoint);
}

void peers_sort(struct peer *list, size_t count) {
    if (count > 1) qsort(list, count, sizeof *list, compare);
}

/*
 * Multiply and shift, with the constants of SplitMix64 (Steele, Lea, Flood, 2014). No secret in it: only the operator
 * chooses what is in the table, so a stranger finds the longest run of full slots at worst, which is a few.
 */
static uint64_t hash(const struct endpoint *endpoint) {
    uint64_t words[2];
    uint32_t rest;
    memcpy(words, endpoint->address, sizeof words);
    memcpy(&rest, (const uint8_t *)endpoint + sizeof words, sizeof rest);
    uint64_t sum = words[0] * 0x9e3779b97f4a7c15;
    sum = ((sum ^ sum >> 32) + words[1]) * 0xbf58476d1ce4e5b9;
    sum = ((sum ^ sum >> 29) + rest) * 0x94d049bb133111eb;
    return sum ^ sum >> 32;
}

/* A slot: the upper half of the hash, so that others are told apart without a look at their endpoints; 1 + the index.
 */
static uint64_t slot_of(uint64_t sum, size_t index) {
    return (sum & 0xffffffff00000000) | (index + 1);
}

/* Half empty at least: a search that fails ends after 2.5 slots on average (Knuth, volume 3, 6.4). */
size_t peers_slots(size_t count) {
    size_t slots = 2;
    while (slots < 2 * count) slots *= 2;
    return slots;
}

void peers_index(struct peers *peers, uint64_t *slots) {
    size_t mask = peers_slots(peers->count) - 1;
    memset(slots, 0, (mask + 1) * sizeof *slots);
    for (size_t i = 0; i < peers->count; i++) {
        uint64_t sum = hash(&peers->list[i].endpoint);
        size_t at = sum & mask;
        while (slots[at] != 0) at = (at + 1) & mask;
        slots[at] = slot_of(sum, i);
    }
    peers->slots = slots;
    peers->mask = mask;
}

static bool is_at(const struct peers *peers, size_t index, const struct endpoint *endpoint) {
    return endpoint_compare(&peers->list[index].endpoint, endpoint) == 0;
}

static size_t find_in_slots(const struct peers *peers, const struct endpoint *endpoint) {
    uint64_t sum = hash(endpoint);
    for (size_t at = sum & peers->mask; peers->slots[at] != 0; at = (at + 1) & peers->mask) {
        size_t index = (uint32_t)peers->slots[at] - 1;
        if (peers->slots[at] == slot_of(sum, index) && is_at(peers, index, endpoint)) return index;
    }
    return PEERS_UNKNOWN;
}

size_t peers_find(const struct peers *peers, const struct endpoint *endpoint) {
    if (peers->slots != NULL) return find_in_slots(peers, endpoint);
    if (peers->count == 0) return PEERS_UNKNOWN; /* and perhaps no list, which bsearch wants */
    const struct peer key = {.endpoint = *endpoint};
    const struct peer *found = bsearch(&key, peers->list, peers->count, sizeof key, compare);
    return found == NULL ? PEERS_UNKNOWN : (size_t)(found - peers->list);
}

size_t peers_find_sender(const struct peers *peers, const struct endpoint *sender, const uint8_t *bytes,
                         size_t length) {
    if (length >= HEADER_BYTES) {
        size_t hint = bytes_read16(bytes + HINT_AT);
        if (hint < peers->count && is_at(peers, hint, sender)) return hint;
    }
    return peers_find(peers, sender);
}

void peers_match(const struct peers *old, const struct peers *next, uint32_t *from, uint32_t *to) {
    size_t o = 0, n = 0;
    while (o < old->count || n < next->count) {
        int order = o == old->count    ? 1
                    : n == next->count ? -1
                                       : endpoint_compare(&old->list[o].endpoint, &next->list[n].endpoint);
        if (order <= 0) to[o] = order == 0 ? (uint32_t)n : PEERS_NOBODY;
        if (order >= 0) from[n] = order == 0 ? (uint32_t)o : PEERS_NOBODY;
        o += order <= 0;
        n += order >= 0;
    }
}
