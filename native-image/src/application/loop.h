#ifndef PANTHEON_APPLICATION_LOOP_H
#define PANTHEON_APPLICATION_LOOP_H

#include <stdatomic.h>
#include <stdint.h>

#include "statistics/counter.h"
#include "worker/halt.h"
#include "worker/idle.h"

/*
 * What the threads of all applications do round after round, each with a round of its own: they poll, pause while there is
 * nothing to do, wait where the control thread halts them, and end when it says so.
 */
struct loop {
    /* Written by the thread, read by others. */
    _Alignas(64) struct counter rounds;
    struct counter busy_rounds;
    struct counter pauses;

    /* Written before it starts. */
    _Alignas(64) const atomic_bool *stop;
    struct halt *halt; /* whose `stop` that is; NULL: it can only end */
    struct idle idle;  /* its poll_mode */
    uint32_t pause_ns; /* other than 0: whatever poll_mode is, so long as soon as there is nothing to do */
};

/* One round. Answers how much there was to do, and where it was nothing, for how long a pause is right at most. */
typedef unsigned loop_round(void *thread, uint64_t *most_ns);

/* A thread's function is this, and then to give back what it was handed. */
void loop_run(struct loop *loop, loop_round *round, void *thread);

#endif
