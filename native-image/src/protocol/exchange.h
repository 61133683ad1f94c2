#ifndef PANTHEON_PROTOCOL_EXCHANGE_H
#define PANTHEON_PROTOCOL_EXCHANGE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/io.h"
#include "protocol/header.h"
#include "protocol/peers.h"
#include "protocol/sequence.h"
#include "statistics/counter.h"

/*
 * Whether peers hear one another, and how well: each peer gets a probe every 100 ms and answers each with one reply of the
 * same length. Probes and replies of one sender to one receiver are numbered in one row, so the receiver finds what was
 * lost on the way to it, whatever it was.
 *
 * Body of MESSAGE_PROBE and MESSAGE_REPLY, big-endian, behind protocol/header.h's twelve bytes:
 *
 *     12  4  session     drawn by the sender when it starts: its numbers begin anew with a new one
 *     16  8  sequence    how many probes and replies the sender sent to this receiver in this session before this one
 *     24  8  timestamp   a probe's: the sender's clock in ns, from any start. A reply's: the probe's, unchanged
 *     32  2  index       by which the sender knows the receiver: what the receiver writes as `hint` from then on
 *     34  2  reserved    0
 *
 * A reply answers exactly one probe: nobody can be made to send more than arrives.
 *
 * Who may touch what: `struct exchange` is shared; after it is made only `shared` changes, by single relaxed atomics.
 * `struct exchange_worker` belongs to one worker; other threads read its counters. Numbers of one peer are judged by the
 * worker that receives them: one worker, as long as one flow reaches one queue or socket, which RSS, SO_REUSEPORT and
 * ports without RSS all give.
 */
#define EXCHANGE_BYTES (HEADER_BYTES + 24u)

/*
 * Ten probes a second to each peer: loss shows within a second, and 500 peers (max_peers of the seed) cost 5,000 small
 * frames a second, a thousandth of a core.
 */
#define EXCHANGE_PROBE_INTERVAL_NS 100000000ull

/* A reply that claims to answer a probe older than this is not used for the round trip: it outlived every queue. */
#define EXCHANGE_MAX_RTT_NS 60000000000ull

/* One peer as every worker sees it; a cache line of its own. */
struct exchange_peer {
    _Alignas(64) _Atomic uint64_t next; /* the number of the next probe or reply to it */
    _Atomic uint16_t hint;              /* by which it knows us, HEADER_NO_HINT before it has told */
    _Atomic bool silent;                /* gets no probes */
};

/* Made by one thread before the workers start. */
struct exchange {
    uint32_t network;
    uint32_t session;
    struct peers peers;
    struct exchange_peer *shared; /* one a peer */
};

/* What one worker keeps of one peer. */
struct exchange_peer_state {
    _Alignas(64) struct counter sent; /* probes and replies that were taken below */
    struct counter received;          /* those that count: next, gap, late, duplicated */
    struct counter lost;              /* gaps, less those that were filled late */
    struct counter late;
    struct counter duplicated;
    struct counter rtt_ns;   /* smoothed, 0 before the first reply */
    struct counter replies;  /* that rtt_ns was made from */
    struct counter heard_ns; /* when something of it counted last, 0 before */
    struct sequence sequence;
};

struct exchange_worker {
    struct exchange *exchange;
    struct exchange_peer_state *peers; /* one a peer */
    struct counter *drops;             /* enum drop (protocol/drops.h) */
    size_t probing;                    /* the peer whose probe is next */
    uint64_t round_ns;                 /* when its round of probes began; 0 before the first */
    struct {
        struct counter sent, received, lost;
    } gone; /* of peers that are no more, so that sums do not go back */
};

/* For each peer `next` 0, no hint, and probes. */
void exchange_reset(struct exchange *exchange);

/*
 * Other peers, while nobody uses any of it (worker/halt.h). What is kept of a peer that stays goes on where it was: its
 * numbers, its counters, when it was heard. `next` has the other peers, and its `shared` was reset; `states` are zero.
 * `from` and `to` are peers_match's. For each worker first, then once for what they share.
 */
void exchange_move_worker(struct exchange_worker *worker, struct exchange_peer_state *states,
                          const struct exchange *next, const uint32_t *from, const uint32_t *to);
void exchange_move(struct exchange *exchange, const struct exchange *next, const uint32_t *from);

/*
 * A received probe or reply whose header was read. True where the datagram is now the reply, of the same length, to be sent
 * to its peer. A probe whose buffer must not be written is counted and not answered.
 */
bool exchange_receive(struct exchange_worker *worker, enum message_type type, struct datagram *datagram,
                      uint64_t now_ns);

/* Whether a peer gets probes; its own are answered in any case. Any thread. */
void exchange_probes(struct exchange *exchange, uint32_t peer, bool gets);

/* True where a probe is due: for one worker alone, which then calls exchange_probe. */
bool exchange_probe_due(struct exchange_worker *worker, uint64_t now_ns);

/* Makes the datagram, an empty one with room, the next due probe. */
void exchange_probe(struct exchange_worker *worker, struct datagram *datagram, uint64_t now_ns);

/* It was taken below. One that was not has used its number: the peer counts it as lost. */
void exchange_sent(struct exchange_worker *worker, uint32_t peer);

#endif
