#ifndef PANTHEON_PEER_TO_PEER_HANDSHAKE_H
#define PANTHEON_PEER_TO_PEER_HANDSHAKE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/timetable.h"
#include "peer_to_peer/hello.h"
#include "statistics/counter.h"
#include "transactions/tag.h"

/*
 * Which peers are there and speak our protocol. Each is greeted with a hello until it answers, at most
 * max_pending_peers at a time, in the order in which they became due:
 *
 *     unknown    never answered yet
 *     pending    a hello of ours is under way; again after half a second, then twice as long each time, 8 s at most; given
 *                up after connection_timeout, and greeted again after as long a pause
 *     connected  it answered, and its version agrees with ours (peer_to_peer/hello.h)
 *     refused    it answered, and the versions do not agree; greeted again after each pause, and as soon as it says hello
 *                with another version, since it may have been brought up to date
 *     lost       was connected, and nothing of it was heard for connection_timeout: greeted again at once
 *
 * Who is believed. Nothing is signed, and whoever can forge a peer's address can send its hellos. So a hello changes no
 * state: it is answered, one for one, and may have us say hello ourselves, twice a second at most; what counts is the
 * answer to that, which only somebody who sees our hellos can give (a nonce of 64 bits, SipHash under a key that nobody
 * knows).
 *
 * What it does not do: keep anything out. Peers are those of config.toml, each has its limits, and every body is
 * checked by whoever reads it, so a transaction or a shred is taken from a peer in any state. Were they waited for, a
 * node that starts anew would drop what its peers send it until each has answered, for nothing. Probes go to peers in
 * every state too, since what comes back is how a lost one is noticed, but to refused ones: their counters would look
 * like a link that works, and nobody uses it.
 *
 * One thread's, but for handshake_state, handshake_count, handshake_counters and handshake_set. No allocation after
 * handshake_make: 52 bytes a peer.
 */
enum peer_state { PEER_UNKNOWN, PEER_PENDING, PEER_CONNECTED, PEER_REFUSED, PEER_LOST, PEER_STATES };

/* For telemetry: `connected`. */
const char *peer_state_name(enum peer_state state);

/*
 * From the first hello to the second: TCP waits a second (RFC 6298, 2.1) for a path that may be any; ours are of one
 * fleet, and the worst round trip on earth is half of that. Then twice as long each time, as there.
 */
#define HANDSHAKE_RETRY_NS 500000000ull
#define HANDSHAKE_MOST_RETRY_NS 8000000000ull

/* Hellos that one tick sends: what the ring to the worker has room for (main/peer_to_peer.c). */
#define HANDSHAKE_BURST 64u

struct handshake_counters {
    struct counter hellos_sent, answers_sent;
    struct counter hellos_received, answers_received;
    struct counter malformed;
    struct counter unasked;        /* answers to no hello of ours that is under way */
    struct counter other_versions; /* hellos and answers whose version does not agree with ours */
    struct counter given_up;
    struct counter losses;
    struct counter send_refused; /* hellos that there was no room for; sent again soon */
};

/* What an operator wants to be told: once, when it happens. Each is also told that it is over. */
struct handshake_news {
    uint32_t peer;
    enum peer_state state;           /* refused, lost, or connected again */
    char version[HELLO_VERSION + 1]; /* the peer's, where it is refused */
};

/* What it works with; whoever makes it embeds this in what it knows. */
struct handshake_outside {
    /* To the peer, as soon as can be. False where there is no room. */
    bool (*send)(struct handshake_outside *outside, uint32_t peer, const uint8_t *bytes, uint16_t length);
    /* When something of the peer counted last that is no hello (protocol/exchange.h), 0: never. */
    uint64_t (*heard_ns)(struct handshake_outside *outside, uint32_t peer);
    /* Whether probes are of use to it. */
    void (*probe)(struct handshake_outside *outside, uint32_t peer, bool useful);
    void (*tell)(struct handshake_outside *outside, const struct handshake_news *news);
};

struct handshake_settings {
    const char *version; /* protocol_version; stays where it is */
    uint32_t network;    /* protocol/header.h */
    uint32_t peers;
    uint32_t most_pending;
    uint64_t timeout_ns;
    struct tag_key key; /* of the nonces */
    struct handshake_outside *outside;
};

struct handshake;

/* NULL where there is no memory. Everybody is due at once. */
struct handshake *handshake_make(const struct handshake_settings *settings);
void handshake_release(struct handshake *handshake);

/*
 * Other peers, while nobody uses it: `room` was made for them (handshake_make with their number), and is given the old
 * ones for it. Whoever stays is where it was, with the hello that is under way; the others are due at once. `from` and
 * `to` are peers_match's (protocol/peers.h).
 */
void handshake_move(struct handshake *handshake, struct handshake *room, const uint32_t *from, const uint32_t *to);

/* What a reload may change (main/reload.h). Any thread, at any time; what is under way keeps the time that it has. */
void handshake_set(struct handshake *handshake, uint32_t most_pending, uint64_t timeout_ns);

/*
 * A message of a peer, of one of the two types. True where it is to be answered: the answer, HELLO_BYTES, stands in
 * `answer`, which may be `bytes`. Times must not go back.
 */
bool handshake_receive(struct handshake *handshake, enum message_type type, const uint8_t *bytes, size_t length,
                       uint32_t peer, uint64_t now_ns, uint8_t *answer);

/* What is due. Answers when it wants to be called again, at the latest. */
uint64_t handshake_tick(struct handshake *handshake, uint64_t now_ns);

/* Any thread. */
enum peer_state handshake_state(const struct handshake *handshake, uint32_t peer);
uint64_t handshake_count(const struct handshake *handshake, enum peer_state state); /* of the peers in it */
const struct handshake_counters *handshake_counters(const struct handshake *handshake);

#endif
