#ifndef PANTHEON_MAIN_PORT_RENEWAL_H
#define PANTHEON_MAIN_PORT_RENEWAL_H

#include "main/plane.h"
#include "port/reset.h"

/*
 * Makes those ports anew whose cards were reset (port/reset.h, port_take_return), while the workers, where they run, are halted between two
 * rounds: what they hold stays, what stood in the card's queues is lost. Each port once in RENEWAL_NS at most, so that a
 * card that goes on being reset does not halt the node for good. False where a port does not start again: the node is to
 * end, and its service manager starts it anew.
 */
#define RENEWAL_NS 1000000000u

bool port_renewal_look(struct plane *plane, struct reset *reset, uint64_t now_ns, struct failure *why);

#endif
