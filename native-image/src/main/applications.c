#include "main/applications.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "consensus/settings.h"
#include "main/consensus.h"
#include "main/peer_to_peer.h"

/* A round of a thread takes microseconds and a pause 10 ms at most. */
enum { STOP_MS = 5000 };

/*
 * Datagrams that one thread may hold of one worker: what waits while a thread is scheduled away for a millisecond at 4
 * Mpps. All threads together may hold half of the buffers, so that a thread that hangs does not keep the workers from
 * receiving; a burst is the least that is worth handing over.
 */
enum { HANDOFF_ROOM = 4096, HANDOFF_LEAST = 64 };

/*
 * Datagrams of an application's own that may wait for the worker. Of consensus: the largest block, 1,873 shreds, so that none
 * is lost while the worker is scheduled away; 5 MB, at the first worker alone, which sends them. Pools send none.
 */
enum { HANDOFF_OUT = 1, HANDOFF_OUT_CONSENSUS = 2048 };

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
    desk->thrown_away = malloc(DESK_BATCH_BYTES);
    if (memory == NULL || desk->thrown_away == NULL) return false;
    desk->intake = intake_init(memory, &config);
    desk->slot_ns = SETTINGS_SLOT_NS;
    return true;
}

static bool make_gate(struct plane *plane, struct worker *worker, const struct tag_key *key, unsigned threads) {
    size_t peers = plane->exchange.peers.count;
    worker->gate = (struct gate){.key = *key,
                                 .limits = plane->tables.workers[worker->index].transactions,
                                 .peers = (uint32_t)peers,
                                 .threads = threads,
                                 .counters = plane->backend->take(sizeof(struct transaction_counters), worker->index)};
    worker->reception.taken[APPLICATION_TRANSACTION_POOL] = true;
    return worker->gate.counters != NULL;
}

static unsigned room_of_each(const struct plane *plane, unsigned threads) {
    unsigned buffers = plane->configuration->dpdk_conf.performance.mempool_size / 2;
    unsigned each = buffers / (threads * plane->workers.count);
    return each > HANDOFF_ROOM ? HANDOFF_ROOM : each < HANDOFF_LEAST ? HANDOFF_LEAST : each;
}

/* The next lanes of the worker, to `threads` threads of one application: their ends are written to `ends`. */
static bool make_lanes(struct worker *worker, enum application application, const struct handoff_settings *settings,
                       struct handoff **ends, unsigned threads) {
    struct distribution *distribution = &worker->distribution;
    unsigned first = 0;
    for (unsigned i = 0; i < APPLICATIONS; i++) first += distribution->threads[i];
    distribution->first[application] = first;
    for (unsigned i = 0; i < threads; i++) {
        ends[i] = distribution->lanes[first + i].handoff = handoff_make(settings);
        if (ends[i] == NULL) return false;
        distribution->threads[application]++;
    }
    return true;
}

static bool connect_worker(struct plane *plane, struct worker *worker) {
    unsigned pools = plane->pool_thread_count, threads = pools + (plane->consensus != NULL) + 1;
    struct handoff_settings settings = {.room = room_of_each(plane, threads),
                                        .out_room = HANDOFF_OUT,
                                        .out_bytes = HANDOFF_BYTES,
                                        .out_peers = HANDOFF_PEERS};
    struct handoff *ends[THREADS_MAX];
    worker->distribution.lanes = plane->backend->take(threads * sizeof *worker->distribution.lanes, worker->index);
    if (worker->distribution.lanes == NULL) return false;
    if (!make_lanes(worker, APPLICATION_TRANSACTION_POOL, &settings, ends, pools)) return false;
    for (unsigned i = 0; i < pools; i++) plane->pool_threads[i].handoffs[worker->index] = ends[i];
    struct handoff_settings hellos = peer_to_peer_handoff(settings.room);
    worker->reception.taken[APPLICATION_PEER_TO_PEER] = true;
    if (!make_lanes(worker, APPLICATION_PEER_TO_PEER, &hellos, &plane->peer_thread->handoffs[worker->index], 1))
        return false;
    if (plane->consensus == NULL) return true;
    if (worker->index == 0) settings.out_room = HANDOFF_OUT_CONSENSUS;
    worker->reception.taken[APPLICATION_CONSENSUS] = true;
    return make_lanes(worker, APPLICATION_CONSENSUS, &settings, &plane->consensus->handoffs[worker->index], 1);
}

