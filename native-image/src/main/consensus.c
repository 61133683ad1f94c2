#include "main/consensus.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "consensus/roster.h"
#include "consensus/settings.h"
#include "main/log.h"

/* Validators have numbers of 16 bits in shreds and votes. */
enum { MOST_VALIDATORS = UINT16_MAX };

/*
 * How much later an answer may be where threads pause (worker/idle.h): on the way there and back are a worker and a
 * validator on each side. What is waited for any shorter is asked for twice by idle nodes, all the time.
 */
#define PAUSES_NS (4 * (uint64_t)IDLE_LONGEST_NS)

static bool no_memory(struct failure *why) {
    return failed(why, "no memory for the consensus thread; it needs %u MB",
                  (SETTINGS_DEPTH + 2) * SETTINGS_MAX_BLOCK >> 20);
}

/* By which our peers name us. */
static const struct endpoint *own_endpoint(const struct plane *plane) {
    const struct listen_conf *listen = plane->configuration->config_toml.network.listen;
    return listen[0].address_text != NULL ? &listen[0].endpoint : &listen[1].endpoint;
}

static void write_settings(const struct plane *plane, const struct peers *peers, uint32_t *peer_of,
                           struct settings *settings) {
    *settings = settings_default();
    settings->peers = peer_of;
    settings->self = roster_make(peers, own_endpoint(plane), peer_of);
    settings->network = plane->exchange.network;
    settings->schedule.validators = (uint32_t)peers->count + 1;
    settings->schedule.seed = plane->exchange.network;
    if (plane->configuration->config_toml.dpdk.poll_mode == POLL_ADAPTIVE) {
        settings->repair_ns += PAUSES_NS;
        settings->vote_rto_ns += PAUSES_NS;
    }
}

/* Of a list of peers, whose first slot begins at `now_ns`. NULL where there is no memory. */
static struct seat *make_seat(const struct plane *plane, const struct peers *peers, struct outbox *outbox,
                              uint64_t now_ns) {
    struct settings settings;
    uint32_t *peer_of = calloc(peers->count + 1, sizeof *peer_of);
    if (peer_of == NULL) return NULL;
    write_settings(plane, peers, peer_of, &settings);
    struct seat *seat = seat_make(&settings, outbox, now_ns);
    free(peer_of);
    return seat;
}

static bool make_validator(struct plane *plane, struct consensus_thread *thread, struct failure *why) {
    const struct schedule like_it = {.validators = 1, .slot_ns = SETTINGS_SLOT_NS};
    uint64_t now_ns = consensus_thread_clock();
    consensus_thread_prepare(thread, &like_it, now_ns);
    thread->depth_slots = SETTINGS_DEPTH;
    thread->present = make_seat(plane, &plane->exchange.peers, &thread->outbox, now_ns);
    return thread->present != NULL || no_memory(why);
}

bool consensus_make_change(const struct plane *plane, const struct peers *next, struct consensus_change *change) {
    struct consensus_thread *thread = plane->consensus;
    *change = (struct consensus_change){0};
    if (thread == NULL) return true;
    if (next->count >= MOST_VALIDATORS) return false;
    const struct schedule *schedule = &thread->present->schedule;
    change->first_slot = consensus_thread_era(schedule, consensus_thread_clock());
    change->from = calloc(next->count + 1, sizeof *change->from);
    change->seat = make_seat(plane, next, &thread->outbox, schedule_start(schedule, change->first_slot));
    return change->from != NULL && change->seat != NULL;
}

void consensus_move(struct plane *plane, struct consensus_change *change, const uint32_t *to) {
    struct consensus_thread *thread = plane->consensus;
    uint32_t peers = (uint32_t)plane->exchange.peers.count;
    if (thread == NULL) return;
    change->seat = consensus_thread_move(thread, change->seat, change->first_slot, to, change->from, peers);
    change->from = NULL; /* a seat's */
}

void consensus_say_change(const struct plane *plane) {
    const struct consensus_thread *thread = plane->consensus;
    if (thread == NULL) return;
    log_line(LOG_LINE_NOTICE, "validator %u of %u, from slot %" PRIu64 " on", thread->present->self,
             thread->present->schedule.validators, thread->first_slot);
}

void consensus_release_change(struct consensus_change *change) {
    seat_release(change->seat);
    free(change->from);
}

static bool connect_desk(struct consensus_thread *thread, struct desk *desk) {
    desk->batches = batches_make(BATCHES_ROOM, DESK_BATCH_BYTES);
    thread->batches[thread->desks++] = desk->batches;
    return desk->batches != NULL;
}

/* Those of the pools' threads, or the only worker's own, or none. */
static bool connect_desks(struct plane *plane, struct consensus_thread *thread) {
    thread->batches = calloc(plane->pool_thread_count + 1, sizeof(struct batches *));
    if (thread->batches == NULL) return false;
    for (unsigned i = 0; i < plane->pool_thread_count; i++)
        if (!connect_desk(thread, &plane->pool_threads[i].desk)) return false;
    return plane->desk == NULL || connect_desk(thread, plane->desk);
}

static struct consensus_thread *make_thread(struct plane *plane) {
    void *memory = NULL;
    if (posix_memalign(&memory, _Alignof(struct consensus_thread), sizeof(struct consensus_thread)) != 0) return NULL;
    struct consensus_thread *thread = memset(memory, 0, sizeof *thread);
    thread->loop.stop = &plane->halt_applications.stop;
    thread->loop.halt = &plane->halt_applications;
    thread->workers = plane->workers.count;
    thread->loop.idle.adaptive = plane->configuration->config_toml.dpdk.poll_mode == POLL_ADAPTIVE;
    thread->handoffs = calloc(plane->workers.count, sizeof(struct handoff *));
    thread->proposal = proposal_make(SETTINGS_MAX_BLOCK);
    return thread;
}

bool consensus_make(struct plane *plane, struct failure *why) {
    size_t peers = plane->exchange.peers.count;
    if (plane->configuration->config_toml.performance.consensus_threads == 0) return true;
    if (peers >= MOST_VALIDATORS)
        return failed(why,
                      "%zu peers are too many for consensus, which has %d validators at most; write "
                      "consensus_threads = 0, or take peers out",
                      peers, MOST_VALIDATORS);
    struct consensus_thread *thread = make_thread(plane);
    plane->consensus = thread;
    if (thread == NULL || thread->handoffs == NULL || thread->proposal == NULL) return no_memory(why);
    if (!make_validator(plane, thread, why)) return false;
    return connect_desks(plane, thread) || no_memory(why);
}

bool consensus_start(struct plane *plane, const struct cpu_list *cpu, struct failure *why) {
    if (plane->consensus == NULL) return true;
    return threads_start(&plane->threads, "consensus", cpu, consensus_thread_run, plane->consensus, why);
}

void consensus_say(const struct plane *plane) {
    uint32_t threads = plane->configuration->config_toml.performance.consensus_threads;
    if (plane->consensus == NULL) return;
    log_line(LOG_LINE_NOTICE, "validator %u of %u, slots of %u ms", plane->consensus->present->self,
             plane->consensus->present->schedule.validators, SETTINGS_SLOT_NS / 1000000u);
    if (threads > 1)
        log_line(LOG_LINE_WARNING,
                 "%u of %u consensus threads are not started: a validator is one thread's; write consensus_threads = 1",
                 threads - 1, threads);
}
