#ifndef PANTHEON_BENCH_MESH_H
#define PANTHEON_BENCH_MESH_H

#include <stdbool.h>
#include <stdint.h>

#include "bench/wire.h"
#include "config/failure.h"

/*
 * A wire among many endpoints of this process, 0, 1, 2, …: whatever one sends to another leaves the program, goes
 * through a kernel's stack or a poll-mode driver, and comes back as bytes of a buffer of theirs. One thread does
 * everything.
 *
 *     loopback  UDP over lo in a network namespace of our own (bench/namespace.h). Each endpoint has an address and a
 *               socket of its own, through io/udp.h: the node's kernel backend, with recvmmsg, sendmmsg and GRO
 *     memif     two memif ports of this process, connected with one another. What an endpoint sends is an Ethernet
 * frame with IPv4 and UDP headers, whose checksums are written and checked; it leaves by one port and comes in at the
 * other. The driver copies it into shared memory, and out of it again. One ring is everybody's queue
 *
 * Neither is a network: nothing here has a line rate or a distance. Both are memory of one machine, and what a datagram
 * takes is the work that is done for it.
 */
struct mesh;

/* Enough for consensus; both kinds keep memory for each pair or socket (1,024 files are what a process may open). */
#define MESH_MOST_ENDPOINTS 500u

/* Of the longest datagram: what fits into an Ethernet frame of 1,518 bytes behind IPv6 and UDP. */
#define MESH_BYTES 1452u

/* What wire_kind is, in words. */
const char *mesh_name(enum wire_kind kind);

/*
 * WIRE_MEMIF: EAL runs (bench/eal.h). WIRE_LOOPBACK: this process is in its namespace. NULL where it does not come. One
 * at a time.
 */
struct mesh *mesh_open(enum wire_kind kind, unsigned endpoints, struct failure *why);
void mesh_close(struct mesh *mesh);

/*
 * The same bytes from one endpoint to `count` others. False where there is no room now: nothing was sent. Some may be
 * lost on a way that was full nevertheless; they are counted.
 */
bool mesh_send(struct mesh *mesh, uint32_t from, const uint8_t *bytes, uint16_t length, const uint32_t *to,
               unsigned count);

struct mesh_datagram {
    const uint8_t *bytes;
    uint16_t length;
    uint32_t from;
    uint32_t to;
};

/* 0 where nothing is there for anybody. Bytes stay as they are until the next mesh_receive. `now_ns` is any clock. */
#define MESH_BURST 64u
unsigned mesh_receive(struct mesh *mesh, struct mesh_datagram list[MESH_BURST], uint64_t now_ns);

/* Of datagrams, since it was opened. */
struct mesh_counters {
    uint64_t sent;
    uint64_t received;
    uint64_t refused;    /* that there was no room for; some were tried again */
    uint64_t lost_below; /* by the kernel, where a socket's buffer was full */
};
void mesh_count(struct mesh *mesh, struct mesh_counters *counters);

#endif
