#ifndef PANTHEON_APPLICATION_PEER_THREAD_H
#define PANTHEON_APPLICATION_PEER_THREAD_H

#include "application/handoff.h"
#include "application/loop.h"
#include "peer_to_peer/handshake.h"
#include "peer_to_peer/news.h"
#include "protocol/exchange.h"
#include "worker/clock.h"

/*
 * The thread of the peer-to-peer layer: takes the hellos and answers that each worker hands over, answers hellos in
 * their own buffers, and greets peers when they are due (peer_to_peer/handshake.h). One is enough for any number of
 * peers: 500 that all restart send a thousand messages.
 *
 * It runs on the control thread's CPUs, since it has nothing to do most of the time, and pauses whatever poll_mode is: 50
 * ms, so a hello waits so long at most, and never beyond what is due. Its own hellos go through the first worker, the only one
 * that surely has the port where the peers are.
 */
struct peer_thread {
    struct handshake_outside outside; /* first: what the handshakes work with is a peer_thread */
    struct loop loop;
    _Alignas(64) struct news news; /* for the control thread */

    /* Written before it starts. */
    _Alignas(64) struct handshake *handshake;
    struct handoff **handoffs; /* one a worker */
    const struct exchange_worker **exchanges;
    unsigned workers;
    struct exchange *exchange;
    struct clock clock; /* the workers' */

    /* Its own. */
    struct handed taken[IO_MAX_BURST];
    struct datagram back[IO_MAX_BURST];
};

/* Fills in `outside`, which handshake_make wants, and for how long it pauses. */
void peer_thread_prepare(struct peer_thread *thread);

/* Takes a burst of each worker. Answers how many came. The thread's own, or whoever's who has halted it. */
unsigned peer_thread_take(struct peer_thread *thread, uint64_t now_ns);

/* One round. Answers how much there was to do; `*deadline_ns` is when the next round has to be, at the latest. */
unsigned peer_thread_round(struct peer_thread *thread, uint64_t now_ns, uint64_t *deadline_ns);

/* A thread's function (main/threads.h): runs until *stop, then gives back everything that it was handed. */
void peer_thread_run(void *peer_thread);

#endif
