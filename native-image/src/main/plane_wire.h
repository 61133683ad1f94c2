#ifndef PANTHEON_MAIN_PLANE_WIRE_H
#define PANTHEON_MAIN_PLANE_WIRE_H

#include "main/plane.h"

/*
 * What the workers of the DPDK backend share: what goes in front of datagrams, the table of neighbours, and the rings
 * over which the others tell the first worker what they heard. Ports are started and workers counted before it.
 */
bool plane_wire_make(struct plane *plane, struct failure *why);

/* Once a second while the workers work: says what an operator has to know of the wire, once a minute at most. */
void plane_wire_look(struct plane *plane);

/* The workers have ended. Safe wherever plane_wire_make failed, or was not called. */
void plane_wire_release(struct plane *plane);

#endif
