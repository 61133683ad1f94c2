#include "io/testing.h"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>

/* What the two modes ask of the kernel: trains, several sockets at one endpoint, its limits and what it tells of them.
 */

enum { MOST = 512 };

/* Sends `count` bytes in one train and finds them received as datagrams of `segment` bytes and what is left over. */
static void train_arrives(struct node *node, size_t count, uint16_t segment) {
    static uint8_t bytes[65507];
    static struct datagram list[MOST];
    struct io *io = node->io[0];
    unsigned expected = (unsigned)((count + segment - 1) / segment);
    uint64_t before = counter_read(&io->counters->received);
    fill_bytes(bytes, count, segment);
    remote_send(&node->remotes[0], node->at[0], bytes, count, segment);
    assert_int_equal(receive_most(io, list, expected), expected);
    for (unsigned i = 0; i < expected; i++) {
        size_t left = count - (size_t)i * segment;
        assert_int_equal(list[i].length, left < segment ? left : segment);
        assert_memory_equal(list[i].bytes, bytes + (size_t)i * segment, list[i].length);
        assert_int_equal(list[i].peer, node->remotes[0].peer);
    }
    assert_int_equal(io->operations->receive(io, list + expected, MOST - expected, 0), 0);
    assert_int_equal(counter_read(&io->counters->received) - before, expected);
    io->operations->drop(io, list, expected);
}

static void a_train_is_cut_where_its_sender_cut_it(void **state) {
    struct udp_settings settings = settings_of(mode_of(state));
    settings.room = 9000;
    struct node *node = node_open(settings, 1);
    train_arrives(node, 64, 1);
    train_arrives(node, 2 * 18, 18);
    train_arrives(node, 18 + 1, 18);
    train_arrives(node, 64 * 18 - 1, 18);
    train_arrives(node, 53 * 1232, 1232);
    train_arrives(node, 53 * 1232 + 1, 1232);
    train_arrives(node, 65507, 1452);
    train_arrives(node, 65507, 9000);
    for (unsigned i = 1; i < 300; i++)
        train_arrives(node, 1 + i * 37 % (64 * (1 + i * 11 % 1000)), (uint16_t)(1 + i * 11 % 1000));
    node_close(node, 0);
}

static void a_list_that_ends_within_a_train_goes_on_with_it(void **state) {
    struct node *node = node_open(settings_of(mode_of(state)), 1);
    struct io *io = node->io[0];
    struct datagram list[7];
    uint8_t bytes[500];
    fill_bytes(bytes, sizeof bytes, 9);
    remote_send(&node->remotes[0], node->at[0], bytes, 500, 30);
    for (unsigned have = 0; have < 17;) {
        unsigned more = receive_most(io, list, 17 - have < 7 ? 17 - have : 7);
        assert_true(more > 0);
        for (unsigned i = 0; i < more; i++, have++)
            assert_memory_equal(list[i].bytes, bytes + have * 30, list[i].length);
        io->operations->drop(io, list, more);
    }
    assert_int_equal(counter_read(&io->counters->received), 17);
    node_close(node, 0);
}

/* Lists in which lengths and peers stay alike for a while, as a pseudo-random row of numbers has it. */
static unsigned draw(unsigned *seed, unsigned below) {
    *seed = *seed * 1103515245 + 12345;
    return (*seed >> 16) % below;
}

static void ordinary_sockets_get_what_was_sent_in_its_order(void **state) {
    struct node *node = node_open(settings_of(mode_of(state)), 3);
    struct io *io = node->io[0];
    static struct datagram list[MOST];
    unsigned seed = 1;
    for (unsigned round = 0; round < 100; round++) {
        unsigned remotes[MOST], length = 100, remote = 0, count = 1 + draw(&seed, 150);
        uint16_t lengths[MOST];
        for (unsigned i = 0; i < count; i++) {
            if (draw(&seed, 4) == 0) length = draw(&seed, 3) == 0 ? draw(&seed, 1501) : draw(&seed, 60);
            if (draw(&seed, 6) == 0) remote = draw(&seed, 3);
            list[i] = filled(io, lengths[i] = (uint16_t)length, node->remotes[remotes[i] = remote].peer, i + round);
        }
        assert_int_equal(io->operations->send(io, list, count), count);
        for (unsigned i = 0; i < count; i++) {
            uint8_t expected[1500], bytes[1501];
            fill_bytes(expected, lengths[i], i + round);
            assert_int_equal(remote_receive(&node->remotes[remotes[i]], bytes, sizeof bytes), lengths[i]);
            assert_memory_equal(bytes, expected, lengths[i]);
        }
    }
    node_close(node, 0);
}

