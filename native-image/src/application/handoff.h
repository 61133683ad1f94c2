#ifndef PANTHEON_APPLICATION_HANDOFF_H
#define PANTHEON_APPLICATION_HANDOFF_H

#include <stdbool.h>
#include <stdint.h>

#include "io/io.h"
#include "statistics/counter.h"

/*
 * Between one worker and one application thread (consensus, P2P, transaction pool): three rings with one producer and
 * one consumer each, made of DPDK's rte_ring in memory of our own, so they work without EAL.
 *
 *     in     worker -> application    datagrams, by value, with what the worker has found out already
 *     back   application -> worker    buffers: to be given back, or to be sent to `peer`
 *     out    application -> worker    bytes of the application's own that are to go to one or many peers
 *
 * The wire is never held up by an application: what it has no room for the worker drops and counts (Firedancer's
 * overrun rule). An application that does not keep up, or hangs, costs the worker `room` buffers of its pool and no
 * more.
 *
 * Each of the two sides is one thread, always the same one. When the application's thread has ended, whoever waited for
 * its end may act for it: take what is left and give it back, until handoff_held is 0.
 *
 * Measured between two cores (best of 200 windows of 4 ms), ns a datagram: given in bursts of 32, taken, given back and
 * taken back, 9; sent one by one and taken out, 200 bytes to one peer, 41 where the worker looks every 2 us and 280
 * where it does nothing but look, since the ring's cache line then travels for each; 1,232 bytes, 300.
 */
struct handed {
    struct datagram datagram;
    uint64_t tag; /* transactions/dedup.h's, or when it arrived, in ns */
};

/* 1,280 bytes that every IPv6 path carries, less the headers of IPv6 and UDP; Solana's packets are as long. */
#define HANDOFF_BYTES 1232u
/* One layer of a fan-out tree (200 peers, Solana's turbine) in one entry. */
#define HANDOFF_PEERS 256u

struct handoff_settings {
    unsigned room;      /* datagrams that the application may hold: in `in`, in its hands and in `back` together */
    unsigned out_room;  /* entries of `out` */
    uint16_t out_bytes; /* of the longest datagram of the application's own: HANDOFF_BYTES, more with jumbo frames */
    uint16_t out_peers; /* that one entry names: HANDOFF_PEERS; a longer list takes several entries */
};

/* Each written by the side named, read by any thread. */
struct handoff_counters {
    _Alignas(64) struct counter given; /* worker: datagrams that went to the application */
    struct counter overrun;            /* worker: that did not, since it held `room` already */
    _Alignas(64) struct counter sent;  /* application: datagrams of its own, one for each peer */
    struct counter refused;            /* application: the same, that there was no room for */
};

struct handoff;

/*
 * The memory is taken here, once: about 64 to 128 bytes an entry of `room` (rings are powers of two) and 2.3 KiB an
 * entry of `out` with the numbers above. NULL where there is none, a setting is 0, or a room above 2^24.
 */
struct handoff *handoff_make(const struct handoff_settings *settings);
void handoff_release(struct handoff *handoff);

const struct handoff_counters *handoff_counters(const struct handoff *handoff);

/* The worker's side. */

/* Answers how many of the first ones the application got; the others are the caller's still, and are counted. */
unsigned handoff_give(struct handoff *handoff, const struct handed *list, unsigned count);
unsigned handoff_take_back(struct handoff *handoff, struct datagram *list, unsigned most);
/* Given and not taken back yet. */
unsigned handoff_held(const struct handoff *handoff);

/* A datagram of the application's own. */
struct outgoing {
    const uint8_t *bytes;
    const uint32_t *peers;
    uint16_t length;
    uint16_t count; /* of peers, 1 at least */
};
/*
 * Up to `most` of them, HANDOFF_OUT_BURST at most, in the order in which they were sent. Their bytes and peers are the
 * handoff's own and stay as they are until the next handoff_take_out of the same handoff, whatever it answers: send
 * them all (io's `spread` copies or sends at once) before taking more.
 */
#define HANDOFF_OUT_BURST 32u
unsigned handoff_take_out(struct handoff *handoff, struct outgoing *list, unsigned most);

/* The application's side. */

unsigned handoff_take(struct handoff *handoff, struct handed *list, unsigned most);
/*
 * What was taken, each datagram once, in any order. One whose `peer` is HANDOFF_DROP is given back unsent. Never fails:
 * `back` has room for all that an application can hold.
 */
#define HANDOFF_DROP UINT32_MAX
void handoff_give_back(struct handoff *handoff, const struct datagram *list, unsigned count);
/* Of a thread that ends: whatever waits goes back unsent, to the worker whose buffer it is. */
void handoff_give_all_back(struct handoff *handoff);
/*
 * Copies bytes and peers; both are the caller's again at once. False where `out` has no room for all of it or the bytes
 * are longer than out_bytes: nothing was taken, and `count` datagrams are counted as refused. Try again later, or let
 * it be.
 */
bool handoff_send(struct handoff *handoff, const uint8_t *bytes, uint16_t length, const uint32_t *peers,
                  unsigned count);

#endif
