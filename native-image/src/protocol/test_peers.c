#include "protocol/testing.h"

#include <stdlib.h>

#include "net/bytes.h"
#include "protocol/header.h"
#include "protocol/peers.h"

enum { MANY = 10000 };

/* A table of IPv4 and IPv6 peers in turns, some of which differ in their port alone. */
struct table {
    struct peer *list;
    uint64_t *slots;
    struct peers peers;
};

static struct endpoint endpoint_at(size_t i) {
    uint8_t address[16] = {0x20, 1, 0xd, 0xb8};
    bytes_write32(address + 12, (uint32_t)(i / 3));
    if (i % 2 == 0) return endpoint_ipv6(address, (uint16_t)(30900 + i % 3));
    address[12] = 10;
    return endpoint_ipv4(address + 12, (uint16_t)(30900 + i % 3));
}

static struct table make(size_t count) {
    struct table table = {.list = calloc(count + 1, sizeof(struct peer)),
                          .slots = malloc(peers_slots(count) * sizeof(uint64_t))};
    for (size_t i = 0; i < count; i++) table.list[i].endpoint = endpoint_at(i);
    peers_sort(table.list, count);
    table.peers = (struct peers){.list = table.list, .count = count};
    peers_index(&table.peers, table.slots);
    return table;
}

static void release(struct table *table) {
    free(table->list);
    free(table->slots);
}

static void the_hash_table_finds_what_the_search_finds(void **state) {
    (void)state;
    struct table table = make(MANY);
    struct peers searched = {.list = table.list, .count = MANY};
    for (size_t i = 0; i < 2 * MANY; i++) {
        struct endpoint endpoint = endpoint_at(i);
        size_t found = peers_find(&table.peers, &endpoint);
        assert_int_equal(found, peers_find(&searched, &endpoint));
        assert_int_equal(found == PEERS_UNKNOWN, i >= MANY);
    }
    release(&table);
}

static void a_table_of_none_and_of_one_has_an_empty_slot(void **state) {
    (void)state;
    for (size_t count = 0; count < 5; count++) {
        struct table table = make(count);
        assert_true(peers_slots(count) > count);
        for (size_t i = 0; i < 8; i++) {
            struct endpoint endpoint = endpoint_at(i);
            assert_int_equal(peers_find(&table.peers, &endpoint) == PEERS_UNKNOWN, i >= count);
        }
        release(&table);
    }
}

static void a_hint_is_taken_only_where_the_sender_is_who_it_names(void **state) {
    (void)state;
    struct table table = make(100);
    uint8_t bytes[HEADER_BYTES] = {0};
    for (size_t sender = 0; sender < 100; sender++) {
        const struct endpoint *endpoint = &table.list[sender].endpoint;
        for (unsigned hint = 0; hint < 102; hint++) {
            bytes_write16(bytes + 8, (uint16_t)(hint < 101 ? hint : HEADER_NO_HINT));
            assert_int_equal(peers_find_sender(&table.peers, endpoint, bytes, sizeof bytes), sender);
        }
    }
    struct endpoint stranger = endpoint_at(101);
    bytes_write16(bytes + 8, 7);
    assert_true(peers_find_sender(&table.peers, &stranger, bytes, sizeof bytes) == PEERS_UNKNOWN);
    release(&table);
}

static void a_hint_saves_the_search(void **state) {
    (void)state;
    struct table table = make(2);
    struct endpoint second = table.list[1].endpoint;
    uint8_t bytes[HEADER_BYTES] = {0};
    memset(table.slots, 0, peers_slots(2) * sizeof(uint64_t)); /* a table in which nobody is found */
    bytes_write16(bytes + 8, 1);
    assert_int_equal(peers_find_sender(&table.peers, &second, bytes, sizeof bytes), 1);
    assert_true(peers_find_sender(&table.peers, &second, bytes, sizeof bytes - 1) == PEERS_UNKNOWN);
    release(&table);
}

static void two_lists_are_matched_by_endpoint(void **state) {
    (void)state;
    enum { ALL = 40 };
    for (unsigned mask = 0; mask < 64; mask++) {
        struct table all = make(ALL);
        struct peer old[ALL], next[ALL];
        size_t olds = 0, nexts = 0;
        for (size_t i = 0; i < ALL; i++) {
            if ((i * 7 + mask) % 3 != 0) old[olds++] = all.list[i];
            if ((i * 5 + mask) % 4 != 0) next[nexts++] = all.list[i];
        }
        const struct peers was = {.list = old, .count = olds}, is = {.list = next, .count = nexts};
        uint32_t from[ALL], to[ALL];
        peers_match(&was, &is, from, to);
        for (size_t i = 0; i < nexts; i++) {
            size_t at = peers_find(&was, &next[i].endpoint);
            assert_int_equal(from[i], at == PEERS_UNKNOWN ? PEERS_NOBODY : at);
        }
        for (size_t i = 0; i < olds; i++) {
            size_t at = peers_find(&is, &old[i].endpoint);
            assert_int_equal(to[i], at == PEERS_UNKNOWN ? PEERS_NOBODY : at);
        }
        release(&all);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hash_table_finds_what_the_search_finds),
        cmocka_unit_test(a_table_of_none_and_of_one_has_an_empty_slot),
        cmocka_unit_test(a_hint_is_taken_only_where_the_sender_is_who_it_names),
        cmocka_unit_test(a_hint_saves_the_search),
        cmocka_unit_test(two_lists_are_matched_by_endpoint),
    };
    return cmocka_run_group_tests_name("peers", tests, NULL, NULL);
}