static void what_goes_to_one_peer_goes_as_one_train(void **state) {
    struct node *node = node_open(settings_of(mode_of(state)), 2);
    struct io *io = node->io[0];
    struct datagram list[12];
    static uint8_t bytes[2000];
    int on = 1;
    setsockopt(node->remotes[0].fd, IPPROTO_UDP, UDP_GRO, &on, sizeof on);
    /* The first remote's, with two of the second's in between, and a last one that is shorter. */
    for (unsigned i = 0; i < 12; i++) list[i] = filled(io, i == 11 ? 7 : 100, node->remotes[i == 4 || i == 5].peer, i);
    assert_int_equal(io->operations->send(io, list, 12), 12);
    static const uint16_t TRAINS[] = {400, 507}, DATAGRAMS[] = {100, 100, 100, 100, 100, 100, 100, 100, 100, 7};
    bool trains = mode_of(state) == UDP_BURSTS;
    for (unsigned i = 0; i < (trains ? 2 : 10); i++)
        assert_int_equal(remote_receive(&node->remotes[0], bytes, sizeof bytes), trains ? TRAINS[i] : DATAGRAMS[i]);
    node_close(node, 0);
}

/* `count` datagrams are sent at once and come as `trains`, or each by itself where there are none. */
static void goes_as(struct node *node, unsigned count, uint16_t length, const uint16_t *trains, unsigned train_count) {
    struct io *io = node->io[0];
    static struct datagram list[MOST];
    static uint8_t bytes[65536];
    for (unsigned i = 0; i < count; i++) list[i] = filled(io, length, 0, i);
    assert_int_equal(io->operations->send(io, list, count), count);
    for (unsigned i = 0; i < (trains != NULL ? train_count : count); i++)
        assert_int_equal(remote_receive(&node->remotes[0], bytes, sizeof bytes), trains != NULL ? trains[i] : length);
}

static void a_train_is_no_longer_than_the_kernel_takes(void **state) {
    struct node *node = node_open(settings_of(mode_of(state)), 1);
    int on = 1;
    static const uint16_t SHORT[] = {64 * 2, 64 * 2, 2 * 2}, LONG[] = {53 * 1232, 7 * 1232};
    bool trains = mode_of(state) == UDP_BURSTS;
    setsockopt(node->remotes[0].fd, IPPROTO_UDP, UDP_GRO, &on, sizeof on);
    goes_as(node, 130, 2, trains ? SHORT : NULL, 3);
    goes_as(node, 60, 1232, trains ? LONG : NULL, 2);
    node_close(node, 0);
}

/* As many as an ordinary user's socket buffer has room for. */
static void full_lists_of_the_shortest_and_some_of_the_longest_are_sent(void **state) {
    struct udp_settings settings = settings_of(mode_of(state));
    settings.room = 9000;
    struct node *node = node_open(settings, 1);
    goes_as(node, 256, 1, NULL, 0);
    goes_as(node, 14, 9000, NULL, 0);
    node_close(node, 0);
}

static void each_peer_stays_with_one_of_the_workers_at_an_endpoint(void **state) {
    struct udp_settings settings = settings_of(mode_of(state));
    settings.workers = 2;
    struct node *node = node_open(settings, REMOTES);
    struct datagram list[MOST];
    unsigned seen[REMOTES] = {0}, got[2] = {0};
    assert_int_equal(udp_facts(node->io[0], 0).bound.port, udp_facts(node->io[1], 0).bound.port);
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < REMOTES; i++) remote_send(&node->remotes[i], node->at[0], (const uint8_t *)"x", 1, 0);
        for (unsigned misses = 0, all = 0; all < REMOTES && misses < 1000; misses++)
            for (unsigned w = 0; w < 2; w++) {
                unsigned count = node->io[w]->operations->receive(node->io[w], list, MOST, 0);
                for (unsigned i = 0; i < count; i++) seen[list[i].peer] |= 1u << w;
                node->io[w]->operations->drop(node->io[w], list, count);
                got[w] += count;
                all += count;
                if (count == 0) node->io[w]->operations->wait(node->io[w], 1000000);
            }
    }
    assert_int_equal(got[0] + got[1], 3 * REMOTES);
    assert_true(got[0] > 0 && got[1] > 0);
    for (unsigned i = 0; i < REMOTES; i++) assert_true(seen[i] == 1 || seen[i] == 2);
    node_close(node, 0);
}

static void a_second_node_is_refused_the_endpoint(void **state) {
    struct udp_settings settings = settings_of(mode_of(state));
    struct node *node = node_open(settings, 1);
    struct io *second;
    struct failure why;
    char expected[128];
    settings.listen[0] = node->at[0];
    settings.peers = &node->peers;
    assert_false(udp_open(&settings, &second, &why));
    snprintf(
        expected, sizeof expected,
        "127.0.0.1:%u: cannot listen there: Address already in use; stop who has it, or choose another listen address",
        node->at[0].port);
    assert_string_equal(why.text, expected);
    settings.listen[0] = endpoint_ipv4((const uint8_t[]){192, 0, 2, 1}, 0); /* for documentation: nobody's */
    assert_false(udp_open(&settings, &second, &why));
    assert_non_null(strstr(why.text, "192.0.2.1:0: cannot listen there"));
    node_close(node, 0);
}

