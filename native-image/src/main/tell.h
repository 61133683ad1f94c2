#ifndef PANTHEON_MAIN_TELL_H
#define PANTHEON_MAIN_TELL_H

#include "main/plane.h"

/* What a running plane tells people: lines of the log, and STATUS= of the service manager. Control thread. */

/* Once, when it runs: its ports, its threads, its peers. */
void tell_ports(const struct plane *plane);

/* STATUS=, behind what else the service manager is to be told (`before`, whole lines). Asks all ports for their links. */
void tell_status(struct plane *plane, const char *before);

/* Links that came or went since it was asked last; those of a bond are main/bonding.h's. */
void tell_link_changes(struct plane *plane);

#endif
