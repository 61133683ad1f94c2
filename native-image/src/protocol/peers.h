#ifndef PANTHEON_PROTOCOL_PEERS_H
#define PANTHEON_PROTOCOL_PEERS_H

#include <stddef.h>
#include <stdint.h>

#include "net/endpoint.h"

/*
 * The peers that a node knows, found by address and UDP port. Read-only once it is made, so every worker looks at the
 * same table.
 *
 * With a hash table (peers_index) a look costs the same for any number of peers but for cache misses; without one it is
 * a binary search, 17 steps for the 100,000 peers that max_peers allows. Measured on one EPYC core at 2.4 GHz, peers in
 * random order, ns a look (median of five runs):
 *
 *                 500 peers    10,000    100,000
 *     search            168       228        438
 *     hash               14        24        107
 *     a stranger         20        17         24    with the hash table
 *     hint                4         7         76
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
    const uint64_t *slots; /* the hash table, or NULL */
    size_t mask;           /* slots, a power of two, less one */
};

#define PEERS_UNKNOWN SIZE_MAX

/* Brings the list into its order. */
void peers_sort(struct peer *list, size_t count);

/* How many slots the hash table of so many peers has: a power of two, at least two a peer. */
size_t peers_slots(size_t count);

/* Makes the hash table in peers_slots(peers->count) slots of the caller's, which live as long as the list. */
void peers_index(struct peers *peers, uint64_t *slots);

/* Index in the list, or PEERS_UNKNOWN. */
size_t peers_find(const struct peers *peers, const struct endpoint *endpoint);

/*
 * The same for the sender of a datagram. The hint of our header (protocol/header.h), if there is one, is looked at
 * first; it saves the search and is never trusted: what it names must have the sender's endpoint. Nothing else of the
 * bytes is read or checked.
 */
size_t peers_find_sender(const struct peers *peers, const struct endpoint *sender, const uint8_t *bytes, size_t length);

/*
 * Who of one list is who of another, by endpoint: `from[i]` is where the i-th of `next` stood in `old`, `to[i]` where
 * the i-th of `old` stands in `next`; PEERS_NOBODY where it is not there.
 */
#define PEERS_NOBODY UINT32_MAX
void peers_match(const struct peers *old, const struct peers *next, uint32_t *from, uint32_t *to);

#endif
