#include "main/plane_udp.h"

#include <stdlib.h>
#include <string.h>

#include "config/mistakes.h"
#include "io/udp.h"
#include "main/log.h"
#include "worker/clock.h"

/* A round of the loop takes microseconds and a pause 10 ms at most. */
enum { STOP_MS = 5000 };

enum { LINE = 64 };

static void *take_memory(size_t size, unsigned worker) {
    (void)worker; /* pages come when the worker touches them first, on its NUMA node */
    void *memory = NULL;
    if (posix_memalign(&memory, LINE, size > 0 ? size : 1) != 0) return NULL;
    memset(memory, 0, size);
    return memory;
}

static void give_memory(void *memory) {
    free(memory);
}

static bool open_sockets(struct plane *plane, enum udp_mode mode, struct failure *why) {
    const struct config_toml *config = &plane->configuration->config_toml;
    const struct dpdk_conf *conf = &plane->configuration->dpdk_conf;
    plane->worker_count = config->performance.network_threads;
    plane->ticks_per_second = clock_measure();
    struct udp_settings settings = {.mode = mode,
                                    .workers = plane->worker_count,
                                    .peers = &plane->exchange.peers,
                                    .slots = conf->performance.mempool_size / plane->worker_count,
                                    .room = (uint16_t)mistakes_data_room(conf->advanced.max_rx_pkt_len),
                                    .socket_buffer = UDP_SOCKET_BUFFER};
    for (unsigned family = 4; family <= 6; family += 2) {
        const struct listen_conf *listen = config_toml_listen(config, family);
        if (listen != NULL) settings.listen[settings.listen_count++] = listen->endpoint;
    }
    if (config->network.exception_path != NULL)
        log_line(LOG_LINE_WARNING, "exception_path %s: without DPDK the card is the kernel's already; nothing is made",
                 config->network.exception_path);
    if (settings.listen_count == 0)
        return failed(why, "no listen_address: without DPDK there is nothing to listen at; write one");
    return udp_open(&settings, plane->sockets, why);
}

static bool open_bursts(struct plane *plane, struct failure *why) {
    return open_sockets(plane, UDP_BURSTS, why);
}

static bool open_packets(struct plane *plane, struct failure *why) {
    return open_sockets(plane, UDP_PACKETS, why);
}

static struct io *give_socket(struct plane *plane, unsigned worker, struct counter *drops, struct failure *why) {
    (void)why;
    plane->sockets[worker]->drops = drops;
    return plane->sockets[worker];
}

static void run(void *worker) {
    worker_run(worker);
}

static bool start_workers(struct plane *plane, struct failure *why) {
    const struct cpu_list *cpus = &plane->configuration->dpdk_conf.global.eal.lcores;
    for (unsigned i = 0; i < plane->workers.count; i++) {
        struct cpu_list cpu = {0};
        char name[32];
        snprintf(name, sizeof name, "worker-%u", i);
        cpu_list_add(&cpu, cpus->cpus[i]);
        if (!threads_start(&plane->worker_threads, name, &cpu, run, plane->worker_list[i], why)) return false;
    }
    return true;
}

static bool join_workers(struct plane *plane) {
    return threads_join(&plane->worker_threads, STOP_MS) == NULL;
}

static unsigned close_sockets(struct plane *plane) {
    unsigned missing = 0;
    for (unsigned i = 0; i < plane->worker_count; i++)
        if (plane->sockets[i] != NULL) missing += udp_close(plane->sockets[i]);
    return missing;
}

/* Sockets know no peers; the list is looked up in the plane's. */
static bool make_peers(struct plane *plane, struct peer_tables *next) {
    (void)plane, (void)next;
    return true;
}

static void move_peers(struct plane *plane, struct peer_tables *next, const uint32_t *to) {
    (void)next;
    for (unsigned i = 0; i < plane->worker_count; i++) udp_move(plane->sockets[i], to);
}

#define BACKEND(opens)                                                                                                 \
    {                                                                                                                  \
        .name = "kernel", .open = (opens), .make_io = give_socket, .take = take_memory, .give = give_memory,           \
        .start = start_workers, .join = join_workers, .close = close_sockets, .make_peers = make_peers,                \
        .move_peers = move_peers                                                                                       \
    }
const struct backend plane_udp = BACKEND(open_bursts);
const struct backend plane_udp_packets = BACKEND(open_packets);
