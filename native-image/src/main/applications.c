#include "main/applications.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "consensus/settings.h"

/* A round of a thread takes microseconds and a pause 10 ms at most. */
enum { STOP_MS = 5000 };

/*
 * Datagrams that one thread may hold of one worker: four receive rings of the seed's size would be too many for its
 * mempool; one of 4,096 is what waits while a thread is scheduled away for a millisecond at 4 Mpps.
 */
enum { HANDOFF_ROOM = 4096, HANDOFF_OUT = 64 };

/* Huge pages are best, since places in it are random; where there are none the kernel takes small ones. */
static void *take_large(size_t size) {
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return NULL;
    madvise(memory, size, MADV_HUGEPAGE);
    return memory;
}

static bool make_desk(const struct plane *plane, struct desk *desk) {
    uint32_t peers = (uint32_t)plane->exchange.peers.count;
    struct intake_config config = {.tags = DEDUP_TAGS,
                                   .pool = {.capacity = POOL_CAPACITY, .share = POOL_SHARE, .peers = peers}};
    size_t size = intake_bytes(&config);
    void *memory = size == 0 ? NULL : take_large(size);
    desk->batch = malloc(DESK_BATCH * TRANSACTION_MAX);
    if (memory == NULL || desk->batch == NULL) return false;
    desk->intake = intake_init(memory, &config);
    desk->slot_ns = SETTINGS_SLOT_NS;
    return true;
}

static bool make_gate(struct plane *plane, struct worker *worker, const struct tag_key *key, unsigned threads) {
    size_t peers = plane->exchange.peers.count;
    worker->gate = (struct gate){.key = *key,
                                 .limits = plane->backend->take(peers * sizeof(struct limit), worker->index),
                                 .peers = (uint32_t)peers,
                                 .threads = threads,
                                 .counters = plane->backend->take(sizeof(struct transaction_counters), worker->index)};
    worker->reception.taken[APPLICATION_TRANSACTION_POOL] = true;
    return worker->gate.limits != NULL && worker->gate.counters != NULL;
}

static bool make_lanes(struct plane *plane, struct worker *worker) {
    static const struct handoff_settings SETTINGS = {
        .room = HANDOFF_ROOM, .out_room = HANDOFF_OUT, .out_bytes = HANDOFF_BYTES, .out_peers = HANDOFF_PEERS};
    struct distribution *distribution = &worker->distribution;
    unsigned threads = plane->pool_thread_count;
    distribution->lanes = plane->backend->take(threads * sizeof *distribution->lanes, worker->index);
    distribution->threads[APPLICATION_TRANSACTION_POOL] = threads;
    if (distribution->lanes == NULL) return false;
    for (unsigned i = 0; i < threads; i++) {
        distribution->lanes[i].handoff = handoff_make(&SETTINGS);
        if (distribution->lanes[i].handoff == NULL) return false;
        plane->pool_threads[i].handoffs[worker->index] = distribution->lanes[i].handoff;
    }
    return true;
}

static bool make_pool_threads(struct plane *plane) {
    const struct config_toml *config = &plane->configuration->config_toml;
    plane->pool_threads = calloc(plane->pool_thread_count + 1, sizeof *plane->pool_threads);
    if (plane->pool_threads == NULL) return false;
    for (unsigned i = 0; i < plane->pool_thread_count; i++) {
        struct pool_thread *thread = &plane->pool_threads[i];
        thread->stop = &plane->stop_applications;
        thread->workers = plane->workers.count;
        thread->idle.adaptive = config->dpdk.poll_mode == POLL_ADAPTIVE;
        thread->handoffs = calloc(plane->workers.count, sizeof *thread->handoffs);
        if (thread->handoffs == NULL || !make_desk(plane, &thread->desk)) return false;
    }
    return true;
}

static bool make_own_desk(struct plane *plane) {
    plane->desk = calloc(1, sizeof *plane->desk);
    plane->worker_list[0]->desk = plane->desk;
    return plane->desk != NULL && make_desk(plane, plane->desk);
}

bool applications_make(struct plane *plane) {
    struct tag_key key;
    plane->pool_thread_count = plane->configuration->config_toml.performance.tx_pool_threads;
    if (plane->pool_thread_count == 0 && plane->workers.count != 1) return true;
    if (plane->exchange.peers.count == 0) return true; /* nobody who could send any */
    if (!tag_key_draw(&key) || !make_pool_threads(plane)) return false;
    if (plane->pool_thread_count == 0 && !make_own_desk(plane)) return false;
    for (unsigned i = 0; i < plane->workers.count; i++) {
        struct worker *worker = plane->worker_list[i];
        unsigned threads = plane->pool_thread_count > 0 ? plane->pool_thread_count : 1;
        if (!make_gate(plane, worker, &key, threads) || !make_lanes(plane, worker)) return false;
    }
    return true;
}

/* The CPUs of -l: workers first, then consensus, then transaction pools. */
static struct cpu_list cpu_of(const struct plane *plane, unsigned place) {
    const struct cpu_list *all = &plane->configuration->dpdk_conf.global.eal.lcores;
    struct cpu_list one = {0};
    cpu_list_add(&one, all->cpus[place < all->count ? place : all->count - 1u]);
    return one;
}

bool applications_start(struct plane *plane, struct failure *why) {
    const struct config_toml *config = &plane->configuration->config_toml;
    unsigned place = config->performance.network_threads + config->performance.consensus_threads;
    if (plane->pool_threads == NULL) return true;
    for (unsigned i = 0; i < plane->pool_thread_count; i++) {
        char name[32];
        snprintf(name, sizeof name, "tx-pool-%u", i);
        struct cpu_list cpu = cpu_of(plane, place + i);
        if (!threads_start(&plane->threads, name, &cpu, pool_thread_run, &plane->pool_threads[i], why)) return false;
    }
    return true;
}

/* For a worker that has ended: what applications gave back or want sent. */
static void drain(struct worker *worker) {
    while (distribution_collect(&worker->distribution, worker->io)) continue;
}

bool applications_join(struct plane *plane) {
    if (threads_join(&plane->threads, STOP_MS) != NULL) return false;
    for (unsigned i = 0; i < plane->workers.count; i++) drain(plane->worker_list[i]);
    return true;
}
