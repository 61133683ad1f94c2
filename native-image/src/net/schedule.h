#ifndef PANTHEON_NET_SCHEDULE_H
#define PANTHEON_NET_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Which of many things is due first: a binary heap (Williams, 1964) over numbers from 0 on, each with one time. Looking
 * is one comparison, setting a time 17 steps for 100,000 things. One thread's.
 */
struct schedule {
    uint32_t count;
    uint32_t *heap;   /* numbers, none before the one above it */
    uint32_t *place;  /* of each number in the heap */
    uint64_t *due_ns; /* of each number */
};

#define SCHEDULE_NEVER UINT64_MAX

/* Everything is due at 0. False where there is no memory; schedule_release is right then too. */
bool schedule_make(struct schedule *schedule, uint32_t count);
void schedule_release(struct schedule *schedule);

/* The number that is due first, of which there must be one. */
static inline uint32_t schedule_first(const struct schedule *schedule) {
    return schedule->heap[0];
}

static inline uint64_t schedule_due(const struct schedule *schedule, uint32_t number) {
    return schedule->due_ns[number];
}

void schedule_set(struct schedule *schedule, uint32_t number, uint64_t due_ns);

#endif
