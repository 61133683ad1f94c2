#ifndef PANTHEON_MAIN_PLANE_WIRE_H
#define PANTHEON_MAIN_PLANE_WIRE_H

#include "main/plane.h"

/*
 * What the workers of the DPDK backend share: what goes in front of datagrams, the table of neighbours, and the rings
 * over which the others tell the first worker what they heard. Ports are started and workers counted before it.
 */
bool plane_wire_make(struct plane *plane, struct failure *why);

/* For another list of peers (main/peers_change.h): its tables, then their exchange, while the workers are halted. */
bool plane_wire_make_peers(struct plane *plane, struct peer_tables *next);
void plane_wire_move_peers(struct plane *plane, struct peer_tables *next, const uint32_t *to);

/* Once a second while the workers work: says what an operator has to know of the wire, once a minute at most. */
void plane_wire_look(struct plane *plane);

/* The workers have ended. Safe wherever plane_wire_make failed, or was not called. */
void plane_wire_release(struct plane *plane);

#endif
