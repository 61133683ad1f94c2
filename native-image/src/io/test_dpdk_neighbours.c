#include "io/testing_dpdk.h"

#include "net/packet.h"
#include "net/resolution.h"

/* The DPDK backend finds its peers' cards: on EAL with a net_ring port. */

/* A datagram of `length` bytes for a peer, all of them its number. */
static struct datagram for_peer(struct world *world, uint32_t peer, uint16_t length) {
    struct io *io = &world->io[0].io;
    struct datagram datagram;
    assert_true(io->operations->take(io, &datagram));
    datagram.peer = peer;
    datagram.length = length;
    memset(datagram.bytes, (int)peer, length);
    return datagram;
}

static unsigned sends(struct world *world, struct datagram *list, unsigned count) {
    struct io *io = &world->io[0].io;
    return io->operations->send(io, list, count);
}

/* The frame that was sent is a right datagram of ours to this peer at this card. */
static void sent_to(struct world *world, uint32_t peer, const uint8_t mac[6], uint16_t payload) {
    struct packet packet;
    uint16_t length = sent(world);
    assert_int_not_equal(length, 0);
    assert_int_equal(packet_read(world->bytes, length, &packet), PACKET_OK);
    assert_true(packet_sum_is_right(world->bytes, &packet));
    assert_memory_equal(packet.destination_mac, mac, 6);
    assert_memory_equal(packet.source_mac, MAC_OF_1, 6);
    assert_int_equal(endpoint_compare(&packet.destination, &world->peers[peer].endpoint), 0);
    assert_int_equal(packet.payload, payload);
    for (unsigned i = 0; i < payload; i++) assert_int_equal(world->bytes[packet.headers + i], peer);
}

/* The next frame is a question or an answer of ours about `host` in a family. */
static void sent_resolution(struct world *world, enum resolution_kind kind, unsigned family, unsigned host) {
    struct resolution said;
    uint16_t length = sent(world);
    struct endpoint target = host_of(family, host, 0);
    assert_int_equal(resolution_read(world->bytes, length, &said), RESOLUTION_OK);
    assert_int_equal(said.kind, kind);
    assert_int_equal(endpoint_compare(&said.target, &target), 0);
    assert_memory_equal(said.mac, MAC_OF_1, 6);
}

/* Host 2 of both families answers; what was asked is out of the way. */
static void everybody_is_known(struct world *world) {
    uint8_t bytes[RESOLUTION_MAX];
    round_of(world, 0, START);
    sent_resolution(world, RESOLUTION_REQUEST, 4, 2);
    sent_resolution(world, RESOLUTION_REQUEST, 6, 2);
    for (unsigned i = 0; i < 2; i++) {
        struct resolution said = said_by(FAMILIES[i], 2, MAC_OF_2, RESOLUTION_ANSWER);
        comes(world, bytes, resolution_write(&said, bytes));
    }
    round_of(world, 0, START + 1);
    assert_int_equal(counter_read(&world->io[0].more.neighbours[NEIGHBOURS_LEARNED]), 2);
}

static void who_is_not_known_yet_gets_nothing_and_is_asked_for(void **state) {
    struct world *world = *state;
    struct datagram list[] = {for_peer(world, FOUR, 40), for_peer(world, SIX, 40)};
    assert_int_equal(sends(world, list, 2), 0);
    assert_int_equal(counter_read(&world->io[0].counters.unresolved), 2);
    assert_int_equal(counter_read(&world->io[0].counters.refused), 0);
    round_of(world, 0, START);
    sent_resolution(world, RESOLUTION_REQUEST, 4, 2);
    sent_resolution(world, RESOLUTION_REQUEST, 6, 2);
    assert_int_equal(sent(world), 0); /* host 3's address is written */
    assert_int_equal(counter_read(&world->io[0].more.questions), 2);
}

static void frames_go_where_the_answer_said(void **state) {
    struct world *world = *state;
    everybody_is_known(world);
    struct datagram list[] = {for_peer(world, SIX, 101), for_peer(world, FOUR, 100), for_peer(world, WRITTEN, 0)};
    assert_int_equal(sends(world, list, 3), 3);
    sent_to(world, SIX, MAC_OF_2, 101);
    sent_to(world, FOUR, MAC_OF_2, 100);
    sent_to(world, WRITTEN, MAC_OF_3, 0);
}

static void what_was_taken_stands_first_in_the_list(void **state) {
    struct world *world = *state;
    struct datagram list[] = {for_peer(world, FOUR, 10), for_peer(world, WRITTEN, 11), for_peer(world, SIX, 12),
                              for_peer(world, WRITTEN, 13)};
    assert_int_equal(sends(world, list, 4), 2);
    sent_to(world, WRITTEN, MAC_OF_3, 11);
    sent_to(world, WRITTEN, MAC_OF_3, 13);
    static const uint32_t PEER[] = {WRITTEN, WRITTEN, FOUR, SIX};
    static const uint16_t LENGTH[] = {11, 13, 10, 12};
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(list[i].peer, PEER[i]);
        assert_int_equal(list[i].length, LENGTH[i]);
    }
}

