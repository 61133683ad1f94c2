#ifndef PANTHEON_IO_DPDK_H
#define PANTHEON_IO_DPDK_H

#include <stdint.h>

#include <rte_mbuf.h>

#include "config/dpdk_conf.h"
#include "io/dpdk_bond.h"
#include "io/io.h"
#include "net/packet.h"
#include "protocol/peers.h"

/*
 * The DPDK backend of io.h: a worker's queues of the ports. No system call but the pause; no lock, no allocation.
 *
 * Most of what comes is a datagram of a peer that knows the index under which we know it (header.h's hint). Such a frame is
 * compared with what this peer's frames must begin with, five words, instead of being read and looked up; what differs is
 * read with net/packet.h.
 */

/* What frames of one peer to us begin with, IPv4 only, in the parts that never change: one cache line. */
struct dpdk_sender {
    _Alignas(64) uint64_t begins[5];
};

/* Shared by all workers, made before they start. */
struct dpdk_wire {
    const struct peers *peers;
    struct dpdk_sender *senders;       /* one a peer */
    struct packet_template *templates; /* one a peer: what goes to it */
    const struct dpdk_bond *bond;      /* NULL: none */
    uint8_t mac[6];                    /* of a bond: the primary's */
    struct endpoint self4, self6; /* family 0: not listened on */
};

/* A receive queue with the transmit queue for what answers it, which no other worker uses. */
struct dpdk_queue {
    uint16_t port;
    uint16_t receive;
    uint16_t transmit;
};

#define DPDK_IO_MAX_QUEUES (32u * 64u) /* ports and queues of each at most */

struct dpdk_io {
    struct io io;
    struct io_counters counters;
    const struct dpdk_wire *wire;
    struct rte_mempool *pool; /* of the first port */
    bool sums_in_card;        /* the ports write UDP checksums themselves */
    uint16_t longest;         /* bytes of a datagram */
    uint16_t queue_count;
    uint16_t next_queue; /* that is asked first */
    struct dpdk_queue *queues;
    uint16_t transmit_of[DPDK_MAX_PORTS]; /* by DPDK's port id */
    bool announces;                       /* the first worker, of a bond */
    uint16_t port;                        /* over which it sends: its first queue's, or the bond's active one */
    uint32_t order;                       /* of the bond, which it followed last */
    const uint8_t *source_mac;            /* what frames carry instead of the wire's, NULL: the wire's */
    struct rte_mbuf *frames[IO_MAX_BURST];
};

/* Fills in senders and templates. `wire` has everything else. */
void dpdk_wire_make(struct dpdk_wire *wire);

/* Fills in the operations; everything behind `io` and `counters` up to `queues`, and `announces`, is the caller's. */
void dpdk_io_open(struct dpdk_io *dpdk, struct counter *drops);

#endif
