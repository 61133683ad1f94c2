#include "main/peers_change.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "main/consensus.h"
#include "main/log.h"
#include "main/peer_to_peer.h"
#include "statistics/telemetry.h"

/*
 * A thread comes to a halt after one round, a few microseconds, or where it sleeps after its pause: 50 ms at most. One
 * that has not in a second does not get a CPU, or hangs; everybody goes on then, under the old list.
 */
enum { HALT_MS = 1000 };

struct change {
    struct plane *plane;
    struct peer_tables next;
    uint32_t *from, *to; /* peers_match */
    struct handshake *handshake;
    uint32_t **held; /* of each pool */
    struct consensus_change consensus;
    size_t stay;
    uint64_t halt_ns; /* when threads began to wait */
};

static bool is_same(const struct plane *plane, const struct peer_conf *conf) {
    const struct peers *peers = &plane->exchange.peers;
    size_t index = peers_find(peers, &conf->endpoint);
    if (index == PEERS_UNKNOWN) return false;
    const struct peer *peer = &peers->list[index];
    return strcmp(peer->name, conf->name) == 0 && memcmp(peer->mac, conf->mac, sizeof peer->mac) == 0;
}

bool peers_differ(const struct plane *plane, const struct configuration *configuration) {
    const struct config_toml *config = &configuration->config_toml;
    if (config->network.peer_count != plane->exchange.peers.count) return true;
    for (size_t i = 0; i < config->network.peer_count; i++)
        if (!is_same(plane, &config->network.peers[i])) return true;
    return false;
}

/* The i-th place where transactions are pooled, the threads' or the only worker's; NULL: there are no more. */
static struct pool *pool_of(const struct plane *plane, unsigned i) {
    if (i < plane->pool_thread_count) return plane->pool_threads[i].desk.intake->pool;
    return i == 0 && plane->desk != NULL ? plane->desk->intake->pool : NULL;
}

static bool make_held(struct change *change) {
    uint32_t peers = (uint32_t)change->next.exchange.peers.count;
    change->held = calloc(change->plane->pool_thread_count + 1, sizeof *change->held);
    for (unsigned i = 0; change->held != NULL && pool_of(change->plane, i) != NULL; i++) {
        change->held[i] = calloc(1, pool_held_bytes(peers));
        if (change->held[i] == NULL) return false;
    }
    return change->held != NULL;
}

static bool match(struct change *change) {
    const struct peers *old = &change->plane->exchange.peers, *next = &change->next.exchange.peers;
    change->from = calloc(next->count + 1, sizeof *change->from);
    change->to = calloc(old->count + 1, sizeof *change->to);
    if (change->from == NULL || change->to == NULL) return false;
    peers_match(old, next, change->from, change->to);
    for (size_t i = 0; i < next->count; i++) change->stay += change->from[i] != PEERS_NOBODY;
    return true;
}

static bool make(struct change *change, const struct configuration *configuration) {
    struct plane *plane = change->plane;
    if (!peer_tables_list(plane, &configuration->config_toml, &change->next)) return false;
    for (unsigned i = 0; i < plane->workers.count; i++)
        if (!peer_tables_worker(plane, i, &change->next)) return false;
    if (!plane->backend->make_peers(plane, &change->next)) return false;
    change->handshake = peer_to_peer_room(plane, (uint32_t)change->next.exchange.peers.count);
    return change->handshake != NULL && make_held(change) && match(change) &&
           consensus_make_change(plane, &change->next.exchange.peers, &change->consensus);
}

/* What is not used, or not any more. */
static void release(struct change *change) {
    for (unsigned i = 0; change->held != NULL && pool_of(change->plane, i) != NULL; i++) free(change->held[i]);
    free(change->held);
    handshake_release(change->handshake);
    consensus_release_change(&change->consensus);
    peer_tables_release(change->plane, &change->next);
    free(change->from);
    free(change->to);
}

static bool halt(struct change *change, struct failure *why) {
    struct plane *plane = change->plane;
    unsigned applications = plane->pool_thread_count + (plane->consensus != NULL);
    if (!halt_begin(&plane->halt_peers, 1, HALT_MS))
        return failed(why, "the thread of the handshakes does not come to a halt");
    halt_announce(&plane->halt);
    halt_announce(&plane->halt_applications);
    idle_pause(IDLE_LONGEST_NS + IDLE_FIRST_NS); /* after that nobody is in a pause */
    change->halt_ns = clock_kernel_ns(CLOCK_MONOTONIC);
    if (!halt_begin(&plane->halt_applications, applications, HALT_MS))
        return failed(why, "a thread of an application does not come to a halt");
    return halt_begin(&plane->halt, plane->workers.count, HALT_MS) ||
           failed(why, "a network thread does not come to a halt");
}

