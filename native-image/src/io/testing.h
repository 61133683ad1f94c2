#ifndef PANTHEON_IO_TESTING_H
#define PANTHEON_IO_TESTING_H

/* What the tests of this folder share. cmocka.h wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/socket_address.h"
#include "io/udp.h"
#include "protocol/drops.h"

/* Both modes have to do alike what is tested in both: each is a test of its own. */
static enum udp_mode bursts = UDP_BURSTS, packets = UDP_PACKETS;
#define IN_MODE(test, mode)                                                                                            \
    { #test " (" #mode ")", test, NULL, NULL, &mode }
#define IN_BOTH_MODES(test) IN_MODE(test, bursts), IN_MODE(test, packets)

static inline enum udp_mode mode_of(void **state) {
    return *(const enum udp_mode *)*state;
}

/* An ordinary socket on the loopback device, at a port that the kernel chose: what a node's peer is here. */
struct remote {
    int fd;
    struct endpoint endpoint;
    uint32_t peer; /* its index in the node's table, once it is in one */
};

static inline struct endpoint loopback(uint8_t family) {
    return family == 4 ? endpoint_ipv4((const uint8_t[]){127, 0, 0, 1}, 0)
                       : endpoint_ipv6((const uint8_t[16]){[15] = 1}, 0);
}

static inline void remote_open(struct remote *remote, uint8_t family) {
    union socket_address address;
    struct endpoint endpoint = loopback(family);
    struct timeval second = {.tv_sec = 1};
    int room = 1000000; /* what an ordinary user gets of it, twice 208 KiB, is enough for every test */
    socklen_t length = sizeof address;
    socket_address_write(&address, &endpoint);
    remote->fd = socket(address.any.sa_family, SOCK_DGRAM, 0);
    assert_int_equal(bind(remote->fd, &address.any, socket_address_length(family)), 0);
    assert_int_equal(getsockname(remote->fd, &address.any, &length), 0);
    setsockopt(remote->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    setsockopt(remote->fd, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second);
    remote->endpoint = socket_address_read(&address);
}

/* Sends `count` bytes as datagrams of `segment` bytes, the last one shorter perhaps: one train. */
static inline void remote_send(const struct remote *remote, struct endpoint to, const uint8_t *bytes, size_t count,
                               uint16_t segment) {
    union socket_address address;
    int each = segment;
    socket_address_write(&address, &to);
    setsockopt(remote->fd, IPPROTO_UDP, UDP_SEGMENT, &each, sizeof each);
    assert_int_equal(sendto(remote->fd, bytes, count, 0, &address.any, socket_address_length(to.family)), count);
}

/* How long the next datagram is; -1 where none comes within a second. */
static inline ssize_t remote_receive(const struct remote *remote, uint8_t *bytes, size_t room) {
    return recv(remote->fd, bytes, room, 0);
}

enum { REMOTES = 160, WORKERS = 2 };

struct node {
    struct io *io[WORKERS];
    unsigned workers;
    struct endpoint at[2]; /* of each family that it listens to */
    struct peer list[REMOTES];
    uint64_t slots[4 * REMOTES];
    struct peers peers;
    struct remote remotes[REMOTES];
    unsigned remote_count;
};

static inline struct udp_settings settings_of(enum udp_mode mode) {
    return (struct udp_settings){.mode = mode,
                                 .workers = 1,
                                 .listen = {loopback(4)},
                                 .listen_count = 1,
                                 .slots = 1024,
                                 .room = 1500,
                                 .socket_buffer = UDP_SOCKET_BUFFER};
}

/* A node on the loopback device that knows `count` remotes, of the families of `listen` in turns. */
static inline struct node *node_open(struct udp_settings settings, unsigned count) {
    struct node *node = calloc(1, sizeof *node);
    struct failure why = {.text = ""};
    node->workers = settings.workers;
    node->remote_count = count;
    for (unsigned i = 0; i < count; i++) {
        remote_open(&node->remotes[i], settings.listen[i % settings.listen_count].family);
        node->list[i] = (struct peer){.endpoint = node->remotes[i].endpoint};
    }
    peers_sort(node->list, count);
    node->peers = (struct peers){.list = node->list, .count = count};
    peers_index(&node->peers, node->slots);
    for (unsigned i = 0; i < count; i++)
        node->remotes[i].peer = (uint32_t)peers_find(&node->peers, &node->remotes[i].endpoint);
    settings.peers = &node->peers;
    if (!udp_open(&settings, node->io, &why)) fail_msg("%s", why.text);
    for (unsigned i = 0; i < settings.listen_count; i++) node->at[i] = udp_facts(node->io[0], i).bound;
    return node;
}

/* `missing` buffers have not been given back. */
static inline void node_close(struct node *node, unsigned missing) {
    for (unsigned i = 0; i < node->workers; i++) missing -= udp_close(node->io[i]);
    assert_int_equal(missing, 0);
    for (unsigned i = 0; i < node->remote_count; i++) close(node->remotes[i].fd);
    free(node);
}

/* Receives until there are `expected`, or nothing came for a second. */
static inline unsigned receive_most(struct io *io, struct datagram *list, unsigned expected) {
    unsigned count = 0, misses = 0;
    while (count < expected && misses < 100) {
        unsigned more = io->operations->receive(io, list + count, expected - count, 0);
        count += more;
        misses = more > 0 ? 0 : misses + 1;
        if (more == 0) io->operations->wait(io, 10000000);
    }
    return count;
}

/* Bytes of which no two places nearby are alike. */
static inline void fill_bytes(uint8_t *bytes, size_t count, unsigned seed) {
    for (size_t i = 0; i < count; i++) bytes[i] = (uint8_t)((i + seed) * 167 + ((i + seed) >> 8) * 13 + seed);
}

static inline struct datagram filled(struct io *io, uint16_t length, uint32_t peer, unsigned seed) {
    struct datagram datagram;
    assert_true(io->operations->take(io, &datagram));
    assert_true(length <= datagram.room);
    datagram.length = length;
    datagram.peer = peer;
    fill_bytes(datagram.bytes, length, seed);
    return datagram;
}

static inline bool has_ipv6(void) {
    union socket_address address;
    struct endpoint endpoint = loopback(6);
    socket_address_write(&address, &endpoint);
    int fd = socket(AF_INET6, SOCK_DGRAM, 0);
    bool has = fd >= 0 && bind(fd, &address.any, socket_address_length(6)) == 0;
    close(fd);
    return has;
}

#endif
