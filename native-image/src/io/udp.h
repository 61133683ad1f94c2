#ifndef PANTHEON_IO_UDP_H
#define PANTHEON_IO_UDP_H

#include <stdbool.h>
#include <stdint.h>

#include "config/failure.h"
#include "io/io.h"
#include "net/endpoint.h"
#include "protocol/peers.h"

/*
 * The backend of io/io.h that uses the kernel's UDP sockets, one for each worker and address family, all bound to the
 * same endpoint (SO_REUSEPORT).
 *
 * Steering: the kernel picks a socket by a hash of both addresses and ports, as a card's RSS picks a queue. A peer
 * sends from one endpoint, so it stays with one worker, as long as the number of sockets stays: all are opened
 * together, before anybody receives. Few peers may fall unevenly. Every worker can send to every peer, from the same
 * address and port.
 *
 * Two modes, since what is measured is compared with both:
 *
 *     bursts     recvmmsg and sendmmsg, 64 messages a call. The kernel hands up trains, datagrams of one sender in one
 *                message (UDP_GRO), which are cut here, and cuts those to one peer itself (UDP_SEGMENT)
 *     packets    recvfrom and sendto, one datagram a call: what an ordinary program does
 *
 * Both give the same datagrams and the same counts; only lost_below counts a train that was lost as one.
 *
 * Datagrams are copied once more than the kernel does, from the train into a slot each: one that an application keeps
 * would keep its whole train of 64 KiB otherwise, and memory is bounded by datagrams this way. Measured: 2 ns for 18
 * bytes and 26 ns for 1,232, where the kernel takes 105 and 220 ns to carry one over the loopback device.
 *
 * Nothing is sent in fragments: a datagram longer than the device's MTU is refused (IP_PMTUDISC_PROBE, whose MTU no
 * forged ICMP can lower). What a queue behind the socket drops is not told. Unlike the DPDK backend this one receives
 * what came in fragments, with IP options or without a UDP checksum: the kernel does not say so.
 *
 * System calls after udp_open, for a filter of them: recvmmsg, sendmmsg, recvfrom, sendto, ppoll, getsockopt.
 */
enum udp_mode { UDP_BURSTS, UDP_PACKETS };

struct udp_settings {
    enum udp_mode mode;
    unsigned workers;
    struct endpoint listen[2]; /* one of each family at most; port 0 lets the kernel choose. No link-local IPv6 */
    unsigned listen_count;
    const struct peers *peers; /* one whose family nobody listens to cannot be sent to: refused */
    unsigned slots;            /* of each worker: a burst each way, and what its applications may hold (handoff.h) */
    uint16_t room;             /* bytes of the longest datagram */
    uint32_t socket_buffer;    /* bytes each way: UDP_SOCKET_BUFFER */
    uint32_t busy_poll_us;     /* SO_BUSY_POLL: asks the card's queue itself for so long; 0 leaves it */
};

/*
 * A small datagram takes some 830 bytes of a socket's buffer (measured). An adaptive loop pauses for 10 ms at most
 * (worker/idle.h): 10,000 datagrams at 1 Mpps. The kernel doubles it, so there is as much again for the loop's own
 * delays.
 */
#define UDP_SOCKET_BUFFER 8000000u

/*
 * Makes the ends of all workers, `list[0]` to `list[workers - 1]`; settings are not needed afterwards, peers are.
 * Memory of each: 4 MiB for trains and the slots, in pages that come when they are first used, so on the NUMA node of
 * the worker. False where there is no memory, or the endpoint cannot be had; nothing is open then.
 */
bool udp_open(const struct udp_settings *settings, struct io **list, struct failure *why);

/* Other peers, while the worker is halted: `to` says of each old one which it is now, PEERS_NOBODY that it is no more. */
void udp_move(struct io *io, const uint32_t *to);

/* Answers how many slots were not given back; nobody may have them any more. */
unsigned udp_close(struct io *io);

/* What the kernel gave, which may be less than was asked for. For a log line, and to find out a port that it chose. */
struct udp_facts {
    struct endpoint bound;
    bool gro;                /* since Linux 5.0 */
    bool gso;                /* since Linux 4.18; goes false for good where a device turns out not to sum (EIO) */
    uint32_t receive_buffer; /* bytes; the kernel doubles what is asked for, to account for its own */
    uint32_t send_buffer;
    uint32_t busy_poll_us; /* needs CAP_NET_ADMIN above net.core.busy_read */
};

/* Of the socket of `listen[which]`. */
struct udp_facts udp_facts(const struct io *io, unsigned which);

#endif
