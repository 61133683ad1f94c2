#ifndef PANTHEON_MAIN_PRIVILEGES_H
#define PANTHEON_MAIN_PRIVILEGES_H

#include "config/failure.h"

/*
 * The node gives away what it may do beyond an ordinary user, in two steps, and looks whether it is gone. A service
 * that was started without privileges (the unit, the container) passes through both unchanged.
 *
 *     privileges_limit   before EAL makes threads: no program that it might start can have more (no_new_privs, an empty
 *                        bounding set, no ambient capabilities). Threads inherit this.
 *     privileges_drop    when ports, pages and sockets are open: the capabilities of every thread, and root itself
 *
 * What is open stays open. What needs a privilege after that fails; ports are closed and memory is given back without.
 */
bool privileges_limit(struct failure *why);

/*
 * `user` is a name or a number, NULL: nobody else; only root can become somebody. Its groups are those of the system's
 * list, for a number none but the group of that number. The folder `files` (NULL: none), which is EAL's runtime folder,
 * is given to it with the sockets in it and the folder above, so that it can reach them and take them away at the end.
 *
 * Capabilities are a thread's own and only the thread can drop them: the others, which EAL made, are told to by a
 * signal, SIGRTMIN, which nothing else here uses. A thread that does not follow within five seconds is a failure, and
 * so is any capability that is left in /proc/self/task.
 */
bool privileges_drop(const char *user, const char *files, struct failure *why);

#endif
