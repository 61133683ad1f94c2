#ifndef PANTHEON_NET_RESOLUTION_H
#define PANTHEON_NET_RESOLUTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/endpoint.h"

/*
 * Who has which MAC address, as it is asked and answered on an Ethernet: ARP (RFC 826) for IPv4, neighbour
 * solicitations and advertisements of NDP (RFC 4861) for IPv6. Pure functions over bytes: no state, nothing read
 * outside of (bytes, length). Who is believed is decided elsewhere (net/neighbours.h).
 *
 * Strict: NDP with its hop limit of 255, which no router lets through from another link, its checksum, no extension
 * headers (RFC 6980 forbids fragments) and the other checks of RFC 4861, 7.1.
 */
enum resolution_kind { RESOLUTION_REQUEST, RESOLUTION_ANSWER };

struct resolution {
    enum resolution_kind kind;
    uint8_t family;                  /* 4: ARP, 6: NDP */
    uint8_t ethernet_destination[6]; /* the frame's own */
    uint8_t mac[6];                  /* the sender's, a unicast one: what the message says, else the frame's source */
    /* Whose MAC address that is, of port 0. Family 0: nobody's, who only asks whether an address is taken (RFC 5227).
     */
    struct endpoint sender;
    /* A request's: whose MAC address is asked for. An answer's: to whom it goes; family 0: to everybody. */
    struct endpoint target;
    bool solicited; /* an answer's: it says that it answers a request; ARP cannot say so and always does */
};

enum resolution_result { RESOLUTION_OK, RESOLUTION_OTHER, /* neither of the two */ RESOLUTION_MALFORMED };

/* An NDP message with an address of Ethernet. ARP is written with the padding to Ethernet's least length, 60. */
#define RESOLUTION_MAX 86u

enum resolution_result resolution_read(const uint8_t *bytes, size_t length, struct resolution *resolution);

/*
 * Writes up to RESOLUTION_MAX bytes and answers how many. The frame's source is `mac`. A request of IPv6 to a group
 * address goes to its target's group, one to a card to the target itself.
 */
size_t resolution_write(const struct resolution *resolution, uint8_t *bytes);

/* The Ethernet group in which an IPv6 address is asked for (RFC 2464, 7; RFC 4291, 2.7.1). */
void resolution_group(const struct endpoint *address, uint8_t mac[6]);

#endif
