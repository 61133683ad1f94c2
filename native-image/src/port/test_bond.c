#include "port/testing_bond.h"

/* On EAL without hugepages: a bond of two net_ring ports, its link monitor at the seed's 100 ms in a thread of its own.
 */

static int open_node(void **state) {
    static struct bench_node node;
    struct failure why;
    node.conf.ports.count = node.conf.ports.num_ports = FAILOVER_PORTS;
    node.conf.performance.mempool_size = 4095;
    node.conf.performance.mempool_cache_size = 256;
    node.conf.performance.burst_size = 32;
    node.conf.advanced.max_rx_pkt_len = 1518;
    node.conf.has_bonding = true;
    node.conf.bonding = (struct dpdk_bonding){true, BONDING_ACTIVE_BACKUP, "net_ring_a", "net_ring_b", INTERVAL_MS};
    for (unsigned i = 0; i < FAILOVER_PORTS; i++) open_port(&node, i);
    assert_true(bond_open(&node.bond, &node.conf, &node.ports[0], &node.ports[1], &why));
    bond_start(&node.bond, now_ns());
    open_wire(&node);
    atomic_store(&node.stop, false);
    *state = &node;
    return pthread_create(&node.monitor, NULL, watch_links, &node);
}

static int close_node(void **state) {
    struct bench_node *node = *state;
    atomic_store(&node->stop, true);
    pthread_join(node->monitor, NULL);
    bond_close(&node->bond);
    carry(node);
    frame_ring_release(node->io->to_kernel);
    frame_ring_release(node->io->from_kernel);
    neighbours_release(&node->neighbours);
    for (unsigned i = 0; i < FAILOVER_PORTS; i++) port_close(&node->ports[i]);
    unsigned missing = mempools_release(&node->pools);
    if (missing > 0) print_message("# %u buffers are missing\n", missing);
    return missing > 0;
}

static void the_two_ports_are_found_by_their_names(void **state) {
    struct bench_node *node = *state;
    struct dpdk_conf conf = node->conf;
    unsigned index[FAILOVER_PORTS] = {9, 9};
    assert_true(bond_of(&conf, index));
    assert_int_equal(index[FAILOVER_PRIMARY], 0);
    assert_int_equal(index[FAILOVER_SECONDARY], 1);
    conf.bonding.primary_port = "net_ring_b";
    conf.bonding.secondary_port = "net_ring_a";
    assert_true(bond_of(&conf, index));
    assert_int_equal(index[FAILOVER_PRIMARY], 1);
    conf.bonding.enabled = false;
    assert_false(bond_of(&conf, index));
}

static void frames_go_over_the_primary_which_is_announced(void **state) {
    struct bench_node *node = *state;
    for (unsigned i = 0; i < 50; i++) round_of_worker(node);
    assert_int_equal(node->datagrams[FAILOVER_PRIMARY], 50);
    assert_int_equal(node->datagrams[FAILOVER_SECONDARY], 0);
    assert_int_equal(node->announcements[FAILOVER_PRIMARY], 1);
    assert_memory_equal(node->last[FAILOVER_PRIMARY] + 6, MACS[FAILOVER_PRIMARY], 6);
}

/* Rounds until one datagram more has arrived over this wire; how long that took. */
static uint64_t until_over(struct bench_node *node, enum failover_port port) {
    uint64_t start = now_ns();
    unsigned before = node->datagrams[port];
    while (node->datagrams[port] == before) {
        round_of_worker(node);
        if (now_ns() - start > 30000000000ull) fail_msg("nothing came over port %d for 30 s", port);
    }
    return now_ns() - start;
}

static void wait_for_return(struct bench_node *node) {
    unsigned lost = node->lost;
    mend(node, FAILOVER_PRIMARY);
    uint64_t took = until_over(node, FAILOVER_PRIMARY);
    assert_true(took >= (FAILOVER_STABLE_INTERVALS - 1) * INTERVAL_MS * 1000000ull);
    assert_int_equal(node->lost, lost);
}

