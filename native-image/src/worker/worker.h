#ifndef PANTHEON_WORKER_WORKER_H
#define PANTHEON_WORKER_WORKER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "application/desk.h"
#include "io/io.h"
#include "protocol/exchange.h"
#include "protocol/reception.h"
#include "statistics/counter.h"
#include "transactions/gate.h"
#include "worker/clock.h"
#include "worker/distribution.h"
#include "worker/halt.h"
#include "worker/idle.h"
#include "worker/live.h"
#include "worker/slots.h"
#include "worker/stages.h"

/*
 * The datapath: one polling loop for each network thread, run to completion, the same on both backends. A round takes a
 * burst from the worker's end of the backend, has every datagram judged, sends the answers, hands over to the threads
 * of the applications, sends what these want sent, and (the first worker) the probes that are due. No system call,
 * lock, allocation or log line but the backend's own and the pause of an idle loop. Where it is profiled it counts what its
 * stages take (stages.h); where it is not, that costs one branch a round.
 */
struct worker {
    /* Read by other threads, written by this worker alone. */
    _Alignas(64) struct counter rounds;
    struct counter busy_rounds;
    struct counter pauses;

    /* Written before the worker starts. */
    _Alignas(64) const atomic_bool *stop;
    struct halt *halt;   /* whose `stop` that is; NULL: it can only end */
    struct slots *slots; /* reader number `index` of them is this worker */
    unsigned index;
    unsigned lcore; /* EAL's, 0 without EAL */
    bool probes;    /* the first worker, if there are peers */
    uint16_t burst;
    struct clock clock;
    struct idle idle;
    struct io *io;
    struct exchange_worker *exchange;
    struct reception reception;
    struct gate gate; /* of transactions */
    struct distribution distribution;
    struct desk *desk; /* of the only worker, where there is no thread for transactions; else NULL */

    /* This worker's own. */
    const struct live *live; /* that it goes by */
    bool profiled;           /* as that says */
    struct datagram received[IO_MAX_BURST];
    struct datagram answers[IO_MAX_BURST];
    struct datagram turned[IO_MAX_BURST];
    struct datagram dropped[IO_MAX_BURST];
    struct handed at_desk[IO_MAX_BURST];
    struct datagram from_desk[IO_MAX_BURST];
    struct datagram receipts[IO_MAX_BURST];
    struct stages stages;
};

/* One round. Answers for how many ns there is nothing to do. For worker_run, and for what measures a worker's cost. */
uint32_t worker_round(struct worker *worker);

/* A thread's function: runs until *stop, then waits where that is a halt, or ends. Always 0. */
int worker_run(void *worker);

#endif
