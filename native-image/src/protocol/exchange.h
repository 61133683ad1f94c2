#ifndef PANTHEON_PROTOCOL_EXCHANGE_H
#define PANTHEON_PROTOCOL_EXCHANGE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/frame.h"
#include "protocol/limit.h"
#include "protocol/peers.h"
#include "protocol/sequence.h"
#include "statistics/counter.h"

/*
 * What a node says to its peers and counts of what they say: everything about frames that is not DPDK's. It works on
 * bytes that somebody else received and hands back bytes that somebody else sends, so tests, fuzzers and other
 * backends use it as the workers do.
 *
 * Who may touch what: `struct exchange` is shared; after exchange_init only the peers' `next` in it change, each by
 * one relaxed atomic addition. `struct exchange_worker` belongs to one worker; other threads read its counters.
 *
 * Numbers of one peer are judged by the worker that receives them. That is one worker as long as one flow reaches one
 * queue, which RSS (same addresses and ports, same queue) and ports without RSS (queue 0 alone receives) both give.
 */

/*
 * Ten probes a second to each peer: loss shows within a second, and 500 peers (max_peers of the seed) cost 5,000 small
 * frames a second, a thousandth of a core.
 */
#define EXCHANGE_PROBE_INTERVAL_NS 100000000ull

/* A reply that claims to answer a probe older than this is not used for the round trip: it outlived every queue. */
#define EXCHANGE_MAX_RTT_NS 60000000000ull

/* Why a frame was dropped, beside the results of frame_outer and frame_inner, which come first. */
enum exchange_drop {
    DROP_NOT_FOR_US = FRAME_RESULTS, /* another MAC or IP address or UDP port */
    DROP_UNKNOWN_SENDER,
    DROP_OVER_LIMIT,
    DROP_OTHER_NETWORK, /* another network_id */
    DROP_STALE,         /* SEQUENCE_STALE */
    DROP_IMPOSSIBLE,    /* SEQUENCE_IMPOSSIBLE: malformed */
    DROP_SCATTERED,     /* counted by the worker: in several buffers, which nothing of ours fills */
    DROP_BAD_OFFLOAD,   /* counted by the worker: the card found a wrong checksum */
    EXCHANGE_DROPS
};

/* For telemetry: `unknown_sender`. */
const char *exchange_drop_name(unsigned drop);

/* Malformed drops are counted as such, the others as dropped. */
bool exchange_is_malformed(unsigned drop);

/* One peer as every worker sees it; a cache line of its own. */
struct exchange_peer {
    _Alignas(64) _Atomic uint64_t next; /* the number of the next frame to it */
};

/* Made by one thread before the workers start. */
struct exchange {
    uint8_t mac[6];
    struct endpoint self;
    uint32_t network;
    uint32_t session;
    struct peers peers;
    struct exchange_peer *shared; /* one a peer */
};

/* What one worker keeps of one peer. */
struct exchange_peer_state {
    _Alignas(64) struct counter sent; /* probes and replies that the port took */
    struct counter received;          /* frames that count: next, gap, late, duplicated */
    struct counter lost;              /* gaps, less those that were filled late */
    struct counter late;
    struct counter duplicated;
    struct counter rtt_ns;  /* smoothed, 0 before the first reply */
    struct counter replies; /* that rtt_ns was made from */
    struct limit limit;
    struct sequence sequence;
};

struct exchange_worker {
    struct exchange *exchange;
    struct exchange_peer_state *peers; /* one a peer */
    struct counter drops[EXCHANGE_DROPS];
    size_t probing;    /* the peer whose probe is next */
    uint64_t round_ns; /* when its round of probes began; 0 before the first */
};

/*
 * A received frame. Answers the index of the peer to whom `bytes` now hold a reply of FRAME_LENGTH bytes, which the
 * caller sends, or EXCHANGE_NOTHING. `writable` is how many bytes may be written at `bytes`; a probe whose buffer is
 * too small for its reply is counted and not answered.
 */
#define EXCHANGE_NOTHING SIZE_MAX
size_t exchange_receive(struct exchange_worker *worker, uint8_t *bytes, size_t length, size_t writable,
                        uint64_t now_ns);

/* True where a probe is due: for one worker alone, which then calls exchange_probe. */
bool exchange_probe_due(struct exchange_worker *worker, uint64_t now_ns);

/* Writes the next due probe into `bytes` and answers the index of its peer. */
size_t exchange_probe(struct exchange_worker *worker, uint8_t bytes[FRAME_LENGTH], uint64_t now_ns);

/* The port took the frame for this peer. One that it did not take has used its number: the peer counts it as lost. */
void exchange_sent(struct exchange_worker *worker, size_t peer);

#endif
