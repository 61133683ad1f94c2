#ifndef PANTHEON_APPLICATION_POOL_THREAD_H
#define PANTHEON_APPLICATION_POOL_THREAD_H

#include "application/desk.h"
#include "application/handoff.h"
#include "application/loop.h"

/*
 * The thread of one transaction pool: takes what each worker hands over, pools it, and gives the buffers back, with a receipt
 * in them where one was asked for. It polls as the workers do, and pauses as they do where poll_mode is adaptive. Its
 * transactions wait in the pool until a batch takes them or they are too old.
 */
struct pool_thread {
    struct loop loop;

    /* Written before it starts. */
    struct desk desk;
    struct handoff **handoffs; /* one a worker */
    unsigned workers;

    struct handed taken[IO_MAX_BURST];
    struct datagram back[IO_MAX_BURST];
};

/* Takes a burst of each worker. Answers how many came. The thread's own, or whoever's who has halted it. */
unsigned pool_thread_take(struct pool_thread *thread);

/* A thread's function (main/threads.h): runs until *stop, then gives back everything that it was handed. */
void pool_thread_run(void *pool_thread);

#endif