/*
 * How long nothing arrives: at most an interval until the look that finds the link down, and what the scheduler adds.
 * The limit is for a machine that others use too; the figure is printed.
 */
static void a_lost_link_costs_an_interval_at_most(void **state) {
    enum { TIMES = 6 };
    struct bench_node *node = *state;
    uint64_t most = 0, sum = 0;
    for (unsigned i = 0; i < TIMES; i++) {
        for (unsigned rounds = 0; rounds < 17 * i; rounds++)
            round_of_worker(node); /* at another point of the interval */
        cut(node, FAILOVER_PRIMARY);
        uint64_t outage = until_over(node, FAILOVER_SECONDARY);
        most = outage > most ? outage : most;
        sum += outage;
        wait_for_return(node);
    }
    print_message("# outage over %u failovers, link-monitor-interval %u ms: mean %.2f intervals, longest %.2f\n", TIMES,
                  INTERVAL_MS, (double)sum / TIMES / (INTERVAL_MS * 1e6), (double)most / (INTERVAL_MS * 1e6));
    assert_true(most < 5 * INTERVAL_MS * 1000000ull);
    assert_int_equal(counter_read(&node->bond.failover.failovers), TIMES);
    assert_int_equal(counter_read(&node->bond.failover.returns), TIMES);
}

static void the_secondary_announces_itself_with_its_own_address(void **state) {
    struct bench_node *node = *state;
    unsigned before = node->announcements[FAILOVER_SECONDARY];
    assert_in_range(before, 6, 6 * 2); /* at each of the failovers above, and again before the primary came back */
    cut(node, FAILOVER_PRIMARY);
    until_over(node, FAILOVER_SECONDARY);
    assert_int_equal(node->announcements[FAILOVER_SECONDARY], before + 1);
    assert_memory_equal(node->last[FAILOVER_SECONDARY] + 6, MACS[FAILOVER_SECONDARY], 6);
    for (unsigned i = 0; i < 2500; i++) round_of_worker(node);
    assert_int_equal(node->announcements[FAILOVER_SECONDARY], before + FAILOVER_ANNOUNCEMENTS);
}

/* A datagram of the peer, to one of the node's MAC addresses. */
static void arrive(struct bench_node *node, enum failover_port port, const uint8_t mac[6]) {
    struct packet_template template;
    struct rte_mbuf *frame = rte_pktmbuf_alloc(node->ports[0].pool);
    if (frame == NULL) return; /* it will be missed */
    packet_template_make(&template, PEER_MAC, mac, &node->peer.endpoint, &node->wire.self4);
    uint8_t *bytes = rte_pktmbuf_mtod(frame, uint8_t *);
    memset(bytes + template.length, 7, PAYLOAD);
    packet_write(&template, bytes, PAYLOAD, true);
    frame->data_len = (uint16_t)(template.length + PAYLOAD);
    frame->pkt_len = frame->data_len;
    assert_int_equal(rte_ring_enqueue(node->to_node[port], frame), 0);
}

static void both_ports_receive_for_both_addresses_and_the_active_one_answers(void **state) {
    struct bench_node *node = *state; /* the secondary is active still */
    for (unsigned port = 0; port < FAILOVER_PORTS; port++)
        for (unsigned mac = 0; mac < FAILOVER_PORTS; mac++) {
            unsigned before = node->datagrams[FAILOVER_SECONDARY];
            arrive(node, port, MACS[mac]);
            round_of_worker(node);
            assert_int_equal(node->datagrams[FAILOVER_SECONDARY], before + 2); /* its own one and the answer */
        }
    arrive(node, FAILOVER_PRIMARY, PEER_MAC);
    round_of_worker(node);
    assert_int_equal(counter_read(&node->drops[DROP_NOT_FOR_US]), 1);
}

