#ifndef PANTHEON_PEER_TO_PEER_TESTING_H
#define PANTHEON_PEER_TO_PEER_TESTING_H

/* What the tests of this folder share. cmocka.h wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "peer_to_peer/handshake.h"

/*
 * One node's handshakes in virtual time, and its peers: each of them answers after a millisecond, as its script says.
 * What a peer does beside that (probes, hellos of its own) is the test's.
 */
#define MS 1000000ull
#define SECOND 1000000000ull
#define START (1000 * SECOND)
#define LATENCY MS
enum { NETWORK = 0x4c41424e, MOST_PEERS = 500, MOST_ON_THE_WAY = 4096, MOST_HELLOS = 64, MOST_NEWS = 64 };

struct scripted {
    bool dead; /* answers nothing */
    const char *version;
    unsigned loss;     /* of ten datagrams, each way */
    uint64_t heard_ns; /* of its probes */
    bool probed;
    unsigned hellos;                 /* that came */
    uint64_t hello_ns[MOST_HELLOS];  /* when the first ones did */
    uint8_t last_hello[HELLO_BYTES]; /* the last one */
};

struct on_the_way {
    uint64_t arrives_ns;
    uint32_t peer;
    uint8_t bytes[HELLO_BYTES];
};

struct world {
    struct handshake_outside outside; /* first: this is how it is found */
    struct handshake *handshake;
    uint64_t now_ns;
    uint32_t peers;
    struct scripted list[MOST_PEERS];
    struct on_the_way ring[MOST_ON_THE_WAY];
    unsigned first, count;
    uint64_t draw;
    unsigned room; /* hellos that are still taken */
    uint64_t most_pending;
    struct handshake_news news[MOST_NEWS];
    unsigned news_count;
};

static inline struct world *world_of(struct handshake_outside *outside) {
    return (struct world *)(void *)outside;
}

static inline unsigned draw(struct world *world, unsigned below) {
    world->draw ^= world->draw << 13, world->draw ^= world->draw >> 7, world->draw ^= world->draw << 17;
    return (unsigned)(world->draw % below);
}

static inline void answer_later(struct world *world, uint32_t peer, const uint8_t *bytes) {
    const struct scripted *script = &world->list[peer];
    struct hello hello;
    assert_true(hello_read(MESSAGE_HELLO, bytes, HELLO_BYTES, &hello));
    hello.verdict = hello_versions_agree(hello.version, script->version) ? HELLO_WELCOME : HELLO_OTHER_VERSION;
    memset(hello.version, 0, sizeof hello.version);
    memcpy(hello.version, script->version, strlen(script->version));
    assert_true(world->count < MOST_ON_THE_WAY);
    struct on_the_way *message = &world->ring[(world->first + world->count++) % MOST_ON_THE_WAY];
    *message = (struct on_the_way){.arrives_ns = world->now_ns + LATENCY, .peer = peer};
    hello_write(&hello, NETWORK, message->bytes);
}

static inline bool world_send(struct handshake_outside *outside, uint32_t peer, const uint8_t *bytes, uint16_t length) {
    struct world *world = world_of(outside);
    struct scripted *script = &world->list[peer];
    assert_int_equal(length, HELLO_BYTES);
    if (world->room == 0) return false;
    world->room--;
    if (script->hellos < MOST_HELLOS) script->hello_ns[script->hellos] = world->now_ns;
    script->hellos++;
    memcpy(script->last_hello, bytes, HELLO_BYTES);
    if (script->dead || draw(world, 10) < script->loss || draw(world, 10) < script->loss) return true;
    answer_later(world, peer, bytes);
    return true;
}

static inline uint64_t world_heard(struct handshake_outside *outside, uint32_t peer) {
    return world_of(outside)->list[peer].heard_ns;
}

static inline void world_probe(struct handshake_outside *outside, uint32_t peer, bool useful) {
    world_of(outside)->list[peer].probed = useful;
}

