#include "consensus/roster.h"
#include "consensus/testing.h"

/* Five nodes: two of the same address, one of IPv6. */
enum { NODES = 5 };

static struct endpoint node_at(unsigned node) {
    static const uint8_t V4[NODES - 1][4] = {{10, 78, 0, 2}, {10, 78, 0, 1}, {10, 78, 0, 1}, {9, 200, 3, 4}};
    static const uint8_t V6[16] = {0xfd, 0, 0, 0x78, [15] = 1};
    return node == 4 ? endpoint_ipv6(V6, 30900) : endpoint_ipv4(V4[node], node == 2 ? 30901 : 30900);
}

/* As the node has them: all but itself, sorted. */
static struct peers peers_of(unsigned node, struct peer *list) {
    size_t count = 0;
    for (unsigned other = 0; other < NODES; other++)
        if (other != node) list[count++] = (struct peer){.endpoint = node_at(other)};
    peers_sort(list, count);
    return (struct peers){.list = list, .count = count};
}

static void every_node_counts_alike(void **state) {
    (void)state;
    struct endpoint order[NODES];
    for (unsigned node = 0; node < NODES; node++) {
        struct peer list[NODES];
        struct peers peers = peers_of(node, list);
        struct endpoint own = node_at(node);
        uint32_t peer_of[NODES], self = roster_make(&peers, &own, peer_of);
        for (uint32_t validator = 0; validator < NODES; validator++) {
            struct endpoint endpoint = validator == self ? own : list[peer_of[validator]].endpoint;
            if (node == 0) order[validator] = endpoint;
            assert_int_equal(endpoint_compare(&order[validator], &endpoint), 0);
        }
    }
}

static void a_node_without_peers_is_the_only_validator(void **state) {
    (void)state;
    struct peers none = {0};
    struct endpoint own = node_at(0);
    uint32_t peer_of[1];
    assert_int_equal(roster_make(&none, &own, peer_of), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_node_counts_alike),
        cmocka_unit_test(a_node_without_peers_is_the_only_validator),
    };
    return cmocka_run_group_tests_name("roster", tests, NULL, NULL);
}