/* The peer asks for the node's MAC address, over either wire, at either address. */
static void who_asks_over_either_port_hears_the_active_ones_address(void **state) {
    struct bench_node *node = *state; /* the secondary is active still */
    struct resolution asks = {.kind = RESOLUTION_REQUEST, .family = 4}, said;
    asks.sender = node->peer.endpoint;
    asks.target = node->wire.self4;
    asks.sender.port = asks.target.port = 0;
    memcpy(asks.mac, PEER_MAC, sizeof asks.mac);
    for (unsigned port = 0; port < FAILOVER_PORTS; port++)
        for (unsigned mac = 0; mac < FAILOVER_PORTS; mac++) {
            unsigned before = node->answers[FAILOVER_SECONDARY];
            struct rte_mbuf *frame = rte_pktmbuf_alloc(node->ports[0].pool);
            if (frame == NULL) return; /* it will be missed */
            memcpy(asks.ethernet_destination, MACS[mac], sizeof asks.ethernet_destination);
            frame->data_len = (uint16_t)resolution_write(&asks, rte_pktmbuf_mtod(frame, uint8_t *));
            frame->pkt_len = frame->data_len;
            assert_int_equal(rte_ring_enqueue(node->to_node[port], frame), 0);
            receive(node);
            carry(node);
            assert_int_equal(node->answers[FAILOVER_SECONDARY], before + 1);
            assert_int_equal(resolution_read(node->answer, 60, &said), RESOLUTION_OK);
            assert_memory_equal(said.mac, MACS[FAILOVER_SECONDARY], sizeof said.mac);
        }
    assert_int_equal(node->answers[FAILOVER_PRIMARY], 0);
}

/* A frame of another protocol comes over a port; which MAC address the kernel gets it for, NULL: it does not get it. */
static const uint8_t *kernel_gets(struct bench_node *node, enum failover_port port, const uint8_t destination[6]) {
    static uint8_t got[60];
    struct rte_mbuf *frame = rte_pktmbuf_alloc(node->ports[0].pool);
    uint16_t length;
    if (frame == NULL) return NULL;
    uint8_t *bytes = rte_pktmbuf_mtod(frame, uint8_t *);
    frame->data_len = sizeof got;
    frame->pkt_len = sizeof got;
    memset(bytes, 0, sizeof got);
    memcpy(bytes, destination, 6);
    bytes_write16(bytes + 12, 0x88cc); /* LLDP */
    assert_int_equal(rte_ring_enqueue(node->to_node[port], frame), 0);
    receive(node);
    const uint8_t *first = frame_ring_first(node->io->to_kernel, &length);
    if (first == NULL) return NULL;
    assert_int_equal(length, sizeof got);
    memcpy(got, first, sizeof got);
    frame_ring_done(node->io->to_kernel);
    return got;
}

static void the_kernel_gets_what_is_for_the_node_over_either_port_and_what_is_for_many_over_one(void **state) {
    static const uint8_t LLDP[6] = {0x01, 0x80, 0xc2, 0, 0, 0x0e};
    struct bench_node *node = *state; /* the secondary is active still */
    for (unsigned port = 0; port < FAILOVER_PORTS; port++)
        for (unsigned mac = 0; mac < FAILOVER_PORTS; mac++)
            assert_memory_equal(kernel_gets(node, port, MACS[mac]), MACS[FAILOVER_SECONDARY], 6);
    assert_memory_equal(kernel_gets(node, FAILOVER_SECONDARY, LLDP), LLDP, 6);
    assert_null(kernel_gets(node, FAILOVER_PRIMARY, LLDP));
    assert_null(kernel_gets(node, FAILOVER_SECONDARY, PEER_MAC));
    assert_int_equal(counter_read(&node->drops[PACKET_OTHER_PROTOCOL]), 2);
    assert_int_equal(counter_read(&node->io->more.to_kernel), 5);
}

