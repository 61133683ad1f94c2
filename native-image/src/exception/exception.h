#ifndef PANTHEON_EXCEPTION_EXCEPTION_H
#define PANTHEON_EXCEPTION_EXCEPTION_H

#include <poll.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "io/frame_ring.h"
#include "statistics/counter.h"

/*
 * The exception path: what reaches the port that exchanges datagrams and is not the data plane's goes to the kernel,
 * and what the kernel answers goes out of that port. So a node answers ping, tells whoever asks a closed port, and can
 * be spoken to over TCP, although its card is DPDK's.
 *
 *     port -> worker -> ring of that worker -> control thread -> TAP -> kernel
 *     port <- first worker <- one ring      <- control thread <- TAP <- kernel
 *
 * What the kernel gets: frames to the port's own MAC address or to a group, that are neither IPv4 nor IPv6 (ARP, NDP,
 * LLDP, a VLAN tag, …), that carry anything but UDP, that have options or are fragments, and UDP to another address or
 * port than the node's. Never: datagrams to the node's own address and port, whoever sent them; what is malformed.
 *
 * Who owns ARP and NDP. The data plane does, for the node's own addresses: it alone answers questions for them, since
 * the kernel may not have them, and peers are reached whatever the operator does to the TAP. All else of ARP and NDP is
 * heard by both: the data plane learns from answers and announcements, and the kernel gets every frame that the data
 * plane has not answered, so its own questions are answered to it, and it answers for addresses that only it has
 * (link-local ones). The operator may give the TAP the node's addresses, or others, or none; what nobody gave is
 * silent.
 *
 * Of a bond both ports are meant: what is sent to the node alone reaches the kernel over either, what is sent to many
 * over the active one, and frames of the kernel's leave over that one. Where the two have MAC addresses of their own the
 * kernel's card has the active one's (main/exception_path.h), whichever of them a frame was sent to. The data plane
 * announces the node's addresses behind a failover, nobody those that only the kernel has: where the MAC address changes
 * with the port, let the kernel do it (sysctl net.ipv4.conf.NAME.arp_notify=1, net.ipv6.conf.NAME.ndisc_notify=1).
 *
 * Workers make no system call and wait for nobody: a full ring drops and counts (DROP_EXCEPTION_OVERRUN). The control
 * thread is woken by the TAP's file, but not by workers, so it looks at their rings every EXCEPTION_IDLE_MS, and every
 * millisecond while there is something: a first ping takes some milliseconds, those after it about one. It copies at
 * most EXCEPTION_AT_ONCE frames of each ring in one go, so a flood that nobody asked for costs the control thread that
 * much of its time and the workers one copy a frame. What the kernel sends faster waits in the TAP's own queue, and is
 * dropped and counted there (`ip -s link`).
 *
 * Everything here is called by the control thread; other threads read the counters.
 */
#define EXCEPTION_RING 256u /* frames: five windows of TCP of 64 KiB */
#define EXCEPTION_AT_ONCE 64u
#define EXCEPTION_IDLE_MS 10
#define EXCEPTION_BUSY_MS 1
/* So long after a frame the rings are looked at every millisecond: longer than the second between two pings. */
#define EXCEPTION_BUSY_NS 2000000000ull

/* All zero is none. */
struct exception {
    atomic_bool open; /* written by the control thread, read by that of telemetry */
    int file;         /* the TAP's */
    unsigned workers;
    struct frame_ring *const *to_kernel; /* of each worker */
    struct frame_ring *from_kernel;      /* takes one byte more than the longest frame of the port */
    uint64_t last_ns;                    /* when a frame passed */
    struct counter written;              /* frames that the kernel took */
    struct counter refused;              /* that it did not: the TAP is down */
    struct counter taken;                /* frames of the kernel's, on their way to the first worker */
    struct counter too_long;             /* of the kernel's, that fit no frame of the port: dropped */
};

/* What is to be polled: -1 where there is no exception path, no event while the first worker's ring is full. */
struct pollfd exception_file(const struct exception *exception);

/* How long may be polled: `most`, or less. */
int exception_ms(const struct exception *exception, uint64_t now_ns, int most);

/*
 * After every poll, whatever it said: moves frames both ways. False where the TAP is gone, which is said once: the file
 * is closed then and the data plane goes on without.
 */
bool exception_handle(struct exception *exception, struct pollfd file, uint64_t now_ns);

void exception_close(struct exception *exception);

#endif
