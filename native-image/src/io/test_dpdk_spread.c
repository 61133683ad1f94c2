#include "io/testing_dpdk.h"

#include "net/packet.h"
#include "net/sum.h"

/* One payload for many peers, in the first worker of a node whose frames come back: on EAL with a net_ring port. */

enum { MANY = 9, LONG = 1399, ROOM = 1400, RING = 1023 /* frames that net_ring holds */ };

/* Everybody is known, and frames may share. */
static int begin_sharing(void **state) {
    struct world *world = *state;
    if (world_begin(state) != 0 || !world->port.segments) return 1;
    world->io[0].headers = world->pools.headers;
    for (uint32_t peer = 0; peer < PEERS; peer++) {
        struct neighbours_mac *mac = &world->neighbours.macs[world->neighbours.hop_of_peer[peer]];
        uint64_t word = 0;
        memcpy(&word, peer == WRITTEN ? MAC_OF_3 : MAC_OF_2, 6);
        atomic_store(&mac->word, word);
    }
    return 0;
}

static void fill(uint8_t *bytes, uint16_t length) {
    for (uint16_t i = 0; i < length; i++) bytes[i] = (uint8_t)(i * 31 + 5);
}

/* To `count` peers, all of them in turn. */
static unsigned spreads(struct world *world, const uint8_t *bytes, uint16_t length, unsigned count) {
    uint32_t peers[2 * RING];
    struct io *io = &world->io[0].io;
    for (unsigned i = 0; i < count; i++) peers[i] = i % PEERS;
    return io->operations->spread(io, bytes, length, peers, count);
}

static struct rte_mbuf *next_frame(struct world *world) {
    struct rte_mbuf *frame;
    if (rte_eth_rx_burst(world->port.id, 0, &frame, 1) != 1) fail_msg("no frame was sent");
    return frame;
}

/* What `sent` took is a right datagram to this peer with these bytes. */
static void is_right(const struct world *world, uint16_t frame, uint32_t peer, const uint8_t *bytes, uint16_t length) {
    struct packet packet;
    assert_int_not_equal(frame, 0);
    assert_int_equal(packet_read(world->bytes, frame, &packet), PACKET_OK);
    assert_true(packet_sum_is_right(world->bytes, &packet));
    assert_int_equal(endpoint_compare(&packet.destination, &world->peers[peer].endpoint), 0);
    assert_memory_equal(packet.destination_mac, peer == WRITTEN ? MAC_OF_3 : MAC_OF_2, 6);
    assert_memory_equal(packet.source_mac, MAC_OF_1, 6);
    assert_int_equal(packet.payload, length);
    assert_memory_equal(world->bytes + packet.headers, bytes, length);
}

static void every_peer_gets_the_bytes_whatever_becomes_of_the_callers(void **state) {
    struct world *world = *state;
    uint8_t bytes[ROOM], kept[ROOM];
    for (uint16_t length = 0; length <= ROOM; length = (uint16_t)(length + 100 - length % 2)) {
        fill(bytes, length);
        memcpy(kept, bytes, length);
        assert_int_equal(spreads(world, bytes, length, MANY), MANY);
        memset(bytes, 0, sizeof bytes);
        for (unsigned i = 0; i < MANY; i++) is_right(world, sent(world), i % PEERS, kept, length);
    }
}

static void they_share_one_buffer_which_goes_back_with_the_last_of_them(void **state) {
    struct world *world = *state;
    struct rte_mbuf *frames[MANY], *shared = NULL;
    uint8_t bytes[LONG];
    fill(bytes, LONG);
    assert_int_equal(spreads(world, bytes, LONG, MANY), MANY);
    assert_int_equal(rte_mempool_in_use_count(world->port.pool), 1);
    assert_int_equal(rte_mempool_in_use_count(world->pools.headers), MANY);
    for (unsigned i = 0; i < MANY; i++) {
        frames[i] = next_frame(world);
        assert_int_equal(frames[i]->nb_segs, 2);
        assert_true(shared == NULL || frames[i]->next == shared);
        shared = frames[i]->next;
        assert_int_equal(frames[i]->pkt_len, frames[i]->data_len + LONG);
    }
    for (unsigned i = 0; i < MANY; i++) {
        assert_int_equal(rte_mbuf_refcnt_read(shared), MANY - i);
        rte_pktmbuf_free(frames[i]);
    }
    assert_int_equal(rte_mempool_in_use_count(world->port.pool), 0);
    assert_int_equal(rte_mempool_in_use_count(world->pools.headers), 0);
}

static void copied(struct world *world, uint16_t length, unsigned count) {
    uint8_t bytes[ROOM];
    fill(bytes, length);
    assert_int_equal(spreads(world, bytes, length, count), count);
    for (unsigned i = 0; i < count; i++) {
        struct rte_mbuf *frame = next_frame(world);
        assert_int_equal(frame->nb_segs, 1);
        rte_pktmbuf_free(frame);
    }
}

static void few_peers_few_bytes_and_a_port_without_segments_get_copies(void **state) {
    struct world *world = *state;
    copied(world, LONG, 2);
    copied(world, 100, MANY);
    world->io[0].headers = NULL;
    copied(world, LONG, MANY);
}

