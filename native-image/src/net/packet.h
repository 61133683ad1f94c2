#ifndef PANTHEON_NET_PACKET_H
#define PANTHEON_NET_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/endpoint.h"

/*
 * What stands in front of our bytes on an Ethernet: Ethernet, IPv4 or IPv6, UDP. Pure functions over bytes: no DPDK, no
 * state, no allocation, nothing read outside of (bytes, length). Only the DPDK backend needs them; the kernel's sockets
 * do this themselves.
 *
 * Strict where the standards are lenient, since both ends are ours: no IPv4 options, no IPv6 extension headers, no
 * fragments, UDP's length is IP's, a UDP checksum is always there (IPv4 would let it be absent). Behind IP's length only
 * Ethernet's padding may stand.
 */

#define PACKET_ETHERNET 14u
#define PACKET_IPV4 20u
#define PACKET_IPV6 40u
#define PACKET_UDP 8u
#define PACKET_MAX_HEADERS (PACKET_ETHERNET + PACKET_IPV6 + PACKET_UDP)

enum packet_result {
    PACKET_OK,
    /* Right, but nothing for the data plane: goes to the kernel where there is an exception path, else dropped. */
    PACKET_OTHER_PROTOCOL, /* neither IP (ARP, a VLAN tag, …) nor UDP in it (ICMP, NDP, TCP, …) */
    PACKET_OPTIONS,        /* IPv4 options, IPv6 extension headers */
    PACKET_FRAGMENT,
    /* Malformed: dropped. */
    PACKET_SHORT,  /* ends inside a header, or before a length in it says */
    PACKET_BAD_IP, /* a version or length that cannot be */
    PACKET_BAD_SUM,
    PACKET_BAD_UDP, /* a length that is not IP's, or no checksum */
    PACKET_RESULTS
};

/* From this one on results are malformed packets. */
#define PACKET_FIRST_MALFORMED PACKET_SHORT

struct packet {
    uint8_t destination_mac[6];
    uint8_t source_mac[6];
    struct endpoint source;
    struct endpoint destination;
    uint16_t headers; /* bytes in front of our payload: 42 or 62 */
    uint16_t payload; /* bytes of it, UDP's header left out */
};

/*
 * Reads who sent a packet to whom and IPv4's header checksum, and no more, so that a packet that is not for us, or whose
 * sender is unknown or sends too much, costs as little as can be. All `payload` bytes behind `headers` are inside.
 */
enum packet_result packet_read(const uint8_t *bytes, size_t length, struct packet *packet);

/* UDP's checksum with its pseudo header, of a packet for which packet_read answered PACKET_OK. */
bool packet_sum_is_right(const uint8_t *bytes, const struct packet *packet);

/* IPv4's header checksum alone; for packet_read's callers it is checked already. */
bool packet_ipv4_sum_is_right(const uint8_t *bytes);

/*
 * The same, where only the length of the headers (42: IPv4, 62: IPv6) and of the payload are left: the packet was read
 * before. `bytes` is its first byte.
 */
bool packet_payload_sum_is_right(const uint8_t *bytes, uint16_t headers, uint16_t payload);

/* The constant part of every packet from one endpoint to another, made once. */
struct packet_template {
    uint8_t bytes[PACKET_MAX_HEADERS];
    uint16_t length;  /* 42 or 62 */
    uint32_t ip_sum;  /* of IPv4's header without its length, not folded; 0 for IPv6 */
    uint32_t udp_sum; /* of the pseudo header and UDP's ports, without both lengths, not folded */
};

/* Both endpoints are of one family. */
void packet_template_make(struct packet_template *template, const uint8_t source_mac[6],
                          const uint8_t destination_mac[6], const struct endpoint *source,
                          const struct endpoint *destination);

/*
 * Writes the headers in front of `payload` bytes that already stand at `bytes + template->length`, checksums included. With
 * `udp_sum` false the UDP checksum field holds the pseudo header's sum instead, for a card that adds the rest (what
 * RTE_MBUF_F_TX_UDP_CKSUM wants).
 */
void packet_write(const struct packet_template *template, uint8_t *bytes, size_t payload, bool udp_sum);

/*
 * The same, checksums included, in front of `payload` bytes that stand elsewhere and whose sum of 16-bit words is `sum`
 * (net/sum.h): of one payload that goes to many, summed once.
 */
void packet_write_apart(const struct packet_template *template, uint8_t *bytes, size_t payload, uint64_t sum);

/*
 * Makes a received packet one to its sender, in place: addresses and ports change sides, which leaves every checksum right.
 * `headers` is 42 or 62.
 */
void packet_turn(uint8_t *bytes, uint16_t headers);

/*
 * Brings UDP's checksum up to date after the payload's sum of 16-bit words has grown by `grown`, its length unchanged
 * (RFC 1624, equation 3). `headers` is 42 or 62.
 */
void packet_sum_grow(uint8_t *bytes, uint16_t headers, uint16_t grown);

/* For telemetry: `bad_checksum`. NULL for PACKET_OK. */
const char *packet_result_name(enum packet_result result);

#endif
