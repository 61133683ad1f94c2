#ifndef PANTHEON_MAIN_PLANE_H
#define PANTHEON_MAIN_PLANE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "application/consensus_thread.h"
#include "application/peer_thread.h"
#include "application/pool_thread.h"
#include "config/configuration.h"
#include "config/eal_command.h"
#include "config/failure.h"
#include "exception/exception.h"
#include "io/dpdk.h"
#include "main/peer_tables.h"
#include "main/threads.h"
#include "port/bond.h"
#include "port/mempool.h"
#include "port/port.h"
#include "protocol/exchange.h"
#include "statistics/totals.h"
#include "worker/assignment.h"
#include "worker/worker.h"

struct plane;

/* What differs between the backends (io/io.h) when a plane is made and ended. main/plane_dpdk.h, main/plane_udp.h. */
struct backend {
    const char *name;
    /* How many workers there will be, everything shared is there. */
    bool (*open)(struct plane *plane, struct failure *why);
    /* A worker's end of the backend, NULL where there is no memory. */
    struct io *(*make_io)(struct plane *plane, unsigned worker, struct counter *drops, struct failure *why);
    /* Zeroed memory near a worker. */
    void *(*take)(size_t size, unsigned worker);
    void (*give)(void *memory); /* what it gave, or NULL */
    bool (*start)(struct plane *plane, struct failure *why);
    /* False where a worker did not come back in time. */
    bool (*join)(struct plane *plane);
    /* Answers how many buffers did not come back. */
    unsigned (*close)(struct plane *plane);
    /* Tables of its own for another list of peers, with the list, and what is to be done when they are exchanged. */
    bool (*make_peers)(struct plane *plane, struct peer_tables *next);
    void (*move_peers)(struct plane *plane, struct peer_tables *next, const uint32_t *to);
};

/*
 * The data plane as the control thread holds it: peers, workers, and the backend's own. EAL, where there is one, is there
 * before it and after it.
 *
 *     plane_open   ports or sockets found, configured, started
 *     plane_run    workers made and started
 *     plane_stop   workers stopped, then the threads behind them, and waited for, bounded
 *     plane_close  everything given back; safe after each of the others failed
 */
struct plane {
    const struct configuration *configuration;
    const struct backend *backend;
    struct exchange exchange;
    struct peer_tables tables; /* that it and the workers have */
    struct worker *worker_list[EAL_COMMAND_MAX_WORKERS];
    unsigned worker_count; /* there will be; `workers` are those that are made */
    struct workers workers;
    struct halt halt;              /* of the workers */
    struct halt halt_applications; /* of the threads behind them, which end after them */
    struct halt halt_peers;        /* of the handshakes' thread, likewise */
    bool running;
    struct slots slots;               /* of what can change while it runs */
    struct live lives[2];             /* one is published, one is free or being given up */
    struct pool_thread *pool_threads; /* tx_pool_threads of them */
    unsigned pool_thread_count;
    uint32_t **held;                    /* of each pool, by each peer; NULL: as at the start, its own */
    struct desk *desk;                  /* the only worker's own, where there are none */
    struct consensus_thread *consensus; /* NULL: this node is no validator */
    struct peer_thread *peer_thread;    /* NULL: there are no peers */
    uint64_t news_left_out;             /* of it, that was told */
    struct threads threads;             /* of the applications */
    uint64_t ticks_per_second;

    /* The DPDK backend's. */
    struct port ports[DPDK_MAX_PORTS];
    unsigned port_count;
    struct mempools pools;
    struct assignment assignment;
    struct dpdk_wire wire;
    struct counter port_resets; /* cards that were reset, and whose ports were made anew */
    bool bonded;                /* two of the ports, with the next two */
    struct bond bond;
    struct dpdk_bond bond_of_workers;
    struct neighbours neighbours;
    uint64_t duplicates; /* frames of others with the node's own address, said so far */
    unsigned quiet_looks;
    struct frame_ring *heard[EAL_COMMAND_MAX_WORKERS]; /* by the workers but the first, whose own is NULL */
    struct exception exception;
    struct frame_ring *to_kernel[EAL_COMMAND_MAX_WORKERS]; /* of each worker; NULL without exception path */
    const struct port *kernel_port;                        /* whose MAC address the kernel's card has */

    /* The kernel backend's. */
    struct io *sockets[EAL_COMMAND_MAX_WORKERS];
    struct threads worker_threads; /* EAL's own with DPDK */
};

bool plane_open(struct plane *plane, const struct configuration *configuration, const struct backend *backend,
                struct failure *why);

bool plane_run(struct plane *plane, struct failure *why);

/* What there is too little of grows with the peers. Always false. */
bool plane_no_memory(const struct plane *plane, struct failure *why);

/* False where a worker did not come back in time: its port must not be closed under it. */
bool plane_stop(struct plane *plane);

/*
 * What of a configuration that was read again workers take over while they run: limits and poll_mode; peers are
 * main/peers_change.h's. Only where plane_can_take_over: they have all taken over the one before.
 */
bool plane_can_take_over(struct plane *plane);
void plane_take_over(struct plane *plane, const struct configuration *configuration);

/* Answers how many buffers did not come back. */
unsigned plane_close(struct plane *plane);

/* The port that exchanges datagrams: the first one, or the primary of a bond, whose secondary is like it. */
const struct port *plane_main_port(const struct plane *plane);

/* The first port without link, NULL where every port has one; of a bond one port with a link is enough. Asks all of them. */
const struct port *plane_port_down(struct plane *plane);

#endif
