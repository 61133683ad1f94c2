#ifndef PANTHEON_MAIN_PLANE_H
#define PANTHEON_MAIN_PLANE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "config/configuration.h"
#include "config/eal_command.h"
#include "config/failure.h"
#include "port/mempool.h"
#include "port/port.h"
#include "port/removal.h"
#include "protocol/exchange.h"
#include "statistics/totals.h"
#include "worker/assignment.h"
#include "worker/worker.h"

/*
 * The data plane as the control thread holds it: ports, buffers, peers, workers. EAL is there before it and after it.
 *
 *     plane_open   ports found, configured, started
 *     plane_run    workers made and started
 *     plane_stop   workers stopped and waited for, bounded
 *     plane_close  ports closed, everything given back; safe after each of the others failed
 */
struct plane {
    const struct configuration *configuration;
    struct port ports[DPDK_MAX_PORTS];
    unsigned port_count;
    struct mempools pools;
    struct exchange exchange;
    struct assignment assignment;
    struct worker *worker_list[EAL_COMMAND_MAX_WORKERS];
    struct workers workers;
    atomic_bool stop;
    bool running;
};

bool plane_open(struct plane *plane, const struct configuration *configuration, struct failure *why);

bool plane_run(struct plane *plane, struct failure *why);

/* False where a worker did not come back in time: its port must not be closed under it. */
bool plane_stop(struct plane *plane);

/* Answers how many buffers did not come back. */
unsigned plane_close(struct plane *plane);

/* The first port without link, NULL where every port has one. Asks all of them. */
const struct port *plane_port_down(struct plane *plane);

#endif
