#ifndef PANTHEON_STATISTICS_LISTENER_H
#define PANTHEON_STATISTICS_LISTENER_H

#include "config/failure.h"

/*
 * A listening stream socket, non-blocking, as [metrics] listen says: an IPv4 address with a port, or the path of a Unix
 * socket, which then is the user's and the group's (0660). A socket that a process left at the path when it ended is
 * taken away; one that somebody answers, or any other file, is not. -1 where it cannot be had.
 */
int listener_open(const char *listen, int backlog, struct failure *why);

#endif
