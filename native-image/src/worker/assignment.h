#ifndef PANTHEON_WORKER_ASSIGNMENT_H
#define PANTHEON_WORKER_ASSIGNMENT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Which worker polls which queue. Pure.
 *
 * Queues are counted over all ports, port 0's first; queue q is worker q mod threads'. Without RSS only the first
 * queue of a port receives (the others only send), and only it is polled. Each worker that polls a port has a transmit
 * queue of that port to itself: the n-th such worker the n-th queue, so there is always one.
 *
 * A worker to which no queue falls is not started; without RSS that happens where there are more threads than ports.
 */

struct assignment_queue {
    uint16_t worker;
    uint16_t port;
    uint16_t receive;
    uint16_t transmit;
};

#define ASSIGNMENT_MAX_QUEUES (32u * 64u) /* ports and queues of each at most */

struct assignment {
    uint16_t count;
    struct assignment_queue queues[ASSIGNMENT_MAX_QUEUES];
    uint16_t workers; /* that have one: the first so many */
};

/* `queues` are the receiving queues of each of `ports` ports. */
void assignment_make(const uint16_t *queues, uint16_t ports, uint16_t threads, struct assignment *assignment);

/*
 * Each worker of one port gets the queues of the same numbers of another one too: that of a bond whose frames it sends over
 * either. assignment_make was told that the other has no queues.
 */
void assignment_double(struct assignment *assignment, uint16_t port, uint16_t other);

#endif
