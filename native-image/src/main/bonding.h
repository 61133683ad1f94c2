#ifndef PANTHEON_MAIN_BONDING_H
#define PANTHEON_MAIN_BONDING_H

#include <poll.h>
#include <stddef.h>
#include <stdint.h>

#include "main/plane.h"

/*
 * The control thread's side of a bond: opens it with the ports, looks at it between everything else that the control
 * loop does, says in a line what changed. Without a bond these do nothing.
 */

/* The ports are started. False where it cannot be had. */
bool bonding_open(struct plane *plane, struct failure *why);

/* Before the workers start. */
void bonding_start(struct plane *plane);

/* What the control loop polls beside its own (-1: nothing), and how long it may: `most` ms, or less. */
struct pollfd bonding_file(const struct plane *plane);
int bonding_ms(const struct plane *plane, int most);

/* After every poll, whatever it said. */
void bonding_look(struct plane *plane, uint64_t now_ns);

/* For the log: what the bond is made of. */
void bonding_say(const struct plane *plane);

/* For the status line: `sends over port 1 (0000:02:00.0), link of port 0 (0000:01:00.0) is down, `, or nothing. */
void bonding_status(const struct plane *plane, char *text, size_t room);

#endif
