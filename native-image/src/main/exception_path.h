#ifndef PANTHEON_MAIN_EXCEPTION_PATH_H
#define PANTHEON_MAIN_EXCEPTION_PATH_H

#include <poll.h>
#include <stdint.h>

#include "main/plane.h"

/*
 * The control thread's side of the exception path (exception/exception.h): makes its rings and the kernel's card, looks
 * at both between everything else that the control loop does. Without exception_path these do nothing. What is to be
 * polled, and how long, say exception_file and exception_ms.
 */

/* Workers are counted, ports started, and bonded where they are. False where it cannot be had. */
bool exception_path_open(struct plane *plane, struct failure *why);

/*
 * After every poll, whatever it said, and behind bonding_look. Where the ports of a bond have two MAC addresses the
 * kernel's card gets that of the active one, so that the kernel's ARP and NDP tell what frames are sent with.
 */
void exception_path_look(struct plane *plane, struct pollfd file, uint64_t now_ns);

/* The workers have ended. Safe wherever exception_path_open failed, or was not called. */
void exception_path_close(struct plane *plane);

#endif
