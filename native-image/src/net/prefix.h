#ifndef PANTHEON_NET_PREFIX_H
#define PANTHEON_NET_PREFIX_H

#include <stdbool.h>
#include <string.h>

#include "net/endpoint.h"

/* Whether two addresses of one family share their first `bits` bits, 128 at most: are in one network. All do where it
 * is 0. */
static inline bool prefix_is_shared(const struct endpoint *a, const struct endpoint *b, unsigned bits) {
    unsigned whole = bits / 8, rest = bits % 8;
    if (memcmp(a->address, b->address, whole) != 0) return false;
    return rest == 0 || ((a->address[whole] ^ b->address[whole]) >> (8 - rest)) == 0;
}

/* Of one family and address, whatever their ports are. */
static inline bool prefix_is_same_host(const struct endpoint *a, const struct endpoint *b) {
    return a->family == b->family && memcmp(a->address, b->address, sizeof a->address) == 0;
}

#endif
