#ifndef PANTHEON_WORKER_DISTRIBUTION_H
#define PANTHEON_WORKER_DISTRIBUTION_H

#include <stdbool.h>
#include <stdint.h>

#include "application/handoff.h"
#include "io/io.h"
#include "protocol/reception.h"

/*
 * One worker's lanes to the threads of the applications: datagrams are gathered over a burst and handed over together, what
 * the applications give back or send is taken once a round. Belongs to the worker.
 */
struct lane {
    struct handoff *handoff;
    unsigned count;
    struct handed list[IO_MAX_BURST];
};

struct distribution {
    struct lane *lanes; /* those of one application stand together */
    unsigned first[APPLICATIONS];
    unsigned threads[APPLICATIONS]; /* 0: there is none */
};

/* Into the lane of one thread of an application that has threads. A burst of IO_MAX_BURST fits between two hand-overs. */
static inline void distribution_put(struct distribution *distribution, enum application application, unsigned thread,
                                    const struct handed *handed) {
    struct lane *lane = &distribution->lanes[distribution->first[application] + thread];
    lane->list[lane->count++] = *handed;
}

/*
 * Hands over what was put. What an application has no room for is written to `dropped`, which has room for a burst, and
 * counted as DROP_OVERRUN. Answers how many were.
 */
unsigned distribution_hand_over(struct distribution *distribution, struct counter *drops, struct datagram *dropped);

/* Takes back buffers and sends what the applications want sent. Answers how many of both there were. */
unsigned distribution_collect(struct distribution *distribution, struct io *io);

#endif
