#ifndef PANTHEON_EXCEPTION_TAP_H
#define PANTHEON_EXCEPTION_TAP_H

#include <stdbool.h>
#include <stdint.h>

#include "config/failure.h"

/*
 * The kernel's end of the exception path: a TAP interface, which looks to the kernel like a card on the same wire as
 * the port. It has the port's MAC address; its IP addresses, routes and filters are the operator's.
 *
 * Two ways lead to one:
 *   - with CAP_NET_ADMIN the interface is made here, or a persistent one of this name is taken; it is set up, and is
 * gone with the process where it was made here;
 *   - without, there must be a persistent one that belongs to the process's user, set up by whoever made it:
 *         ip tuntap add dev pantheon0 mode tap user USER && ip link set pantheon0 up
 *     This one, and the addresses on it, stay while the node is restarted.
 *
 * Called by the control thread: opened once, before privileges are given away. What comes later are reads and writes of
 * the file, and another MAC address where a bond's ports have two.
 */

/*
 * Opens `name` and gives it `mac`, which whoever has the file may. Its MTU becomes `mtu` where that is allowed; a
 * larger one that stays is a failure, because the kernel would send frames that the port cannot. Answers the file,
 * which never blocks and gives and takes whole Ethernet frames without anything in front; -1 where there is none.
 */
int exception_tap_open(const char *name, const uint8_t mac[6], unsigned mtu, struct failure *why);

/* Gives the interface behind `file` another MAC address, while it is up (IFF_LIVE_ADDR_CHANGE) and without privileges. */
bool exception_tap_address(int file, const char *name, const uint8_t mac[6], struct failure *why);

#endif
