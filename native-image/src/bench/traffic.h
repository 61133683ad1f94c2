#ifndef PANTHEON_BENCH_TRAFFIC_H
#define PANTHEON_BENCH_TRAFFIC_H

#include <stdint.h>

#include "bench/system.h"
#include "bench/wire.h"
#include "worker/clock.h"

/*
 * Something that a node answers, over a wire, as a system that can be offered load (bench/system.h): each datagram has
 * a number, its answer has it too, and so loss is counted here, where answers arrive, and latency runs from the moment
 * at which the datagram was due. One thread sends and receives, the caller's, which should have a CPU of its own.
 */
enum traffic_kind {
    TRAFFIC_ECHO,        /* protocol/echo.h: the shortest way through a node */
    TRAFFIC_TRANSACTION, /* transactions/: received, checked, deduplicated, pooled; answered by its receipt */
    TRAFFIC_FRAMES,      /* echoes as finished frames, memif alone (bench/frames.h) */
    TRAFFIC_MIRRORED,    /* the same to a program that sends back what it gets */
};

/*
 * 200 bytes: what a transfer of one signature takes on Solana (its own are 176 to 215), which the seed's TPS figures
 * are about if about anything. With our header, 64 bytes of payload.
 */
#define TRAFFIC_TRANSACTION_BYTES 200u

/*
 * Datagrams that may be under way or lost at once: 2^20 are a third of a second at 3 Mpps. An answer that is older than
 * that counts as lost.
 */
#define TRAFFIC_WINDOW (1u << 20)

/* How long after the last datagram answers are still waited for, counted from the last answer: ten times an adaptive
 * pause. */
#define TRAFFIC_DRAIN_NS 100000000u

struct traffic {
    struct bench_system system; /* first: offer() */
    struct wire *wire;
    enum traffic_kind kind;
    unsigned connections; /* datagrams go round them */
    uint16_t length;      /* of a datagram, with our header */
    struct clock clock;

    uint64_t *due;     /* TRAFFIC_WINDOW: when number n was due, 0 once it was answered */
    uint64_t number;   /* of the next datagram: goes on from one offer to the next, so a late answer is nobody else's */
    uint64_t first;    /* of this offer */
    uint64_t epoch_ns; /* from the processor's clock to the time of day */
    uint64_t valid_until; /* slot: what transactions say now. They outlive no long offer, so it goes on with the time */
    uint8_t bytes[WIRE_BURST][WIRE_BYTES];
    struct wire_datagram burst[WIRE_BURST];
    struct frames *frames;   /* of the last two kinds */
    struct hostile *hostile; /* a peer that floods meanwhile, on the same wire; the caller's. NULL: there is none */
};

/*
 * Echoes for the largest rate of packets on a wire: over memif as finished frames, for else the sender, and not the
 * node, would be measured. Over sockets a datagram's headers are the kernel's work in any case.
 */
enum traffic_kind traffic_packets(enum wire_kind wire);

/* `name` and `wire_name` are bench_system's. NULL where there is no memory. */
struct traffic *traffic_make(enum traffic_kind kind, const char *name, const char *wire_name, struct wire *wire,
                             unsigned connections, uint16_t length);
void traffic_release(struct traffic *traffic);

/* The body of a transaction behind the header's place, for a datagram of `length` bytes; nonce and validity are left at
 * 0. */
void traffic_fill_transaction(uint8_t *bytes, uint16_t length);

#endif
