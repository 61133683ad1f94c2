#ifndef PANTHEON_PORT_GROUPS_H
#define PANTHEON_PORT_GROUPS_H

#include <stdbool.h>

#include "net/endpoint.h"
#include "port/port.h"

/*
 * A card hands on frames to its own address and to all, and no others. Who looks for a node's IPv6 address sends to the
 * group of that address (RFC 4861, 7.2.2; net/resolution.h), which the card has to be told: that group alone where it
 * keeps a list of them, else all groups. With `all`, all groups first: the kernel behind an exception path is in others
 * of its own; then `ipv6` may be NULL. False where it can do neither: virtual ports mostly, which filter nothing. The
 * port is started.
 */
bool groups_hear(const struct port *port, const struct endpoint *ipv6, bool all);

#endif
