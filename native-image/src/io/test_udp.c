#include "io/testing.h"

#include "worker/clock.h"

static uint64_t count_of(const struct counter *counter) {
    return counter_read(counter);
}

static void exchange(struct udp_settings settings) {
    struct node *node = node_open(settings, 2);
    struct io *io = node->io[0];
    uint8_t bytes[1500], back[1500];
    struct datagram list[2];
    fill_bytes(bytes, sizeof bytes, 1);
    for (unsigned i = 0; i < 2; i++) {
        remote_send(&node->remotes[i], node->at[0], bytes, 18 + i, 0);
        assert_int_equal(receive_most(io, list, 1), 1);
        assert_int_equal(list[0].peer, node->remotes[i].peer);
        assert_int_equal(list[0].length, 18 + i);
        assert_int_equal(list[0].room, 1500);
        assert_memory_equal(list[0].bytes, bytes, 18 + i);
        assert_int_equal(io->operations->turn(io, list, 1, false), 1);
        assert_int_equal(remote_receive(&node->remotes[i], back, sizeof back), 18 + i);
        assert_memory_equal(back, bytes, 18 + i);
    }
    list[0] = filled(io, 1500, node->remotes[1].peer, 1);
    assert_int_equal(io->operations->send(io, list, 1), 1);
    assert_int_equal(remote_receive(&node->remotes[1], back, sizeof back), 1500);
    assert_memory_equal(back, bytes, 1500);
    assert_int_equal(count_of(&io->counters->received), 2);
    assert_int_equal(count_of(&io->counters->transmitted), 3);
    assert_int_equal(count_of(&io->counters->refused), 0);
    node_close(node, 0);
}

static void datagrams_are_exchanged_over_ipv4(void **state) {
    exchange(settings_of(mode_of(state)));
}

static void datagrams_are_exchanged_over_ipv6(void **state) {
    if (!has_ipv6()) skip();
    struct udp_settings settings = settings_of(mode_of(state));
    settings.listen[0] = loopback(6);
    exchange(settings);
}

static void a_node_with_both_families_keeps_them_apart(void **state) {
    if (!has_ipv6()) skip();
    struct udp_settings settings = settings_of(mode_of(state));
    settings.listen[1] = loopback(6);
    settings.listen_count = 2;
    struct node *node = node_open(settings, 4);
    struct io *io = node->io[0];
    struct datagram list[40];
    uint8_t bytes[64];
    for (unsigned i = 0; i < 40; i++) list[i] = filled(io, 50, node->remotes[i % 4].peer, i);
    assert_int_equal(io->operations->send(io, list, 40), 40);
    for (unsigned i = 0; i < 40; i++) {
        uint8_t expected[50];
        fill_bytes(expected, 50, i);
        assert_int_equal(remote_receive(&node->remotes[i % 4], bytes, sizeof bytes), 50);
        assert_memory_equal(bytes, expected, 50);
    }
    for (unsigned i = 0; i < 4; i++) remote_send(&node->remotes[i], node->at[i % 2], bytes, 20 + i, 0);
    assert_int_equal(receive_most(io, list, 4), 4);
    unsigned seen = 0;
    for (unsigned i = 0; i < 4; i++) {
        unsigned remote = list[i].length - 20u;
        assert_int_equal(list[i].peer, node->remotes[remote].peer);
        seen |= 1u << remote;
    }
    assert_int_equal(seen, 15);
    io->operations->drop(io, list, 4);
    node_close(node, 0);
}

static void one_port_does_for_every_address_of_both_families(void **state) {
    if (!has_ipv6()) skip();
    struct udp_settings settings = settings_of(mode_of(state));
    struct remote any;
    remote_open(&any, 4); /* to find a port that is free */
    close(any.fd);
    settings.listen[0] = endpoint_ipv4((const uint8_t[4]){0}, any.endpoint.port);
    settings.listen[1] = endpoint_ipv6((const uint8_t[16]){0}, any.endpoint.port);
    settings.listen_count = 2;
    struct node *node = node_open(settings, 2);
    struct datagram list[2];
    for (unsigned i = 0; i < 2; i++) {
        struct endpoint to = loopback(i == 0 ? 4 : 6);
        to.port = any.endpoint.port;
        remote_send(&node->remotes[i], to, (const uint8_t *)"x", 1, 0);
    }
    assert_int_equal(receive_most(node->io[0], list, 2), 2);
    node->io[0]->operations->drop(node->io[0], list, 2);
    node_close(node, 0);
}

