#ifndef PANTHEON_NET_ANNOUNCEMENT_H
#define PANTHEON_NET_ANNOUNCEMENT_H

#include <stddef.h>
#include <stdint.h>

#include "net/endpoint.h"
#include "net/resolution.h"

/*
 * Says on a link where an address is from now on, which nobody has asked: an ARP announcement (RFC 5227, 3: a request
 * for one's own address) or an unsolicited neighbour advertisement with the override flag (RFC 4861, 7.2.6). Switches
 * learn from the frame behind which of their ports the MAC address is, hosts that know the address learn its MAC
 * address.
 *
 * Writes up to RESOLUTION_MAX bytes and answers how many. Pure.
 */
size_t announcement_write(const struct endpoint *address, const uint8_t mac[6], uint8_t bytes[RESOLUTION_MAX]);

#endif
