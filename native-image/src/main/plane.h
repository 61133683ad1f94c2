#ifndef PANTHEON_MAIN_PLANE_H
#define PANTHEON_MAIN_PLANE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "config/configuration.h"
#include "config/eal_command.h"
#include "config/failure.h"
#include "exception/exception.h"
#include "io/dpdk.h"
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
    bool (*start)(struct plane *plane, struct failure *why);
    /* False where a worker did not come back in time. */
    bool (*join)(struct plane *plane);
    /* Answers how many buffers did not come back. */
    unsigned (*close)(struct plane *plane);
};

/*
 * The data plane as the control thread holds it: peers, workers, and the backend's own. EAL, where there is one, is there
 * before it and after it.
 *
 *     plane_open   ports or sockets found, configured, started
 *     plane_run    workers made and started
 *     plane_stop   workers stopped and waited for, bounded
 *     plane_close  everything given back; safe after each of the others failed
 */
struct plane {
    const struct configuration *configuration;
    const struct backend *backend;
    struct exchange exchange;
    struct worker *worker_list[EAL_COMMAND_MAX_WORKERS];
    unsigned worker_count; /* there will be; `workers` are those that are made */
    struct workers workers;
    atomic_bool stop;
    bool running;
    uint64_t ticks_per_second;

    /* The DPDK backend's. */
    struct port ports[DPDK_MAX_PORTS];
    unsigned port_count;
    struct mempools pools;
    struct assignment assignment;
    struct dpdk_wire wire;
    struct neighbours neighbours;
    uint64_t duplicates; /* frames of others with the node's own address, said so far */
    unsigned quiet_looks;
    struct frame_ring *heard[EAL_COMMAND_MAX_WORKERS]; /* by the workers but the first, whose own is NULL */
    struct exception exception;
    struct frame_ring *to_kernel[EAL_COMMAND_MAX_WORKERS]; /* of each worker; NULL without exception path */
};

bool plane_open(struct plane *plane, const struct configuration *configuration, const struct backend *backend,
                struct failure *why);

bool plane_run(struct plane *plane, struct failure *why);

/* False where a worker did not come back in time: its port must not be closed under it. */
bool plane_stop(struct plane *plane);

/* Answers how many buffers did not come back. */
unsigned plane_close(struct plane *plane);

/* The first port without link, NULL where every port has one. Asks all of them. */
const struct port *plane_port_down(struct plane *plane);

#endif
