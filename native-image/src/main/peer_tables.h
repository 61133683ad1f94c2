#ifndef PANTHEON_MAIN_PEER_TABLES_H
#define PANTHEON_MAIN_PEER_TABLES_H

#include "config/config_toml.h"
#include "config/eal_command.h"
#include "io/dpdk.h"
#include "net/neighbours.h"
#include "protocol/exchange.h"
#include "protocol/reception.h"

struct plane;

/*
 * All memory that grows with the list of peers and that workers read: it is taken for one list and given back with it.
 * A plane has one; where the list changes while it runs, the next one stands beside it for a moment
 * (main/peers_change.h).
 */
struct worker_tables {
    struct exchange_peer_state *states;
    struct reception_peer *limits;
    struct limit *transactions;
};

struct peer_tables {
    struct exchange exchange; /* the list, sorted and indexed, and what workers share */
    struct peer *list;
    uint64_t *slots;
    char *texts; /* names and addresses, so that no configuration has to stay for them */
    struct worker_tables workers[EAL_COMMAND_MAX_WORKERS];

    /* The DPDK backend's. */
    struct dpdk_sender *senders;
    struct packet_template *templates;
    struct neighbours neighbours; /* of the next list, then of the old one: a plane's own stand in the plane */
};

/* The list. False where there is no memory; peer_tables_release is right in any case. */
bool peer_tables_list(const struct plane *plane, const struct config_toml *config, struct peer_tables *tables);

/* What one worker has of each of them. */
bool peer_tables_worker(const struct plane *plane, unsigned worker, struct peer_tables *tables);

void peer_tables_release(const struct plane *plane, struct peer_tables *tables);

#endif