static void strangers_are_counted_and_never_come_up(void **state) {
    struct remote stranger;
    struct node *node = node_open(settings_of(mode_of(state)), 1);
    remote_open(&stranger, 4);
    struct io *io = node->io[0];
    struct datagram list[8];
    uint8_t bytes[100] = {[9] = 0}; /* its hint names peer 0, who did not send it */
    for (unsigned i = 0; i < 5; i++) remote_send(&stranger, node->at[0], bytes, 20, 0);
    remote_send(&stranger, node->at[0], bytes, 90, 40); /* three datagrams */
    remote_send(&node->remotes[0], node->at[0], bytes, 21, 0);
    assert_int_equal(receive_most(io, list, 1), 1);
    assert_int_equal(list[0].length, 21);
    assert_int_equal(count_of(&io->drops[DROP_UNKNOWN_SENDER]), 8);
    assert_int_equal(count_of(&io->counters->received), 9);
    io->operations->drop(io, list, 1);
    close(stranger.fd);
    node_close(node, 0);
}

static void strangers_without_end_do_not_hold_a_worker(void **state) {
    struct remote stranger;
    struct node *node = node_open(settings_of(mode_of(state)), 1);
    remote_open(&stranger, 4);
    struct io *io = node->io[0];
    struct datagram list[32];
    for (unsigned i = 0; i < 500; i++) remote_send(&stranger, node->at[0], (const uint8_t *)"x", 1, 0);
    io->operations->wait(io, 1000000000);
    assert_int_equal(io->operations->receive(io, list, 32, 0), 0);
    assert_in_range(count_of(&io->counters->received), 1, 64);
    close(stranger.fd);
    node_close(node, 0);
}

static void what_is_longer_than_a_buffer_is_counted_and_no_neighbour_with_it(void **state) {
    struct udp_settings settings = settings_of(mode_of(state));
    settings.room = 100;
    struct node *node = node_open(settings, 1);
    struct io *io = node->io[0];
    struct datagram list[8];
    uint8_t bytes[1000];
    fill_bytes(bytes, sizeof bytes, 3);
    remote_send(&node->remotes[0], node->at[0], bytes, 100, 0);
    remote_send(&node->remotes[0], node->at[0], bytes, 101, 0);
    remote_send(&node->remotes[0], node->at[0], bytes, 500, 200); /* the last is short enough */
    remote_send(&node->remotes[0], node->at[0], bytes, 0, 0);
    assert_int_equal(receive_most(io, list, 3), 3);
    assert_int_equal(list[0].length, 100);
    assert_int_equal(list[1].length, 100);
    assert_memory_equal(list[1].bytes, bytes + 400, 100);
    assert_int_equal(list[2].length, 0);
    assert_int_equal(count_of(&io->drops[DROP_SCATTERED]), 3);
    assert_int_equal(count_of(&io->counters->received), 6);
    io->operations->drop(io, list, 3);
    node_close(node, 0);
}

static void what_the_pool_has_no_room_for_waits_below(void **state) {
    struct udp_settings settings = settings_of(mode_of(state));
    settings.slots = 8;
    struct node *node = node_open(settings, 1);
    struct io *io = node->io[0];
    struct datagram list[100], one;
    uint8_t bytes[1000];
    fill_bytes(bytes, sizeof bytes, 0);
    remote_send(&node->remotes[0], node->at[0], bytes, 950, 50); /* 19 datagrams, more than twice the pool */
    remote_send(&node->remotes[0], node->at[0], bytes, 30, 0);
    assert_int_equal(receive_most(io, list, 8), 8);
    assert_int_equal(io->operations->receive(io, list + 8, 92, 0), 0);
    assert_false(io->operations->take(io, &one));
    assert_true(count_of(&io->counters->no_buffer) >= 2);
    for (unsigned have = 8; have < 20; have++) {
        assert_memory_equal(list[0].bytes, bytes + (have - 8) * 50, 50);
        io->operations->drop(io, list, 1);
        memmove(list, list + 1, 7 * sizeof *list);
        assert_int_equal(receive_most(io, list + 7, 1), 1);
    }
    assert_int_equal(list[7].length, 30);
    assert_int_equal(count_of(&io->counters->received), 20);
    io->operations->drop(io, list, 8);
    node_close(node, 0);
}