static void the_same_bytes_go_to_those_who_are_known(void **state) {
    struct world *world = *state;
    static const uint32_t TO[] = {FOUR, WRITTEN, SIX, WRITTEN};
    uint8_t bytes[77];
    struct io *io = &world->io[0].io;
    memset(bytes, WRITTEN, sizeof bytes);
    assert_int_equal(io->operations->spread(io, bytes, sizeof bytes, TO, 4), 2);
    assert_int_equal(counter_read(&io->counters->unresolved), 2);
    sent_to(world, WRITTEN, MAC_OF_3, 77);
    sent_to(world, WRITTEN, MAC_OF_3, 77);
}

static void every_worker_answers_for_the_node_and_what_it_hears_the_first_one_learns(void **state) {
    struct world *world = *state;
    uint8_t bytes[RESOLUTION_MAX];
    for (unsigned i = 0; i < 2; i++) {
        struct resolution said = said_by(FAMILIES[i], 2, MAC_OF_2, RESOLUTION_REQUEST);
        if (FAMILIES[i] == 6) memcpy(said.ethernet_destination, (uint8_t[]){0x33, 0x33, 0xff, 0, 0, 1}, 6);
        comes(world, bytes, resolution_write(&said, bytes));
        round_of(world, 1, START);
        sent_resolution(world, RESOLUTION_ANSWER, FAMILIES[i], 2);
        assert_memory_equal(world->bytes, MAC_OF_2, 6);
    }
    assert_int_equal(counter_read(&world->io[1].more.answers), 2);
    goes_to(&world->neighbours, FOUR, NULL);
    round_of(world, 0, START); /* it looks at one other in each round */
    goes_to(&world->neighbours, FOUR, MAC_OF_2);
    goes_to(&world->neighbours, SIX, MAC_OF_2);
    assert_int_equal(counter_read(&world->drops[1][PACKET_OTHER_PROTOCOL]), 0);
    while (sent(world) > 0) {
    } /* the first one asks whom it has only heard of */
}

static void a_flood_for_the_first_worker_is_bounded_and_counted(void **state) {
    struct world *world = *state;
    uint8_t bytes[RESOLUTION_MAX];
    struct resolution said = said_by(4, 9, MAC_OF_3, RESOLUTION_ANSWER);
    size_t length = resolution_write(&said, bytes);
    for (unsigned i = 0; i < DPDK_HEARD_FRAMES + 10; i++) {
        comes(world, bytes, length);
        round_of(world, 1, START);
    }
    assert_int_equal(counter_read(&world->io[1].more.overrun), 11);
    round_of(world, 0, START);
    assert_int_equal(counter_read(&world->io[0].more.neighbours[NEIGHBOURS_IGNORED]), DPDK_HEARD_FRAMES - 1);
    while (sent(world) > 0) {
    }
}

static void another_protocol_is_dropped_and_counted_as_such(void **state) {
    struct world *world = *state;
    uint8_t bytes[60] = {0};
    memcpy(bytes, MAC_OF_1, 6);
    bytes[12] = 0x88;
    bytes[13] = 0xcc; /* LLDP */
    for (unsigned worker = 0; worker < 2; worker++) {
        comes(world, bytes, sizeof bytes);
        round_of(world, worker, START);
        assert_int_equal(counter_read(&world->drops[worker][PACKET_OTHER_PROTOCOL]), 1);
        while (sent(world) > 0) {
        }
    }
}

/* As our own datagram to it, with both sides changed. */
static void a_datagram_of_a_peer_comes_up_whoever_brought_it(void **state) {
    struct world *world = *state;
    everybody_is_known(world);
    for (uint32_t peer = 0; peer < PEERS; peer++) {
        struct datagram list[32], one = for_peer(world, peer, 50);
        assert_int_equal(sends(world, &one, 1), 1);
        uint16_t length = sent(world), headers = peer == SIX ? 62 : 42;
        packet_turn(world->bytes, headers);
        world->bytes[11] = 0x77; /* a router's card */
        comes(world, world->bytes, length);
        assert_int_equal(receives(world, 0, list, START + 2), 1);
        assert_int_equal(list[0].peer, peer);
        assert_int_equal(list[0].length, 50);
        assert_int_equal(world->io[0].io.operations->turn(&world->io[0].io, list, 1, 0), 1);
        assert_int_equal(sent(world), length);
        assert_int_equal(world->bytes[5], 0x77);
    }
}

int main(void) {
    if (world_eal() < 0) return 1;
    const struct CMUnitTest tests[] = {
        WORLD_TEST(who_is_not_known_yet_gets_nothing_and_is_asked_for),
        WORLD_TEST(frames_go_where_the_answer_said),
        WORLD_TEST(what_was_taken_stands_first_in_the_list),
        WORLD_TEST(the_same_bytes_go_to_those_who_are_known),
        WORLD_TEST(every_worker_answers_for_the_node_and_what_it_hears_the_first_one_learns),
        WORLD_TEST(a_flood_for_the_first_worker_is_bounded_and_counted),
        WORLD_TEST(another_protocol_is_dropped_and_counted_as_such),
        WORLD_TEST(a_datagram_of_a_peer_comes_up_whoever_brought_it),
    };
    return cmocka_run_group_tests_name("neighbours of the DPDK backend", tests, world_open, world_close);
}