static inline void world_tell(struct handshake_outside *outside, const struct handshake_news *news) {
    struct world *world = world_of(outside);
    if (world->news_count < MOST_NEWS) world->news[world->news_count] = *news;
    world->news_count++;
}

/* With the seed's numbers: 100 pending at most, 30 s. */
static inline struct world *world_make(uint32_t peers) {
    struct world *world = calloc(1, sizeof *world);
    world->outside = (struct handshake_outside){world_send, world_heard, world_probe, world_tell};
    world->now_ns = START;
    world->peers = peers;
    world->draw = 88172645463325252ull;
    world->room = UINT32_MAX;
    for (uint32_t i = 0; i < peers; i++) world->list[i] = (struct scripted){.version = "1.0", .probed = true};
    const struct handshake_settings settings = {.version = "1.0",
                                                .network = NETWORK,
                                                .peers = peers,
                                                .most_pending = 100,
                                                .timeout_ns = 30 * SECOND,
                                                .key = {1, 2},
                                                .outside = &world->outside};
    world->handshake = handshake_make(&settings);
    assert_non_null(world->handshake);
    return world;
}

static inline void world_release(struct world *world) {
    handshake_release(world->handshake);
    free(world);
}

static inline void deliver(struct world *world) {
    while (world->count > 0 && world->ring[world->first].arrives_ns <= world->now_ns) {
        const struct on_the_way *message = &world->ring[world->first];
        uint8_t answer[HELLO_BYTES];
        world->first = (world->first + 1) % MOST_ON_THE_WAY;
        world->count--;
        assert_false(handshake_receive(world->handshake, MESSAGE_HELLO_ANSWER, message->bytes, HELLO_BYTES,
                                       message->peer, world->now_ns, answer));
    }
}

/* The counts of states are of all peers, and no more are pending than may be. */
static inline void check_counts(struct world *world, uint64_t most) {
    uint64_t sum = 0, pending = handshake_count(world->handshake, PEER_PENDING);
    for (unsigned state = 0; state < PEER_STATES; state++) sum += handshake_count(world->handshake, state);
    assert_int_equal(sum, world->peers);
    assert_true(pending <= most);
    if (pending > world->most_pending) world->most_pending = pending;
}

/* Until a time: deadlines are met, and nothing is called in between but for what arrives. */
static inline void run_until(struct world *world, uint64_t end_ns) {
    while (world->now_ns <= end_ns) {
        deliver(world);
        uint64_t next = handshake_tick(world->handshake, world->now_ns);
        check_counts(world, 100);
        if (world->count > 0 && world->ring[world->first].arrives_ns < next)
            next = world->ring[world->first].arrives_ns;
        if (next > end_ns) break;
        if (next > world->now_ns) world->now_ns = next;
    }
    world->now_ns = end_ns;
}

static inline enum peer_state state_of(const struct world *world, uint32_t peer) {
    return handshake_state(world->handshake, peer);
}

static inline uint64_t count_of(const struct world *world, enum peer_state state) {
    return handshake_count(world->handshake, state);
}

/* A hello of the peer, that says this version. True where it was answered, then with `verdict`. */
static inline bool says_hello(struct world *world, uint32_t peer, const char *version, enum hello_verdict verdict) {
    struct hello hello = {.nonce = 7, .verdict = HELLO_ASKS}, answer;
    uint8_t bytes[HELLO_BYTES];
    memcpy(hello.version, version, strlen(version));
    hello_write(&hello, NETWORK, bytes);
    if (!handshake_receive(world->handshake, MESSAGE_HELLO, bytes, HELLO_BYTES, peer, world->now_ns, bytes))
        return false;
    return hello_read(MESSAGE_HELLO_ANSWER, bytes, HELLO_BYTES, &answer) && answer.nonce == 7 &&
           answer.verdict == verdict && strcmp(answer.version, "1.0") == 0;
}

#endif