static void buffers_that_do_not_come_back_are_missed(void **state) {
    struct node *node = node_open(settings_of(mode_of(state)), 1);
    filled(node->io[0], 10, 0, 0);
    filled(node->io[0], 10, 0, 0);
    node_close(node, 2);
}

static void those_that_were_not_taken_stand_behind_those_that_were(void **state) {
    struct node *node = node_open(settings_of(mode_of(state)), 3);
    struct io *io = node->io[0];
    struct datagram list[9];
    uint8_t bytes[64];
    /* Nobody may send to this one without SO_BROADCAST; nobody listens to IPv6 here. */
    memset(node->list[1].endpoint.address, 255, 4);
    node->list[2].endpoint = loopback(6);
    for (unsigned i = 0; i < 9; i++) list[i] = filled(io, (uint16_t)(40 + i), i % 3, i);
    assert_int_equal(io->operations->send(io, list, 9), 3);
    static const uint8_t EXPECTED[] = {0, 3, 6, 1, 2, 4, 5, 7, 8};
    for (unsigned i = 0; i < 9; i++) {
        assert_int_equal(list[i].length, 40 + EXPECTED[i]);
        assert_int_equal(list[i].peer, EXPECTED[i] % 3);
    }
    for (unsigned i = 0; i < 3; i++)
        for (unsigned r = 0; r < 3; r++)
            if (node->remotes[r].peer == 0)
                assert_int_equal(remote_receive(&node->remotes[r], bytes, sizeof bytes), 40 + 3 * i);
    assert_int_equal(io->operations->spread(io, bytes, 10, (const uint32_t[]){1, 0, 2, 0}, 4), 2);
    assert_int_equal(count_of(&io->counters->transmitted), 5);
    assert_int_equal(count_of(&io->counters->refused), 8);
    node_close(node, 0);
}

static void the_same_bytes_reach_every_peer_of_a_long_list(void **state) {
    struct node *node = node_open(settings_of(mode_of(state)), REMOTES);
    uint8_t bytes[1000], back[1000];
    uint32_t peers[REMOTES];
    for (uint32_t i = 0; i < REMOTES; i++) peers[i] = REMOTES - 1 - i;
    fill_bytes(bytes, sizeof bytes, 5);
    struct io *io = node->io[0];
    assert_int_equal(io->operations->spread(io, bytes, sizeof bytes, peers, REMOTES), REMOTES);
    for (unsigned i = 0; i < REMOTES; i++) {
        assert_int_equal(remote_receive(&node->remotes[i], back, sizeof back), 1000);
        assert_memory_equal(back, bytes, sizeof bytes);
    }
    assert_int_equal(count_of(&io->counters->transmitted), REMOTES);
    node_close(node, 0);
}

static uint64_t now_ms(void) {
    return clock_kernel_ns(CLOCK_MONOTONIC) / 1000000;
}

static void a_pause_ends_when_something_comes_or_time_is_over(void **state) {
    struct datagram list[2];
    struct node *node = node_open(settings_of(mode_of(state)), 1);
    struct io *io = node->io[0];
    uint64_t start = now_ms();
    io->operations->wait(io, 20000000);
    assert_in_range(now_ms() - start, 19, 2000);
    remote_send(&node->remotes[0], node->at[0], (const uint8_t *)"abc", 3, 1); /* three datagrams of a train */
    for (unsigned i = 0; i < 3; i++) {
        start = now_ms();
        io->operations->wait(io, 4000000000);
        assert_in_range(now_ms() - start, 0, 2000);
        assert_int_equal(receive_most(io, list, 1), 1);
        io->operations->drop(io, list, 1);
    }
    node_close(node, 0);
}

