#ifndef PANTHEON_MAIN_WAIT_H
#define PANTHEON_MAIN_WAIT_H

#include <stdbool.h>

/*
 * What the control thread waits for: SIGTERM and SIGINT, a port that is taken away, time.
 *
 * Both signals are blocked before EAL makes threads, so that none of them is interrupted and no handler runs anywhere;
 * they are read here.
 */
enum wait_result { WAIT_TIME, WAIT_STOP, WAIT_WAKE };

struct wait {
    int signals; /* a signalfd */
};

bool wait_open(struct wait *wait);

/* Until a signal came, `wake` (an eventfd, -1: none) is readable, or `ms` milliseconds are over. */
enum wait_result wait_for(struct wait *wait, int wake, int ms);

#endif
