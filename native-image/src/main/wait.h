#ifndef PANTHEON_MAIN_WAIT_H
#define PANTHEON_MAIN_WAIT_H

#include <poll.h>
#include <stdbool.h>

/*
 * What the control thread waits for: SIGTERM and SIGINT, SIGHUP, a port that is taken away, files of others, time.
 *
 * The signals are blocked before EAL makes threads, so that none of them is interrupted and no handler runs anywhere;
 * they are read here.
 */
enum wait_result {
    WAIT_TIME,
    WAIT_STOP,
    WAIT_WAKE,
    WAIT_RELOAD, /* SIGHUP: read the configuration again */
    WAIT_FILES,  /* nothing but events of the files */
};

struct wait {
    int signals; /* a signalfd */
};

bool wait_open(struct wait *wait);

/* Until a signal came, `wake` (an eventfd, -1: none) is readable, or `ms` milliseconds are over. */
enum wait_result wait_for(struct wait *wait, int wake, int ms);

/*
 * The same, or until one of `count` files has an event, as poll(2) takes and leaves them. Their events are there
 * whatever the result is: look at them after every call. At most WAIT_MOST_FILES.
 */
#define WAIT_MOST_FILES 30u
enum wait_result wait_for_files(struct wait *wait, int wake, struct pollfd *files, unsigned count, int ms);

#endif
