#include "worker/assignment.h"

/* The transmit queue of a worker on a port: as many workers as came to it before this one. */
static uint16_t transmit_queue(const struct assignment *assignment, uint16_t port_first, uint16_t worker) {
    uint16_t others = 0;
    for (uint16_t i = port_first; i < assignment->count; i++) {
        const struct assignment_queue *before = &assignment->queues[i];
        if (before->worker == worker) return before->transmit;
        if (before->transmit >= others) others = (uint16_t)(before->transmit + 1);
    }
    return others;
}

void assignment_make(const uint16_t *queues, uint16_t ports, uint16_t threads, struct assignment *assignment) {
    assignment->count = 0;
    for (uint16_t port = 0; port < ports; port++) {
        uint16_t first = assignment->count;
        for (uint16_t queue = 0; queue < queues[port] && assignment->count < ASSIGNMENT_MAX_QUEUES; queue++) {
            uint16_t worker = assignment->count % threads;
            uint16_t transmit = transmit_queue(assignment, first, worker);
            assignment->queues[assignment->count++] =
                (struct assignment_queue){.worker = worker, .port = port, .receive = queue, .transmit = transmit};
        }
    }
    assignment->workers = assignment->count < threads ? assignment->count : threads;
}

void assignment_double(struct assignment *assignment, uint16_t port, uint16_t other) {
    uint16_t count = assignment->count;
    for (uint16_t i = 0; i < count && assignment->count < ASSIGNMENT_MAX_QUEUES; i++) {
        struct assignment_queue queue = assignment->queues[i];
        if (queue.port != port) continue;
        queue.port = other;
        assignment->queues[assignment->count++] = queue;
    }
}
