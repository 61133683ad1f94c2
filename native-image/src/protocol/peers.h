#ifndef PANTHEON_PROTOCOL_PEERS_H
#define PANTHEON_PROTOCOL_PEERS_H

#include <stddef.h>
#include <stdint.h>

#include "net/endpoint.h"

/*
 * The peers that a node knows, found by address and UDP port. Read-only once it is made, so every worker looks at the
 * same table. A binary search: 17 steps for the 100,000 peers that max_peers allows.
 */
struct peer {
    struct endpoint endpoint;
    uint8_t mac[6];
    const char *name;         /* as in config.toml, for people */
    const char *address_text; /* as in config.toml, for people */
};

struct peers {
    const struct peer *list; /* in the order of their endpoints */
    size_t count;
};

#define PEERS_UNKNOWN SIZE_MAX

/* Brings the list into its order. */
void peers_sort(struct peer *list, size_t count);

/* Index in the list, or PEERS_UNKNOWN. */
size_t peers_find(const struct peers *peers, const struct endpoint *endpoint);

#endif