static void who_is_not_known_is_left_out(void **state) {
    struct world *world = *state;
    uint8_t bytes[LONG];
    fill(bytes, LONG);
    atomic_store(&world->neighbours.macs[world->neighbours.hop_of_peer[FOUR]].word, 0);
    assert_int_equal(spreads(world, bytes, LONG, MANY), MANY - MANY / PEERS);
    assert_int_equal(counter_read(&world->io[0].counters.unresolved), MANY / PEERS);
    for (unsigned i = 0; i < MANY; i++)
        if (i % PEERS != FOUR) is_right(world, sent(world), i % PEERS, bytes, LONG);
}

static void what_the_card_refuses_comes_back(void **state) {
    struct world *world = *state;
    uint8_t bytes[LONG];
    fill(bytes, LONG);
    assert_int_equal(spreads(world, bytes, LONG, RING + 200), RING);
    assert_int_equal(counter_read(&world->io[0].counters.refused), 200);
    assert_int_equal(counter_read(&world->io[0].counters.transmitted), RING);
    assert_int_equal(rte_mempool_in_use_count(world->port.pool), 1);
    for (unsigned i = 0; i < RING; i++) is_right(world, sent(world), i % PEERS, bytes, LONG);
}

/* All of a pool's buffers. */
static unsigned empty(struct rte_mempool *pool, struct rte_mbuf **list, unsigned most) {
    unsigned count = 0;
    while (count < most && (list[count] = rte_pktmbuf_alloc(pool)) != NULL) count++;
    return count;
}

static void empty_pools_are_counted_and_nothing_is_kept(void **state) {
    struct world *world = *state;
    struct rte_mbuf *list[2048];
    uint8_t bytes[LONG];
    fill(bytes, LONG);
    unsigned taken = empty(world->pools.headers, list, 2048);
    assert_int_equal(spreads(world, bytes, LONG, MANY), 0);
    assert_int_equal(counter_read(&world->io[0].counters.no_buffer), MANY);
    rte_pktmbuf_free_bulk(list, taken);
    taken = empty(world->port.pool, list, 2048);
    assert_int_equal(spreads(world, bytes, LONG, MANY), 0);
    assert_int_equal(counter_read(&world->io[0].counters.no_buffer), MANY + 1);
    rte_pktmbuf_free_bulk(list, taken);
    assert_int_equal(rte_mempool_in_use_count(world->pools.headers), 0);
}

static void what_no_frame_holds_is_refused(void **state) {
    struct world *world = *state;
    uint8_t bytes[ROOM + 1] = {0};
    assert_int_equal(spreads(world, bytes, ROOM + 1, MANY), 0);
    assert_int_equal(counter_read(&world->io[0].counters.refused), MANY);
}

/* As a card does it: the sum of UDP's header, which holds that of the pseudo header, and of the payload. */
static void write_sum(uint8_t *bytes, uint16_t length, uint16_t headers) {
    uint16_t field = sum_field(sum_bytes(bytes + headers - 8, length - headers + 8u, 0));
    memcpy(bytes + headers - 2, &field, sizeof field);
}

static void a_card_that_writes_checksums_is_asked_to(void **state) {
    struct world *world = *state;
    uint8_t bytes[LONG];
    fill(bytes, LONG);
    world->io[0].sums_in_card = true;
    for (unsigned count = 1; count <= MANY; count += MANY - 1) { /* copied, shared */
        assert_int_equal(spreads(world, bytes, LONG, count), count);
        for (unsigned i = 0; i < count; i++) {
            struct rte_mbuf *frame = next_frame(world);
            uint64_t family = i % PEERS == SIX ? RTE_MBUF_F_TX_IPV6 : RTE_MBUF_F_TX_IPV4;
            uint16_t headers = i % PEERS == SIX ? 62 : 42, length = (uint16_t)frame->pkt_len;
            assert_int_equal(frame->ol_flags, RTE_MBUF_F_TX_UDP_CKSUM | family);
            assert_int_equal(frame->l2_len + frame->l3_len + 8, headers);
            assert_int_equal(world_copy(world, frame), length);
            write_sum(world->bytes, length, headers);
            is_right(world, length, i % PEERS, bytes, LONG);
        }
    }
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, begin_sharing, world_end)

int main(void) {
    if (world_eal() < 0) return 1;
    const struct CMUnitTest tests[] = {
        TEST(every_peer_gets_the_bytes_whatever_becomes_of_the_callers),
        TEST(they_share_one_buffer_which_goes_back_with_the_last_of_them),
        TEST(few_peers_few_bytes_and_a_port_without_segments_get_copies),
        TEST(who_is_not_known_is_left_out),
        TEST(what_the_card_refuses_comes_back),
        TEST(empty_pools_are_counted_and_nothing_is_kept),
        TEST(what_no_frame_holds_is_refused),
        TEST(a_card_that_writes_checksums_is_asked_to),
    };
    return cmocka_run_group_tests_name("spread of the DPDK backend", tests, world_open, world_close);
}
