#include "main/peer_to_peer.h"

#include <inttypes.h>
#include <sched.h>
#include <stdlib.h>

#include "main/log.h"

/*
 * Hellos and answers of one worker that may wait: of two hundred peers that restart at once, since what is lost comes
 * again. Hellos of ours that may wait: what one tick sends.
 */
enum { ROOM = 256, OUT = HANDSHAKE_BURST };

static bool no_memory(const struct plane *plane, struct failure *why) {
    return failed(why, "no memory for the handshakes of %zu peers; take peers out", plane->exchange.peers.count);
}

static uint64_t timeout_of(const struct configuration *configuration) {
    return configuration->config_toml.network.connection_timeout * 1000000000ull;
}

static bool make_handshake(struct plane *plane, struct peer_thread *thread) {
    const struct config_toml *config = &plane->configuration->config_toml;
    struct handshake_settings settings = {.version = config->network.protocol_version,
                                          .network = plane->exchange.network,
                                          .peers = (uint32_t)plane->exchange.peers.count,
                                          .most_pending = config->network.max_pending_peers,
                                          .timeout_ns = timeout_of(plane->configuration),
                                          .outside = &thread->outside};
    if (!tag_key_draw(&settings.key)) return false;
    thread->handshake = handshake_make(&settings);
    return thread->handshake != NULL;
}

bool peer_to_peer_make(struct plane *plane, struct failure *why) {
    unsigned workers = plane->workers.count;
    struct peer_thread *thread = aligned_alloc(_Alignof(struct peer_thread), sizeof *thread);
    if (thread == NULL) return no_memory(plane, why);
    *thread = (struct peer_thread){.loop = {.stop = &plane->halt_peers.stop, .halt = &plane->halt_peers},
                                   .workers = workers,
                                   .exchange = &plane->exchange};
    plane->peer_thread = thread;
    thread->clock = clock_make(plane->ticks_per_second);
    thread->handoffs = calloc(workers, sizeof *thread->handoffs);
    thread->exchanges = calloc(workers, sizeof *thread->exchanges);
    if (thread->handoffs == NULL || thread->exchanges == NULL) return no_memory(plane, why);
    for (unsigned i = 0; i < workers; i++) thread->exchanges[i] = plane->worker_list[i]->exchange;
    peer_thread_prepare(thread);
    return make_handshake(plane, thread) || no_memory(plane, why);
}

struct handshake *peer_to_peer_room(const struct plane *plane, uint32_t peers) {
    if (plane->peer_thread == NULL) return NULL;
    const struct handshake_settings settings = {.peers = peers, .outside = &plane->peer_thread->outside};
    return handshake_make(&settings);
}

struct handoff_settings peer_to_peer_handoff(unsigned most) {
    return (struct handoff_settings){
        .room = most < ROOM ? most : ROOM, .out_room = OUT, .out_bytes = HELLO_BYTES, .out_peers = 1};
}

/* Where the control thread may run, but for the CPUs of -l; an empty list, "where it may", where nothing is left. */
static struct cpu_list control_cpus(const struct plane *plane) {
    struct cpu_list mine = {0}, control;
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return mine;
    for (unsigned cpu = 0; cpu < CPU_LIST_MAX; cpu++)
        if (CPU_ISSET(cpu, &set)) cpu_list_add(&mine, cpu);
    cpu_list_difference(&mine, &plane->configuration->dpdk_conf.global.eal.lcores, &control);
    return control;
}

bool peer_to_peer_start(struct plane *plane, struct failure *why) {
    if (plane->peer_thread == NULL) return true;
    struct cpu_list cpus = control_cpus(plane);
    return threads_start(&plane->threads, "peers", &cpus, peer_thread_run, plane->peer_thread, why);
}

void peer_to_peer_take_over(struct plane *plane, const struct configuration *configuration) {
    if (plane->peer_thread == NULL) return;
    handshake_set(plane->peer_thread->handshake, configuration->config_toml.network.max_pending_peers,
                  timeout_of(configuration));
}

static void say(const struct plane *plane, const struct handshake_news *news) {
    const char *name = plane->exchange.peers.list[news->peer].name;
    const char *version = plane->configuration->config_toml.network.protocol_version;
    if (news->state == PEER_REFUSED)
        log_of(LOG_PROTOCOL, LOG_LINE_WARNING,
               "peer %s: speaks protocol %s and this node %s; it gets no probes until both have one protocol_version",
               name, news->version, version);
    else if (news->state == PEER_LOST)
        log_of(LOG_PROTOCOL, LOG_LINE_WARNING, "peer %s: lost, nothing was heard of it for connection_timeout", name);
    else
        log_of(LOG_PROTOCOL, LOG_LINE_NOTICE, "peer %s: connected again", name);
}

void peer_to_peer_say(struct plane *plane) {
    struct handshake_news one;
    if (plane->peer_thread == NULL) return;
    struct news *news = &plane->peer_thread->news;
    while (news_take(news, &one)) say(plane, &one);
    uint64_t left_out = counter_read(&news->left_out), more = left_out - plane->news_left_out;
    plane->news_left_out = left_out;
    if (more > 0)
        log_of(LOG_PROTOCOL, LOG_LINE_WARNING, "%" PRIu64 " more peers were refused, lost or connected again", more);
}

void peer_to_peer_status(const struct plane *plane, char *text, size_t room) {
    text[0] = '\0';
    if (plane->peer_thread == NULL) return;
    snprintf(text, room, "%" PRIu64 " of %zu peers connected, ",
             handshake_count(plane->peer_thread->handshake, PEER_CONNECTED), plane->exchange.peers.count);
}
