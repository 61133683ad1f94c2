#ifndef PANTHEON_IO_DPDK_H
#define PANTHEON_IO_DPDK_H

#include <stdint.h>

#include <rte_mbuf.h>

#include "config/dpdk_conf.h"
#include "io/dpdk_bond.h"
#include "io/frame_ring.h"
#include "io/io.h"
#include "net/neighbours.h"
#include "net/packet.h"
#include "protocol/peers.h"

/*
 * The DPDK backend of io.h: a worker's queues of the ports. No system call but the pause; no lock, no allocation.
 *
 * Most of what comes is a datagram of a peer that knows the index under which we know it (header.h's hint). Such a
 * frame is compared with what this peer's frames must begin with, five words, instead of being read and looked up; what
 * differs is read with net/packet.h.
 *
 * ARP and NDP belong to the data plane (net/neighbours.h). Whichever worker receives a question for one of the node's
 * addresses answers it; what is to be learned goes to the first worker, which alone writes the table and asks.
 * Everybody is asked from the start on and again when an answer grows old, whether or not there is something to send: a
 * datagram for a peer that is not known yet is counted as unresolved and asks nobody, since the question is under way
 * already.
 *
 * What is not the data plane's goes to the kernel where there is an exception path (exception/exception.h), else it is
 * dropped. Both are for the port that exchanges frames, or the two of a bond; what another one receives of it is
 * dropped.
 */

/* What frames of one peer to us begin with, IPv4 only, in the parts that never change: one cache line. */
struct dpdk_sender {
    _Alignas(64) uint64_t begins[5];
};

/* Shared by all workers, made before they start. */
struct dpdk_wire {
    const struct peers *peers;
    struct dpdk_sender *senders;       /* one a peer */
    struct packet_template *templates; /* one a peer: what goes to it, but for the destination's MAC address */
    struct neighbours *neighbours;     /* has that */
    const struct dpdk_bond *bond;      /* two ports are one; NULL: there is none */
    uint16_t port;                     /* DPDK's id of the one that exchanges frames; of a bond the primary */
    uint8_t mac[6];                    /* its own */
    struct endpoint self4, self6;      /* family 0: not listened on */
};

/* A receive queue with the transmit queue for what answers it, which no other worker uses. */
struct dpdk_queue {
    uint16_t port;
    uint16_t receive;
    uint16_t transmit;
};

#define DPDK_IO_MAX_QUEUES (32u * 64u) /* ports and queues of each at most */

/* Written by the worker, read by any thread. */
struct dpdk_counters {
    struct counter neighbours[NEIGHBOURS_RESULTS]; /* frames of ARP and NDP: what they were to the table */
    struct counter questions;                      /* of ours */
    struct counter answers;
    struct counter overrun;     /* that the first worker had no room for */
    struct counter to_kernel;   /* frames handed to the exception path */
    struct counter from_kernel; /* frames of the kernel's that went out, or that the card refused */
};

/*
 * Between another worker and the first, and how long a frame of ARP or NDP may be there: the longest of NDP that is
 * right has RESOLUTION_MAX bytes and perhaps a nonce (RFC 3971, 5.3.2) or two more options.
 */
#define DPDK_HEARD_FRAMES 64u
#define DPDK_HEARD_BYTES 252u
/*
 * Sharing. What goes to many peers is copied once: each frame is a small buffer with the headers (`headers`) and,
 * chained behind it, the one buffer with the bytes, which counts its users and goes back to its pool with the last of
 * them (examples/ipv4_multicast does so). It needs a port that takes frames in several segments (port.h, `segments`),
 * and buffers of two pools in one queue, so RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE must never be asked for. Few peers or few
 * bytes are copied all the same, as that is faster; see dpdk_spread.c.
 */
#define DPDK_HEADER_OFFSET 64u /* room in front, where a PMD writes headers of its own (net_virtio: 12 bytes) */
#define DPDK_HEADER_ROOM (DPDK_HEADER_OFFSET + 64u)

/* Answers and questions that are sent together. */
#define DPDK_ASIDE_BURST 32u

struct dpdk_io {
    struct io io;
    struct io_counters counters;
    struct dpdk_counters more;
    const struct dpdk_wire *wire;
    struct rte_mempool *pool;    /* of the first port */
    struct rte_mempool *headers; /* small buffers for spread, which copies where it is NULL */
    bool sums_in_card;           /* the ports write UDP checksums themselves */
    bool first;                  /* the worker that writes the table of neighbours */
    uint16_t longest;            /* bytes of a datagram */
    uint16_t queue_count;
    uint16_t next_queue; /* that is asked first */
    struct dpdk_queue *queues;
    uint16_t transmit_of[DPDK_MAX_PORTS]; /* by DPDK's port id */
    uint16_t port;                        /* over which it sends: the wire's, or the bond's active one */
    uint32_t order;                       /* of the bond, which it followed last */
    const uint8_t *source_mac;            /* what frames carry instead of the wire's; NULL: the wire's */
    /* What the others have heard, one ring each; the first worker's own is NULL. Another one has only its own. */
    struct frame_ring *const *heard;
    unsigned heard_count, next_heard;
    struct frame_ring *tells; /* another's own */
    /* The exception path (exception/exception.h), NULL without one. Only the first worker has `from_kernel`. */
    struct frame_ring *to_kernel, *from_kernel;
    unsigned aside_count;
    struct rte_mbuf *aside[DPDK_ASIDE_BURST]; /* to be sent behind this burst */
    struct rte_mbuf *frames[IO_MAX_BURST];
    struct datagram unresolved[IO_MAX_BURST];
};

/* Fills in senders and templates. `wire` has everything else. */
void dpdk_wire_make(struct dpdk_wire *wire);

/*
 * Fills in the operations; everything from `wire` to `from_kernel` is the caller's, but `next_…` and what stands between
 * `queues` and `heard`.
 */
void dpdk_io_open(struct dpdk_io *dpdk, struct counter *drops);

/* This backend's end behind the seam; NULL where it is another's. */
const struct dpdk_io *dpdk_io_of(const struct io *io);

#endif
