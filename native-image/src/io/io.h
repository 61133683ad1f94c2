#ifndef PANTHEON_IO_IO_H
#define PANTHEON_IO_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "statistics/counter.h"

/*
 * The seam between the protocol and what carries it: datagrams of known peers, whichever way they come. Two backends,
 * io/dpdk.h (queues of a card) and io/udp.h (sockets of the kernel), have the same operations, and everything above is
 * the same code, so what is measured side by side differs in nothing else.
 *
 * One `struct io` is one worker's end of a backend. Only that worker calls its operations; other threads read its
 * counters. Operations work on bursts: one indirect call for up to IO_MAX_BURST datagrams.
 *
 * Whose a buffer is: receive and take make it the caller's; send, turn and drop make it the backend's again. In between
 * other threads may have it (application/handoff.h). Each goes back exactly once, in any order, through the same io.
 */
#define IO_MAX_BURST 512u /* burst-size's limit, RTE_MEMPOOL_CACHE_MAX_SIZE */

/* One datagram in a buffer of the backend. By value: lists of them stay in the first-level cache. */
struct datagram {
    void *buffer;    /* the backend's own: an rte_mbuf, a slot */
    uint8_t *bytes;  /* our header (protocol/header.h) and what follows */
    uint16_t length; /* of it */
    uint16_t room;   /* how many bytes may be written from `bytes` on; below `length` where nothing may */
    uint32_t peer;   /* index (protocol/peers.h): who sent it, or to whom it goes */
    /*
     * Bytes of headers in front of `bytes` whose UDP checksum nobody has checked yet, because neither kernel nor card
     * did; 0: it is right. So limits come before the one check that costs by the byte; io/intact.h does it then.
     */
    uint16_t unchecked;
};

struct io_counters {
    struct counter received;    /* datagrams or frames taken from below, whatever they are */
    struct counter transmitted; /* datagrams that were taken below */
    struct counter refused;     /* that there was no room or no way for below */
    struct counter unresolved;  /* for peers whose MAC address is not known (yet): not taken, and asked for */
    struct counter no_buffer;   /* receive, take and spread that found the pool empty: once each time */
    struct counter lost_below;  /* that the kernel's socket or the card dropped for lack of room, where it tells */
};

struct io;

struct io_operations {
    /*
     * Up to `most` (IO_MAX_BURST at most) datagrams of known peers, checked up to UDP. Fewer does not mean that no more
     * are there. Strangers, what is malformed and what is not for us never come up; it is counted in drops, or handed
     * to the exception path. A backend takes a bounded number of them in one call. Where its pool is empty it takes
     * nothing from below, so what comes waits there, and is lost there (lost_below).
     *
     * `now_ns` is the caller's clock: for what a backend does from time to time.
     */
    unsigned (*receive)(struct io *io, struct datagram *list, unsigned most, uint64_t now_ns);
    /* An empty buffer with room for the longest datagram; length and peer are the caller's to set. False: there is
     * none. */
    bool (*take)(struct io *io, struct datagram *datagram);
    /*
     * Sends each of `count` (IO_MAX_BURST at most) to its peer; what goes to one peer goes in the order of the list.
     * The buffers are the backend's again, whatever becomes of them.
     *
     * Answers how many were taken below, and puts the list in order: those first, then the others, which are counted as
     * refused or unresolved; each part in the order it had. `peer` and `length` then still tell whose they were, so the caller counts
     * list[0] to list[answer - 1] as sent; `buffer` and `bytes` must not be touched any more. Most often the others are
     * the last ones, since there was no room, but not always: one peer's may have no route. Taken does not mean that it
     * arrives.
     */
    unsigned (*send)(struct io *io, struct datagram *list, unsigned count);
    /*
     * As send, for datagrams that came from receive, each back to its sender: `buffer`, `bytes`, `length` and `peer`
     * are what they were. `grown` is by how much the sum of the 16-bit words at `bytes` has grown in each (RFC 1624), 0
     * where nothing was changed: so checksums need not be computed again.
     */
    unsigned (*turn)(struct io *io, struct datagram *list, unsigned count, uint16_t grown);
    /*
     * The same bytes to each of `count` peers, any number, in the order of the list. The bytes may lie anywhere and are
     * the caller's again when it answers how many were taken; the others are counted as refused, and it is not said
     * which. Zero copies for each peer where the backend can and is asked to.
     */
    unsigned (*spread)(struct io *io, const uint8_t *bytes, uint16_t length, const uint32_t *peers, unsigned count);
    /* Gives buffers back unsent. */
    void (*drop)(struct io *io, struct datagram *list, unsigned count);
    /* Returns when there may be something to receive and a buffer for it, after `ns` at the latest: an idle loop's
     * pause. */
    void (*wait)(struct io *io, uint32_t ns);
};

struct io {
    const struct io_operations *operations;
    struct io_counters *counters;
    struct counter *drops; /* one for each enum drop (protocol/drops.h) */
};

#endif
