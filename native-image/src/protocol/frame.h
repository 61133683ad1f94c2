#ifndef PANTHEON_PROTOCOL_FRAME_H
#define PANTHEON_PROTOCOL_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/endpoint.h"

/*
 * One frame on the wire: Ethernet, IPv4, UDP and a header of our own. Parsing and building are pure functions over
 * bytes: no DPDK, no state, no allocation, nothing read outside of (bytes, length).
 *
 * Our header, big-endian, right behind UDP's:
 *
 *      0  4  magic       0x50414e54 ("PANT")
 *      4  1  version     1
 *      5  1  type        1 probe, 2 reply
 *      6  2  reserved    0; anything else is malformed, so that it can be given a meaning later
 *      8  4  network     FNV-1a of network_id: two chains do not count one another's frames. No protection, a check
 *     12  4  session     drawn by the sender when it starts: its numbers begin anew with a new one
 *     16  8  sequence    how many frames the sender sent to this receiver in this session before this one
 *     24  8  timestamp   a probe's: the sender's clock in ns, from any start. A reply's: the probe's, unchanged
 *
 * Probes and replies of one sender to one receiver are numbered in one row, so the receiver finds what was lost on
 * the way to it, whatever it was. A reply is as long as a probe and answers exactly one: nobody can be made to send
 * more than arrives.
 *
 * Checksums are always written and always required, IPv4's and UDP's (which IPv4 would let be absent): the memif and
 * ring PMDs compute none. Strict where the standards are lenient, since both ends are ours: no IP options, no
 * fragments, UDP's length is IP's, and nothing behind our header but Ethernet's padding.
 */

#define FRAME_ETHERNET 14u
#define FRAME_IPV4 20u
#define FRAME_UDP 8u
#define FRAME_HEADER 32u
#define FRAME_LENGTH (FRAME_ETHERNET + FRAME_IPV4 + FRAME_UDP + FRAME_HEADER)

enum frame_type { FRAME_PROBE = 1, FRAME_REPLY = 2 };

struct frame {
    uint8_t destination_mac[6];
    uint8_t source_mac[6];
    struct endpoint source;
    struct endpoint destination;
    enum frame_type type;
    uint32_t network;
    uint32_t session;
    uint64_t sequence;
    uint64_t timestamp;
    uint16_t udp_length; /* from frame_outer to frame_inner; nothing to frame_build */
};

enum frame_result {
    FRAME_OK,
    /* Right, but nothing for us: dropped. */
    FRAME_OTHER_PROTOCOL, /* no IPv4 (ARP, IPv6, a VLAN tag, …) or no UDP */
    FRAME_OPTIONS,        /* IPv4 with options */
    FRAME_FRAGMENT,
    /* Malformed. */
    FRAME_SHORT,     /* ends inside a header, or before a length in it says */
    FRAME_BAD_IP,    /* version or length that cannot be */
    FRAME_BAD_SUM,   /* IPv4's or UDP's checksum */
    FRAME_BAD_UDP,   /* a length that is not IP's, or no checksum */
    FRAME_BAD_MAGIC, /* another protocol on our port */
    FRAME_BAD_VERSION,
    FRAME_BAD_HEADER, /* length, type or reserved bytes of ours */
    FRAME_RESULTS
};

/* From this one on results are malformed frames. */
#define FRAME_FIRST_MALFORMED FRAME_SHORT

/*
 * Reads who sent a frame to whom, and no more: MAC addresses, endpoints. So a frame that is not for us, or whose sender
 * is unknown or sends too much, costs as little as can be, whatever is in it.
 */
enum frame_result frame_outer(const uint8_t *bytes, size_t length, struct frame *frame);

/* Reads the rest, of a frame for which frame_outer answered FRAME_OK: UDP's checksum and our header. */
enum frame_result frame_inner(const uint8_t *bytes, struct frame *frame);

/* Writes FRAME_LENGTH bytes. */
void frame_build(const struct frame *frame, uint8_t bytes[FRAME_LENGTH]);

/* FNV-1a, 32 bits (draft-eastlake-fnv). */
uint32_t frame_network(const char *network_id);

#endif
