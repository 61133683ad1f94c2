#include "main/plane.h"

#include <string.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_malloc.h>
#include <rte_random.h>

/* A round of the loop takes microseconds and a pause 10 ms at most: a worker that is not back by then hangs in a PMD.
 */
enum { STOP_MS = 5000 };

bool plane_open(struct plane *plane, const struct configuration *configuration, struct failure *why) {
    const struct dpdk_conf *conf = &configuration->dpdk_conf;
    *plane = (struct plane){.configuration = configuration};
    for (unsigned i = 0; i < conf->ports.count; i++) {
        struct port *port = &plane->ports[i];
        if (!port_find(port, conf, i, why)) return false;
        plane->port_count = i + 1;
        if (!port_configure(port, conf, &plane->pools, why) || !port_start(port, why)) return false;
    }
    return true;
}

const struct port *plane_port_down(struct plane *plane) {
    const struct port *down = NULL;
    for (unsigned i = 0; i < plane->port_count; i++)
        if (!port_link(&plane->ports[i]) && down == NULL) down = &plane->ports[i];
    return down;
}

/* Zeroed memory of the data plane, on the worker's NUMA node. */
static void *take(size_t size, unsigned lcore) {
    return rte_zmalloc_socket("pantheon", size > 0 ? size : 1, RTE_CACHE_LINE_SIZE, (int)rte_lcore_to_socket_id(lcore));
}

static bool make_exchange(struct plane *plane) {
    const struct config_toml *config = &plane->configuration->config_toml;
    struct exchange *exchange = &plane->exchange;
    size_t count = config->network.peer_count;
    struct peer *peers = take(count * sizeof *peers, rte_get_main_lcore());
    exchange->shared = take(count * sizeof *exchange->shared, rte_get_main_lcore());
    exchange->peers = (struct peers){.list = peers, .count = count};
    if (peers == NULL || exchange->shared == NULL) return false;
    for (size_t i = 0; i < count; i++) {
        const struct peer_conf *conf = &config->network.peers[i];
        peers[i] = (struct peer){.endpoint = endpoint_ipv4(conf->address, (uint16_t)conf->port),
                                 .name = conf->name,
                                 .address_text = conf->address_text};
        memcpy(peers[i].mac, conf->mac, sizeof peers[i].mac);
    }
    peers_sort(peers, count);
    memcpy(exchange->mac, plane->ports[0].mac, sizeof exchange->mac);
    exchange->self = endpoint_ipv4(config->network.listen_address, (uint16_t)config->network.listen_port);
    exchange->network = frame_network(config->network.network_id);
    exchange->session = (uint32_t)rte_rand();
    return true;
}

static void give_queues(const struct plane *plane, unsigned index, struct worker *worker) {
    for (unsigned i = 0; i < plane->assignment.count; i++) {
        const struct assignment_queue *queue = &plane->assignment.queues[i];
        if (queue->worker != index) continue;
        worker->queues[worker->queue_count++] = (struct worker_queue){
            .port = plane->ports[queue->port].id, .receive = queue->receive, .transmit = queue->transmit};
    }
}

static struct worker *make_worker(struct plane *plane, unsigned index) {
    const struct configuration *configuration = plane->configuration;
    unsigned lcore = index + 1; /* eal_command.h */
    struct worker *worker = take(sizeof *worker, lcore);
    struct exchange_worker *exchange = take(sizeof *exchange, lcore);
    struct exchange_peer_state *peers = take(plane->exchange.peers.count * sizeof *peers, lcore);
    if (worker == NULL || exchange == NULL || peers == NULL) return NULL;
    exchange->exchange = &plane->exchange;
    exchange->peers = peers;
    worker->stop = &plane->stop;
    worker->lcore = lcore;
    worker->probes = index == 0 && plane->exchange.peers.count > 0;
    worker->burst = (uint16_t)configuration->dpdk_conf.performance.burst_size;
    worker->clock = clock_make(rte_get_tsc_hz());
    worker->idle.adaptive = configuration->config_toml.dpdk.poll_mode == POLL_ADAPTIVE;
    worker->pool = plane->ports[0].pool;
    worker->exchange = exchange;
    give_queues(plane, index, worker);
    return worker;
}

static bool make_workers(struct plane *plane) {
    uint16_t queues[DPDK_MAX_PORTS];
    for (unsigned i = 0; i < plane->port_count; i++) queues[i] = plane->ports[i].receive;
    uint16_t threads = (uint16_t)plane->configuration->config_toml.performance.network_threads;
    assignment_make(queues, (uint16_t)plane->port_count, threads, &plane->assignment);
    plane->workers = (struct workers){.list = plane->worker_list};
    for (unsigned i = 0; i < plane->assignment.workers; i++) {
        plane->worker_list[i] = make_worker(plane, i);
        if (plane->worker_list[i] == NULL) return false;
        plane->workers.count = i + 1;
    }
    return true;
}

bool plane_run(struct plane *plane, struct failure *why) {
    if (!make_exchange(plane) || !make_workers(plane))
        return failed(why, "no memory for %zu peers; give socket-mem more, or take peers out",
                      plane->configuration->config_toml.network.peer_count);
    atomic_store(&plane->stop, false);
    plane->running = true;
    for (unsigned i = 0; i < plane->workers.count; i++) {
        struct worker *worker = plane->worker_list[i];
        int error = rte_eal_remote_launch(worker_run, worker, worker->lcore);
        if (error != 0) return failed(why, "lcore %u does not take its work: %s", worker->lcore, rte_strerror(-error));
    }
    return true;
}

bool plane_stop(struct plane *plane) {
    if (!plane->running) return true;
    atomic_store(&plane->stop, true);
    for (unsigned ms = 0; ms <= STOP_MS; ms++) {
        bool back = true;
        for (unsigned i = 0; i < plane->workers.count; i++)
            back = back && rte_eal_get_lcore_state(plane->worker_list[i]->lcore) == WAIT;
        if (back) {
            rte_eal_mp_wait_lcore();
            plane->running = false;
            return true;
        }
        rte_delay_us_sleep(1000);
    }
    return false;
}

unsigned plane_close(struct plane *plane) {
    for (unsigned i = 0; i < plane->port_count; i++) port_close(&plane->ports[i]);
    return mempools_release(&plane->pools);
}