static bool make_pool_threads(struct plane *plane) {
    const struct config_toml *config = &plane->configuration->config_toml;
    size_t size = (plane->pool_thread_count + 1) * sizeof *plane->pool_threads;
    plane->pool_threads = aligned_alloc(_Alignof(struct pool_thread), size); /* cache lines of their own */
    if (plane->pool_threads == NULL) return false;
    memset(plane->pool_threads, 0, size);
    for (unsigned i = 0; i < plane->pool_thread_count; i++) {
        struct pool_thread *thread = &plane->pool_threads[i];
        thread->loop.stop = &plane->halt_applications.stop;
        thread->loop.halt = &plane->halt_applications;
        thread->workers = plane->workers.count;
        thread->loop.idle.adaptive = config->dpdk.poll_mode == POLL_ADAPTIVE;
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

/* Where transactions are taken in: by threads, by the only worker, or nowhere. */
static bool make_pools(struct plane *plane) {
    struct tag_key key;
    unsigned threads = plane->pool_thread_count;
    if (threads == 0 && plane->workers.count != 1) return true;
    if (!tag_key_draw(&key) || !make_pool_threads(plane)) return false;
    if (threads == 0 && !make_own_desk(plane)) return false;
    for (unsigned i = 0; i < plane->workers.count; i++)
        if (!make_gate(plane, plane->worker_list[i], &key, threads > 0 ? threads : 1)) return false;
    return true;
}

static bool no_memory(struct failure *why) {
    return failed(why,
                  "no memory for the threads of the transaction pool; give socket-mem more, or tx_pool_threads less");
}

bool applications_make(struct plane *plane, struct failure *why) {
    plane->pool_thread_count = plane->configuration->config_toml.performance.tx_pool_threads;
    if (plane->exchange.peers.count == 0) {
        plane->pool_thread_count = 0; /* nobody who could send anything */
        return true;
    }
    if (!make_pools(plane)) return no_memory(why);
    if (!consensus_make(plane, why) || !peer_to_peer_make(plane, why)) return false;
    for (unsigned i = 0; i < plane->workers.count; i++)
        if (!connect_worker(plane, plane->worker_list[i])) return no_memory(why);
    return true;
}

/* The CPUs of -l: workers first, then consensus, then transaction pools. */
static struct cpu_list cpu_of(const struct plane *plane, unsigned place) {
    const struct cpu_list *all = &plane->configuration->dpdk_conf.global.eal.lcores;
    struct cpu_list one = {0};
    cpu_list_add(&one, all->cpus[place < all->count ? place : all->count - 1u]);
    return one;
}

static bool start_pool_threads(struct plane *plane, unsigned place, struct failure *why) {
    for (unsigned i = 0; i < plane->pool_thread_count; i++) {
        char name[32];
        snprintf(name, sizeof name, "tx-pool-%u", i);
        struct cpu_list cpu = cpu_of(plane, place + i);
        if (!threads_start(&plane->threads, name, &cpu, pool_thread_run, &plane->pool_threads[i], why)) return false;
    }
    return true;
}

bool applications_start(struct plane *plane, struct failure *why) {
    const struct config_toml *config = &plane->configuration->config_toml;
    unsigned place = config->performance.network_threads;
    struct cpu_list cpu = cpu_of(plane, place);
    return peer_to_peer_start(plane, why) && consensus_start(plane, &cpu, why) &&
           start_pool_threads(plane, place + config->performance.consensus_threads, why);
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
