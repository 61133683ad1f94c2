#include "main/plane.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "main/applications.h"
#include "main/peer_to_peer.h"
#include "worker/clock.h"

const struct port *plane_main_port(const struct plane *plane) {
    return plane->bonded ? plane->bond.ports[FAILOVER_PRIMARY] : &plane->ports[0];
}

const struct port *plane_port_down(struct plane *plane) {
    const struct port *down = NULL;
    unsigned up = 0;
    for (unsigned i = 0; i < plane->port_count; i++) {
        if (port_link(&plane->ports[i]))
            up++;
        else if (down == NULL)
            down = &plane->ports[i];
    }
    return plane->bonded && up > 0 ? NULL : down; /* a bond is all the ports there are */
}

static bool make_peers(struct plane *plane) {
    const struct config_toml *config = &plane->configuration->config_toml;
    if (!peer_tables_list(plane, config, &plane->tables)) return false;
    plane->exchange.peers = plane->tables.exchange.peers;
    plane->exchange.shared = plane->tables.exchange.shared;
    plane->exchange.network = header_network(config->network.network_id);
    return true;
}

bool plane_no_memory(const struct plane *plane, struct failure *why) {
    return failed(why, "no memory for %zu peers; give socket-mem more, or take peers out",
                  plane->configuration->config_toml.network.peer_count);
}

bool plane_open(struct plane *plane, const struct configuration *configuration, const struct backend *backend,
                struct failure *why) {
    *plane = (struct plane){.configuration = configuration, .backend = backend};
    if (getrandom(&plane->exchange.session, sizeof plane->exchange.session, 0) != sizeof plane->exchange.session)
        return failed(why, "the kernel gives no random numbers");
    if (!make_peers(plane)) return plane_no_memory(plane, why);
    return backend->open(plane, why);
}

/* A burst is what two seconds hold of it, and LIMIT_BURST at least: so much may have waited in a guest that stood still. */
static struct limit_rate rate_of(uint32_t per_second) {
    uint32_t burst = per_second < LIMIT_BURST / 2 ? LIMIT_BURST : per_second < 1u << 30 ? 2 * per_second : per_second;
    return limit_rate_make(per_second, burst);
}

static struct reception_rates rates_of(const struct config_toml *config) {
    return (struct reception_rates){.control = rate_of(config->limits.messages),
                                    .echo = rate_of(config->limits.echoes),
                                    .consensus = rate_of(config->limits.consensus_messages)};
}

/* A gate lets through what a receive ring holds at once, or LIMIT_BURST of a peer that may send little. */
static struct limit_rate transactions_rate(uint32_t per_second) {
    return limit_rate_make(per_second, per_second < GATE_BURST / 2 ? LIMIT_BURST : GATE_BURST);
}

static struct live live_of(const struct configuration *configuration) {
    const struct config_toml *config = &configuration->config_toml;
    return (struct live){.rates = rates_of(config),
                         .transactions = transactions_rate(config->limits.transactions),
                         .adaptive = config->dpdk.poll_mode == POLL_ADAPTIVE,
                         .profiled = config->debug.enable_profiling};
}

bool plane_can_take_over(struct plane *plane) {
    return plane->slots.old == NULL || slots_take_old(&plane->slots) != NULL;
}

void plane_take_over(struct plane *plane, const struct configuration *configuration) {
    const struct live *present = plane->slots.slot[plane->slots.generation & 1];
    struct live *next = &plane->lives[present == &plane->lives[0]];
    *next = live_of(configuration);
    peer_to_peer_take_over(plane, configuration);
    slots_publish(&plane->slots, next);
}

static struct worker *make_worker(struct plane *plane, unsigned index, struct failure *why) {
    const struct backend *backend = plane->backend;
    const struct configuration *configuration = plane->configuration;
    size_t peers = plane->exchange.peers.count;
    struct worker *worker = backend->take(sizeof *worker, index);
    struct exchange_worker *exchange = backend->take(sizeof *exchange, index);
    const struct worker_tables *tables = &plane->tables.workers[index];
    struct counter *drops = backend->take(DROPS * sizeof *drops, index);
    plane_no_memory(plane, why);
    if (worker == NULL || exchange == NULL || drops == NULL) return NULL;
    if (!peer_tables_worker(plane, index, &plane->tables)) return NULL;
    *exchange = (struct exchange_worker){.exchange = &plane->exchange, .peers = tables->states, .drops = drops};
    worker->reception = (struct reception){.exchange = exchange, .peers = tables->limits, .drops = drops};
    worker->slots = &plane->slots;
    worker->stop = &plane->halt.stop;
    worker->halt = &plane->halt;
    worker->index = index;
    worker->probes = index == 0 && peers > 0;
    worker->burst = (uint16_t)configuration->dpdk_conf.performance.burst_size;
    worker->clock = clock_make(plane->ticks_per_second);
    worker->exchange = exchange;
    worker->io = backend->make_io(plane, index, drops, why);
    return worker->io == NULL ? NULL : worker;
}

bool plane_run(struct plane *plane, struct failure *why) {
    plane->workers = (struct workers){.list = plane->worker_list};
    for (unsigned i = 0; i < plane->worker_count; i++) {
        plane->worker_list[i] = make_worker(plane, i, why);
        if (plane->worker_list[i] == NULL) return false;
        plane->workers.count = i + 1;
    }
    if (!applications_make(plane, why)) return false;
    plane->lives[0] = live_of(plane->configuration);
    slots_open(&plane->slots, plane->workers.count, &plane->lives[0]);
    plane->running = true;
    return applications_start(plane, why) && plane->backend->start(plane, why);
}

bool plane_stop(struct plane *plane) {
    if (!plane->running) return true;
    halt_stop(&plane->halt);
    if (!plane->backend->join(plane)) return false;
    halt_stop(&plane->halt_applications);
    halt_stop(&plane->halt_peers);
    if (!applications_join(plane)) return false;
    plane->running = false;
    return true;
}

unsigned plane_close(struct plane *plane) {
    return plane->backend->close(plane);
}
