#include "protocol/peers.h"

#include <stdlib.h>

static int compare(const void *a, const void *b) {
    const struct peer *first = a, *second = b;
    return endpoint_compare(&first->endpoint, &second->endpoint);
}

void peers_sort(struct peer *list, size_t count) {
    if (count > 1) qsort(list, count, sizeof *list, compare);
}

size_t peers_find(const struct peers *peers, const struct endpoint *endpoint) {
    size_t low = 0, high = peers->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = endpoint_compare(endpoint, &peers->list[middle].endpoint);
        if (order == 0) return middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return PEERS_UNKNOWN;
}