static void frames_of_the_kernel_leave_over_the_active_port(void **state) {
    struct bench_node *node = *state;
    unsigned before = node->datagrams[FAILOVER_SECONDARY];
    uint8_t bytes[60] = {0};
    bytes_write16(bytes + 12, 0x88cc);
    assert_true(frame_ring_put(node->io->from_kernel, bytes, sizeof bytes));
    receive(node);
    carry(node);
    assert_int_equal(node->datagrams[FAILOVER_SECONDARY], before + 1);
    assert_memory_equal(node->last[FAILOVER_SECONDARY], bytes, PACKET_ETHERNET);
}

/* One payload behind four headers (io/dpdk.h, sharing). */
static void what_is_shared_leaves_over_the_active_port_with_its_address(void **state) {
    enum { LONG = 512, COUNT = 4 };
    static const uint32_t PEERS[COUNT] = {0};
    struct bench_node *node = *state;
    struct io *io = &node->io->io;
    struct failure why;
    uint8_t bytes[LONG] = {0};
    unsigned before = node->datagrams[FAILOVER_SECONDARY];
    node->io->headers = mempools_headers(&node->pools, &node->conf, 0, 256, DPDK_HEADER_ROOM, &why);
    assert_non_null(node->io->headers);
    assert_int_equal(io->operations->spread(io, bytes, LONG, PEERS, COUNT), COUNT);
    assert_int_equal(rte_mempool_in_use_count(node->io->headers), COUNT);
    carry(node);
    assert_int_equal(node->datagrams[FAILOVER_SECONDARY], before + COUNT);
    assert_memory_equal(node->last[FAILOVER_SECONDARY] + 6, MACS[FAILOVER_SECONDARY], 6);
    assert_int_equal(rte_mempool_in_use_count(node->io->headers), 0);
}

static void without_links_nothing_arrives_and_the_first_one_back_carries_all(void **state) {
    struct bench_node *node = *state;
    cut(node, FAILOVER_SECONDARY);
    unsigned before = node->datagrams[FAILOVER_PRIMARY] + node->datagrams[FAILOVER_SECONDARY];
    for (unsigned i = 0; i < 300; i++) round_of_worker(node);
    assert_int_equal(node->datagrams[FAILOVER_PRIMARY] + node->datagrams[FAILOVER_SECONDARY], before);
    mend(node, FAILOVER_PRIMARY);
    uint64_t took = until_over(node, FAILOVER_PRIMARY);
    print_message("# both links down, the primary back: %.2f intervals\n", (double)took / (INTERVAL_MS * 1e6));
    assert_true(took < 5 * INTERVAL_MS * 1000000ull); /* it need not be stable first */
    mend(node, FAILOVER_SECONDARY);
    for (unsigned i = 0; i < 300; i++) round_of_worker(node);
    assert_ptr_equal(bond_active(&node->bond), &node->ports[FAILOVER_PRIMARY]);
}

int main(void) {
    static char *eal[] = {"test_bond", "--no-huge",     "--no-pci",     "--no-shconf",   "--no-telemetry",
                          "-m64",      "--log-level=3", "--lcores=0@0", "--iova-mode=va"};
    if (rte_eal_init(sizeof eal / sizeof *eal, eal) < 0) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_two_ports_are_found_by_their_names),
        cmocka_unit_test(frames_go_over_the_primary_which_is_announced),
        cmocka_unit_test(a_lost_link_costs_an_interval_at_most),
        cmocka_unit_test(the_secondary_announces_itself_with_its_own_address),
        cmocka_unit_test(both_ports_receive_for_both_addresses_and_the_active_one_answers),
        cmocka_unit_test(who_asks_over_either_port_hears_the_active_ones_address),
        cmocka_unit_test(the_kernel_gets_what_is_for_the_node_over_either_port_and_what_is_for_many_over_one),
        cmocka_unit_test(frames_of_the_kernel_leave_over_the_active_port),
        cmocka_unit_test(what_is_shared_leaves_over_the_active_port_with_its_address),
        cmocka_unit_test(without_links_nothing_arrives_and_the_first_one_back_carries_all),
    };
    return cmocka_run_group_tests_name("bond", tests, open_node, close_node);
}
