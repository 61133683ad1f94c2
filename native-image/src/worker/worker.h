#ifndef PANTHEON_WORKER_WORKER_H
#define PANTHEON_WORKER_WORKER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <rte_mbuf.h>

#include "config/dpdk_conf.h"
#include "protocol/exchange.h"
#include "statistics/counter.h"
#include "worker/assignment.h"
#include "worker/clock.h"
#include "worker/idle.h"

/*
 * The datapath: one polling loop for each network thread, run to completion. A round takes a burst from each of the
 * worker's queues, hands every frame to the exchange, sends the replies, and (the first worker) the probes that are
 * due. No system call, lock, allocation or log line; the pause of an idle loop is idle.h's.
 */

#define WORKER_MAX_QUEUES ASSIGNMENT_MAX_QUEUES
#define WORKER_MAX_BURST 512u /* burst-size's limit, RTE_MEMPOOL_CACHE_MAX_SIZE */

/* A receive queue with the transmit queue for what answers it, which no other worker uses. */
struct worker_queue {
    uint16_t port;
    uint16_t receive;
    uint16_t transmit;
};

struct worker {
    /* Read by other threads, written by this worker alone. */
    _Alignas(64) struct counter received; /* frames taken from queues, whatever they are */
    struct counter transmitted;
    struct counter refused; /* that a transmit queue had no room for */
    struct counter no_mbuf; /* probes that the mempool had no buffer for */
    struct counter rounds;
    struct counter busy_rounds;
    struct counter pauses;

    /* Written before the worker starts. */
    _Alignas(64) const atomic_bool *stop;
    unsigned lcore;
    bool probes; /* the first worker, if there are peers */
    uint16_t burst;
    struct clock clock;
    struct idle idle;
    struct rte_mempool *pool; /* of the first port, for probes */
    struct exchange_worker *exchange;
    uint16_t queue_count;
    struct worker_queue queues[WORKER_MAX_QUEUES];

    /* This worker's own. */
    struct rte_mbuf *frames[WORKER_MAX_BURST];
    struct rte_mbuf *answers[WORKER_MAX_BURST];
    size_t answer_peers[WORKER_MAX_BURST];
};

/* An lcore function: runs until *stop, then hands back everything it holds. Always 0. */
int worker_run(void *worker);

#endif
