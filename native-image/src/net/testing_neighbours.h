#ifndef PANTHEON_NET_TESTING_NEIGHBOURS_H
#define PANTHEON_NET_TESTING_NEIGHBOURS_H

#include "net/testing.h"

#include "net/neighbours.h"

/* A node among neighbours in time of the test's own: what test_neighbours.c and test_neighbour_trust.c share. */
#define SECOND 1000000000ull
static const uint64_t START = 1000 * SECOND;
static const unsigned FAMILIES[] = {4, 6};
enum { GATEWAY = 254 };

/* Host 1 is ours. Networks of 24 and 120 bits: hosts up to 255 are on the link, the others behind host 254. */
static inline struct neighbours *table_of(const struct neighbours_peer *peers, uint32_t count) {
    const struct neighbours_link links[2] = {{host_of(4, 1, 30900), host_of(4, GATEWAY, 0), 24},
                                             {host_of(6, 1, 30900), host_of(6, GATEWAY, 0), 120}};
    struct neighbours *table = aligned_alloc(64, sizeof *table);
    assert_non_null(table);
    assert_true(neighbours_make(table, MAC_OF_1, links, peers, count));
    return table;
}

static inline struct neighbours *table_of_one(unsigned family, unsigned host) {
    struct neighbours_peer peer = {.endpoint = host_of(family, host, 30900)};
    return table_of(&peer, 1);
}

static inline void end(struct neighbours *table) {
    neighbours_release(table);
    free(table);
}

static inline void goes_to(const struct neighbours *table, uint32_t peer, const uint8_t *mac) {
    uint8_t found[6];
    assert_int_equal(neighbours_mac(table, peer, found), mac != NULL);
    if (mac != NULL) assert_memory_equal(found, mac, 6);
}

/* What host `from` says: to us an answer or a question, unless the test changes it. */
static inline struct resolution said_by(unsigned family, unsigned from, const uint8_t mac[6],
                                        enum resolution_kind kind) {
    struct resolution said = {.kind = kind, .family = (uint8_t)family, .solicited = kind == RESOLUTION_ANSWER};
    said.sender = host_of(family, from, 0);
    said.target = host_of(family, 1, 0);
    memcpy(said.mac, mac, 6);
    memcpy(said.ethernet_destination, MAC_OF_1, 6);
    return said;
}

static inline enum neighbours_result hears(struct neighbours *table, const struct resolution *said, uint64_t now) {
    uint8_t bytes[RESOLUTION_MAX];
    return neighbours_take(table, bytes, resolution_write(said, bytes), now);
}

static inline enum neighbours_result answered(struct neighbours *table, unsigned family, unsigned from,
                                              const uint8_t mac[6], uint64_t now) {
    struct resolution said = said_by(family, from, mac, RESOLUTION_ANSWER);
    return hears(table, &said, now);
}

/* The question that is due now: whom it asks and where it goes. */
static inline void asks(struct neighbours *table, unsigned family, unsigned host, const uint8_t *mac, uint64_t now) {
    uint8_t bytes[RESOLUTION_MAX];
    struct resolution asked;
    struct endpoint target = host_of(family, host, 0), own = host_of(family, 1, 0);
    uint32_t hop = neighbours_due(table, now);
    assert_int_not_equal(hop, NEIGHBOURS_NONE);
    size_t length = neighbours_request(table, hop, bytes, now);
    assert_int_equal(length, family == 4 ? 60 : 86);
    assert_int_equal(resolution_read(bytes, length, &asked), RESOLUTION_OK);
    assert_int_equal(asked.kind, RESOLUTION_REQUEST);
    assert_int_equal(endpoint_compare(&asked.target, &target), 0);
    assert_int_equal(endpoint_compare(&asked.sender, &own), 0);
    assert_memory_equal(asked.mac, MAC_OF_1, 6);
    uint8_t all[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    if (family == 6) resolution_group(&target, all);
    assert_memory_equal(asked.ethernet_destination, mac != NULL ? mac : all, 6);
}

static inline void asks_nobody(struct neighbours *table, uint64_t now) {
    assert_int_equal(neighbours_due(table, now), NEIGHBOURS_NONE);
}

/* Until a question is due, second by second; how many went by. */
static inline unsigned seconds_until_due(struct neighbours *table, uint64_t now) {
    unsigned seconds = 0;
    while (seconds < 1000 && neighbours_due(table, now + seconds * SECOND) == NEIGHBOURS_NONE) seconds++;
    return seconds;
}

/* Asked and answered at START. */
static inline struct neighbours *table_that_knows(unsigned family, const uint8_t mac[6]) {
    struct neighbours *table = table_of_one(family, 2);
    asks(table, family, 2, NULL, START);
    assert_int_equal(answered(table, family, 2, mac, START), NEIGHBOURS_LEARNED);
    return table;
}

#endif