static void go_on(struct plane *plane) {
    halt_end(&plane->halt);
    halt_end(&plane->halt_applications);
    halt_end(&plane->halt_peers);
}

/* A burst from each worker to each thread, and what comes back and out. True where there was something. */
static bool deal_with_some(struct plane *plane) {
    unsigned some = peer_thread_take(plane->peer_thread, clock_now(&plane->peer_thread->clock));
    if (plane->consensus != NULL)
        some += consensus_thread_take(plane->consensus, consensus_thread_now(plane->consensus));
    for (unsigned i = 0; i < plane->pool_thread_count; i++) some += pool_thread_take(&plane->pool_threads[i]);
    for (unsigned i = 0; i < plane->workers.count; i++) {
        struct worker *worker = plane->worker_list[i];
        while (distribution_collect(&worker->distribution, worker->io)) some++;
    }
    return some > 0;
}

static void move_worker(struct change *change, struct worker *worker) {
    struct worker_tables *next = &change->next.workers[worker->index];
    const struct exchange *exchange = &change->next.exchange;
    for (size_t i = 0; i < exchange->peers.count; i++) {
        uint32_t from = change->from[i];
        if (from == PEERS_NOBODY) continue;
        next->limits[i] = worker->reception.peers[from];
        if (worker->gate.limits != NULL) next->transactions[i] = worker->gate.limits[from];
    }
    exchange_move_worker(worker->exchange, next->states, exchange, change->from, change->to);
    worker->reception.peers = next->limits;
    if (worker->gate.limits == NULL) return;
    worker->gate.limits = next->transactions;
    worker->gate.peers = (uint32_t)exchange->peers.count;
}

static void move_pools(struct change *change) {
    struct plane *plane = change->plane;
    uint32_t peers = (uint32_t)plane->exchange.peers.count;
    struct pool *pool;
    for (unsigned i = 0; (pool = pool_of(plane, i)) != NULL; i++) pool_move(pool, change->held[i], peers, change->to);
    uint32_t **held = plane->held;
    plane->held = change->held;
    change->held = held;
}

/* Everybody is halted, and nothing stands in a ring. */
static void move(struct change *change) {
    struct plane *plane = change->plane;
    for (unsigned i = 0; i < plane->workers.count; i++) move_worker(change, plane->worker_list[i]);
    exchange_move(&plane->exchange, &change->next.exchange, change->from);
    plane->backend->move_peers(plane, &change->next, change->to);
    handshake_move(plane->peer_thread->handshake, change->handshake, change->from, change->to);
    move_pools(change);
    consensus_move(plane, &change->consensus, change->to);
    struct peer_tables old = plane->tables;
    old.neighbours = change->next.neighbours; /* the old ones by now */
    plane->tables = change->next;
    plane->tables.neighbours = (struct neighbours){0};
    change->next = old;
}

static void say(const struct change *change, size_t before, uint64_t ns) {
    size_t count = change->plane->exchange.peers.count;
    log_of(LOG_CONFIG, LOG_LINE_NOTICE,
           "%zu peers: %zu stay, %zu are new, %zu are gone; frames waited for %" PRIu64 " us", count, change->stay,
           count - change->stay, before - change->stay, ns / 1000);
    consensus_say_change(change->plane);
}

static bool change_halted(struct change *change, struct failure *why) {
    struct plane *plane = change->plane;
    size_t before = plane->exchange.peers.count;
    bool halted = halt(change, why);
    if (halted) {
        while (deal_with_some(plane)) continue;
        peer_to_peer_say(plane); /* by the names of the old list */
        move(change);
    }
    go_on(plane);
    if (halted) say(change, before, clock_kernel_ns(CLOCK_MONOTONIC) - change->halt_ns);
    return halted;
}

bool peers_change(struct plane *plane, const struct configuration *configuration, struct failure *why) {
    struct change change = {.plane = plane};
    size_t count = configuration->config_toml.network.peer_count;
    bool done = false;
    if (plane->peer_thread == NULL || count == 0)
        failed(why, "the first peer and the last one need a restart");
    else if (!make(&change, configuration))
        failed(why, "no memory for %zu peers beside the %zu that there are; give socket-mem more, or restart", count,
               plane->exchange.peers.count);
    else {
        telemetry_hold();
        done = change_halted(&change, why);
        telemetry_let_go();
    }
    release(&change);
    return done;
}
