#include "main/plane_dpdk.h"

#include <string.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_malloc.h>

#include "main/bonding.h"
#include "main/cpu_node.h"
#include "main/plane_wire.h"

/* A round of the loop takes microseconds and a pause 10 ms at most: a worker that is not back by then hangs in a PMD.
 */
enum { STOP_MS = 5000 };

static unsigned lcore_of(unsigned worker) {
    return worker + 1; /* eal_command.h */
}

/* On the NUMA node of the worker's CPU, or on another where that one gives EAL no pages. */
static void *take_memory(size_t size, unsigned worker) {
    rte_cpuset_t cpus = rte_lcore_cpuset(lcore_of(worker));
    unsigned cpu = 0;
    while (cpu < CPU_SETSIZE - 1 && !CPU_ISSET(cpu, &cpus)) cpu++;
    const size_t bytes = size > 0 ? size : 1;
    void *near = rte_zmalloc_socket("pantheon", bytes, RTE_CACHE_LINE_SIZE, (int)cpu_node(cpu));
    return near != NULL ? near : rte_zmalloc("pantheon", bytes, RTE_CACHE_LINE_SIZE);
}

static void give_memory(void *memory) {
    rte_free(memory);
}

static void assign_queues(struct plane *plane) {
    uint16_t queues[DPDK_MAX_PORTS];
    const struct port *secondary = plane->bonded ? plane->bond.ports[FAILOVER_SECONDARY] : NULL;
    for (unsigned i = 0; i < plane->port_count; i++) queues[i] = plane->ports[i].receive;
    if (secondary != NULL) queues[secondary->index] = 0;
    uint16_t threads = (uint16_t)plane->configuration->config_toml.performance.network_threads;
    assignment_make(queues, (uint16_t)plane->port_count, threads, &plane->assignment);
    if (secondary != NULL)
        assignment_double(&plane->assignment, (uint16_t)plane_main_port(plane)->index, (uint16_t)secondary->index);
    plane->worker_count = plane->assignment.workers;
}

static bool open_ports(struct plane *plane, struct failure *why) {
    const struct dpdk_conf *conf = &plane->configuration->dpdk_conf;
    for (unsigned i = 0; i < conf->ports.count; i++) {
        struct port *port = &plane->ports[i];
        if (!port_find(port, conf, i, why)) return false;
        plane->port_count = i + 1;
        port->wants_link_events = conf->has_bonding && conf->bonding.enabled;
        port->segments = plane->configuration->config_toml.dpdk.zero_copy_enabled;
        if (!port_configure(port, conf, &plane->pools, why) || !port_start(port, why)) return false;
    }
    if (!bonding_open(plane, why)) return false;
    assign_queues(plane);
    plane->ticks_per_second = rte_get_tsc_hz();
    return plane_wire_make(plane, why);
}

static void give_queues(const struct plane *plane, unsigned index, struct dpdk_io *io) {
    for (unsigned i = 0; i < plane->assignment.count; i++) {
        const struct assignment_queue *queue = &plane->assignment.queues[i];
        if (queue->worker != index) continue;
        io->queues[io->queue_count++] = (struct dpdk_queue){
            .port = plane->ports[queue->port].id, .receive = queue->receive, .transmit = queue->transmit};
    }
}

static struct io *make_io(struct plane *plane, unsigned worker, struct counter *drops, struct failure *why) {
    const struct dpdk_conf *conf = &plane->configuration->dpdk_conf;
    struct dpdk_io *io = take_memory(sizeof *io, worker);
    if (io == NULL) return NULL;
    io->queues = take_memory(plane->assignment.count * sizeof *io->queues, worker);
    if (io->queues == NULL) return NULL;
    (void)why; /* says that there is no memory already */
    io->wire = &plane->wire;
    io->pool = plane_main_port(plane)->pool;
    io->headers = plane->pools.headers;
    io->sums_in_card = plane_main_port(plane)->sums_udp;
    if (plane->bonded) io->sums_in_card = io->sums_in_card && plane->bond.ports[FAILOVER_SECONDARY]->sums_udp;
    io->first = worker == 0;
    io->heard = plane->heard;
    io->heard_count = plane->worker_count;
    io->tells = plane->heard[worker];
    io->to_kernel = plane->to_kernel[worker];
    io->from_kernel = worker == 0 ? plane->exception.from_kernel : NULL;
    io->longest = (uint16_t)(port_longest_frame(conf) - RTE_ETHER_CRC_LEN - PACKET_MAX_HEADERS);
    give_queues(plane, worker, io);
    dpdk_io_open(io, drops);
    return &io->io;
}

static bool start_workers(struct plane *plane, struct failure *why) {
    bonding_start(plane);
    for (unsigned i = 0; i < plane->workers.count; i++) {
        struct worker *worker = plane->worker_list[i];
        worker->lcore = lcore_of(i);
        int error = rte_eal_remote_launch(worker_run, worker, worker->lcore);
        if (error != 0) return failed(why, "lcore %u does not take its work: %s", worker->lcore, rte_strerror(-error));
    }
    return true;
}

static bool join_workers(struct plane *plane) {
    for (unsigned ms = 0; ms <= STOP_MS; ms++) {
        bool back = true;
        for (unsigned i = 0; i < plane->workers.count; i++) back = back && rte_eal_get_lcore_state(lcore_of(i)) == WAIT;
        if (back) {
            rte_eal_mp_wait_lcore();
            return true;
        }
        rte_delay_us_sleep(1000);
    }
    return false;
}

static unsigned close_ports(struct plane *plane) {
    bond_close(&plane->bond);
    for (unsigned i = 0; i < plane->port_count; i++) port_close(&plane->ports[i]);
    plane_wire_release(plane);
    return mempools_release(&plane->pools);
}

const struct backend plane_dpdk = {.name = "dpdk",
                                   .open = open_ports,
                                   .make_io = make_io,
                                   .take = take_memory,
                                   .give = give_memory,
                                   .start = start_workers,
                                   .join = join_workers,
                                   .close = close_ports,
                                   .make_peers = plane_wire_make_peers,
                                   .move_peers = plane_wire_move_peers};
