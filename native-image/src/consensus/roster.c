#include "consensus/roster.h"

#include <stdbool.h>

uint32_t roster_make(const struct peers *peers, const struct endpoint *own, uint32_t *peer_of) {
    uint32_t self = 0;
    /* Peers stand in the order of their endpoints already. */
    for (uint32_t peer = 0; peer < peers->count; peer++) {
        bool before = endpoint_compare(&peers->list[peer].endpoint, own) < 0;
        peer_of[before ? peer : peer + 1] = peer;
        if (before) self = peer + 1;
    }
    peer_of[self] = UINT32_MAX;
    return self;
}