static void what_the_kernel_dropped_is_counted(void **state) {
    struct udp_settings settings = settings_of(mode_of(state));
    settings.socket_buffer = 5000;
    settings.slots = 4096;
    struct node *node = node_open(settings, 1);
    struct io *io = node->io[0];
    struct datagram list[MOST];
    for (unsigned i = 0; i < 200; i++) remote_send(&node->remotes[0], node->at[0], (const uint8_t *)"x", 1, 0);
    unsigned received = receive_most(io, list, MOST);
    assert_in_range(received, 1, 199);
    assert_int_equal(counter_read(&io->counters->lost_below), 0); /* it was not time to ask */
    io->operations->receive(io, list, 1, 1000000000);
    assert_int_equal(counter_read(&io->counters->lost_below), 200 - received);
    io->operations->receive(io, list, 1, 2000000000);
    assert_int_equal(counter_read(&io->counters->lost_below), 200 - received);
    io->operations->drop(io, list, received);
    node_close(node, 0);
}

static void what_the_kernel_gave_is_told(void **state) {
    bool trains = mode_of(state) == UDP_BURSTS;
    struct node *node = node_open(settings_of(mode_of(state)), 1);
    struct udp_facts facts = udp_facts(node->io[0], 0);
    assert_int_equal(facts.gro, trains);
    assert_int_equal(facts.gso, trains);
    assert_true(facts.receive_buffer > 100000 && facts.send_buffer > 100000);
    assert_true(facts.bound.port > 0);
    node_close(node, 0);
}

/* A network of this thread's own, whose loopback device has the MTU of an Ethernet. False where that is not allowed. */
static bool enter_network(void) {
    struct ifreq device = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_LOOPBACK};
    if (unshare(CLONE_NEWNET) != 0) return false;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &device), 0);
    device.ifr_mtu = 1500;
    assert_int_equal(ioctl(fd, SIOCSIFMTU, &device), 0);
    close(fd);
    return true;
}

static void what_is_longer_than_the_mtu_is_refused_and_its_neighbours_are_not(void **state) {
    int before = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    if (!enter_network()) skip();
    struct udp_settings settings = settings_of(mode_of(state));
    settings.room = 3000;
    struct node *node = node_open(settings, 1);
    struct io *io = node->io[0];
    struct datagram list[6];
    static const uint16_t LENGTHS[] = {1472, 1472, 1473, 1473, 20, 1472};
    uint8_t bytes[3000];
    for (unsigned i = 0; i < 6; i++) list[i] = filled(io, LENGTHS[i], 0, i);
    assert_int_equal(io->operations->send(io, list, 6), 4);
    for (unsigned i = 0; i < 6; i++)
        if (LENGTHS[i] <= 1472) assert_int_equal(remote_receive(&node->remotes[0], bytes, sizeof bytes), LENGTHS[i]);
    assert_int_equal(list[4].length, 1473);
    assert_int_equal(list[5].length, 1473);
    assert_int_equal(counter_read(&io->counters->refused), 2);
    assert_int_equal(io->operations->spread(io, bytes, 1473, (const uint32_t[]){0, 0}, 2), 0);
    assert_int_equal(udp_facts(io, 0).gso, mode_of(state) == UDP_BURSTS);
    node_close(node, 0);
    assert_int_equal(setns(before, CLONE_NEWNET), 0);
    close(before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_BOTH_MODES(a_train_is_cut_where_its_sender_cut_it),
        IN_BOTH_MODES(a_list_that_ends_within_a_train_goes_on_with_it),
        IN_BOTH_MODES(ordinary_sockets_get_what_was_sent_in_its_order),
        IN_BOTH_MODES(what_goes_to_one_peer_goes_as_one_train),
        IN_BOTH_MODES(a_train_is_no_longer_than_the_kernel_takes),
        IN_BOTH_MODES(full_lists_of_the_shortest_and_some_of_the_longest_are_sent),
        IN_BOTH_MODES(each_peer_stays_with_one_of_the_workers_at_an_endpoint),
        IN_BOTH_MODES(a_second_node_is_refused_the_endpoint),
        IN_BOTH_MODES(what_the_kernel_dropped_is_counted),
        IN_BOTH_MODES(what_the_kernel_gave_is_told),
        IN_BOTH_MODES(what_is_longer_than_the_mtu_is_refused_and_its_neighbours_are_not),
    };
    return cmocka_run_group_tests_name("udp_kernel", tests, NULL, NULL);
}