static void a_pause_with_an_empty_pool_is_one(void **state) {
    struct udp_settings settings = settings_of(mode_of(state));
    settings.slots = 2;
    struct node *node = node_open(settings, 1);
    struct datagram list[3];
    struct io *io = node->io[0];
    remote_send(&node->remotes[0], node->at[0], (const uint8_t *)"abc", 3, 1);
    remote_send(&node->remotes[0], node->at[0], (const uint8_t *)"d", 1, 0);
    assert_int_equal(receive_most(io, list, 2), 2);
    assert_int_equal(io->operations->receive(io, list + 2, 1, 0), 0);
    uint64_t start = now_ms();
    io->operations->wait(io, 20000000);
    assert_in_range(now_ms() - start, 19, 2000);
    io->operations->drop(io, list, 2);
    node_close(node, 0);
}

/* A train of ten of which three were cut; the others come under another index, or not at all. */
static void cut_and_move(enum udp_mode mode, uint32_t moved) {
    if (mode == UDP_PACKETS) return; /* knows no trains */
    struct node *node = node_open(settings_of(mode), 1);
    struct io *io = node->io[0];
    struct datagram list[10];
    uint8_t bytes[1000];
    fill_bytes(bytes, sizeof bytes, 1);
    remote_send(&node->remotes[0], node->at[0], bytes, sizeof bytes, 100);
    assert_int_equal(receive_most(io, list, 3), 3);
    udp_move(io, &moved);
    unsigned count = receive_most(io, list + 3, moved == PEERS_NOBODY ? 1 : 7);
    assert_int_equal(count, moved == PEERS_NOBODY ? 0 : 7);
    for (unsigned i = 3; i < 3 + count; i++) {
        assert_int_equal(list[i].peer, moved);
        assert_memory_equal(list[i].bytes, bytes + i * 100, 100);
    }
    assert_int_equal(count_of(&io->drops[DROP_UNKNOWN_SENDER]), 7 - count);
    assert_int_equal(count_of(&io->counters->received), 10);
    io->operations->drop(io, list, 3 + count);
    udp_move(io, &moved); /* there is none that is being cut */
    node_close(node, 0);
}

static void a_train_that_is_being_cut_is_its_senders_under_another_index(void **state) {
    cut_and_move(mode_of(state), 5);
}

static void what_is_left_of_a_train_of_a_peer_that_is_gone_is_a_strangers(void **state) {
    cut_and_move(mode_of(state), PEERS_NOBODY);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_BOTH_MODES(datagrams_are_exchanged_over_ipv4),
        IN_BOTH_MODES(datagrams_are_exchanged_over_ipv6),
        IN_BOTH_MODES(a_node_with_both_families_keeps_them_apart),
        IN_BOTH_MODES(one_port_does_for_every_address_of_both_families),
        IN_BOTH_MODES(strangers_are_counted_and_never_come_up),
        IN_BOTH_MODES(strangers_without_end_do_not_hold_a_worker),
        IN_BOTH_MODES(what_is_longer_than_a_buffer_is_counted_and_no_neighbour_with_it),
        IN_BOTH_MODES(what_the_pool_has_no_room_for_waits_below),
        IN_BOTH_MODES(buffers_that_do_not_come_back_are_missed),
        IN_BOTH_MODES(those_that_were_not_taken_stand_behind_those_that_were),
        IN_BOTH_MODES(the_same_bytes_reach_every_peer_of_a_long_list),
        IN_BOTH_MODES(a_pause_ends_when_something_comes_or_time_is_over),
        IN_BOTH_MODES(a_pause_with_an_empty_pool_is_one),
        IN_BOTH_MODES(a_train_that_is_being_cut_is_its_senders_under_another_index),
        IN_BOTH_MODES(what_is_left_of_a_train_of_a_peer_that_is_gone_is_a_strangers),
    };
    return cmocka_run_group_tests_name("udp", tests, NULL, NULL);
}
