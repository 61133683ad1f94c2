#include "statistics/telemetry.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_telemetry.h>
#include <rte_version.h>

#include "io/dpdk.h"
#include "version.h"

#if RTE_VERSION < RTE_VERSION_NUM(23, 3, 0, 0)
#define rte_tel_data_add_dict_uint rte_tel_data_add_dict_u64 /* as it was called before 23.03 */
#endif

/* rte_telemetry hands its callbacks nothing of ours: this is how they find the counters. */
static const struct telemetry *source;
static pthread_mutex_t source_lock = PTHREAD_MUTEX_INITIALIZER;

static void fill_node(struct rte_tel_data *answer, const char *parameters) {
    (void)parameters;
    struct node_totals totals = totals_of_node(source->workers);
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    const struct exchange *exchange = source->workers->list[0]->exchange->exchange;
    rte_tel_data_add_dict_string(answer, "version", PANTHEON_VERSION);
    rte_tel_data_add_dict_string(answer, "network_id", source->network_id);
    rte_tel_data_add_dict_uint(answer, "uptime_seconds", (uint64_t)(now.tv_sec - source->started.tv_sec));
    rte_tel_data_add_dict_uint(answer, "peers", exchange->peers.count);
    rte_tel_data_add_dict_uint(answer, "dropped", totals.dropped);
    rte_tel_data_add_dict_uint(answer, "malformed", totals.malformed);
}

static void add_peer(struct rte_tel_data *answer, const struct peer *peer, const struct peer_totals *totals) {
    struct rte_tel_data *entry = rte_tel_data_alloc();
    if (entry == NULL) return;
    char key[RTE_TEL_MAX_STRING_LEN];
    snprintf(key, sizeof key, "%s", peer->name);
    for (char *at = key; *at != '\0'; at++)
        if (*at == '-') *at = '_';
    rte_tel_data_start_dict(entry);
    rte_tel_data_add_dict_string(entry, "address", peer->address_text);
    rte_tel_data_add_dict_uint(entry, "sent", totals->sent);
    rte_tel_data_add_dict_uint(entry, "received", totals->received);
    rte_tel_data_add_dict_uint(entry, "lost", totals->lost);
    rte_tel_data_add_dict_uint(entry, "late", totals->late);
    rte_tel_data_add_dict_uint(entry, "duplicated", totals->duplicated);
    rte_tel_data_add_dict_uint(entry, "rtt_us", totals->rtt_us);
    if (rte_tel_data_add_dict_container(answer, key, entry, 0) != 0) rte_tel_data_free(entry);
}

static void fill_peers(struct rte_tel_data *answer, const char *parameters) {
    const struct peers *peers = &source->workers->list[0]->exchange->exchange->peers;
    size_t start = parameters == NULL ? 0 : strtoul(parameters, NULL, 10);
    for (size_t peer = start; peer < peers->count && peer - start < TELEMETRY_PEERS; peer++) {
        struct peer_totals totals = totals_of_peer(source->workers, peer);
        add_peer(answer, &peers->list[peer], &totals);
    }
}

static void fill_drops(struct rte_tel_data *answer, const char *parameters) {
    (void)parameters;
    struct node_totals totals = totals_of_node(source->workers);
    for (unsigned drop = 0; drop < DROPS; drop++)
        if (drop_name(drop) != NULL)
            rte_tel_data_add_dict_uint(answer, drop_name(drop), totals.drops[drop]);
    rte_tel_data_add_dict_uint(answer, "no_room", totals.refused);
}

static void fill_workers(struct rte_tel_data *answer, const char *parameters) {
    (void)parameters;
    for (unsigned i = 0; i < source->workers->count; i++) {
        const struct worker *worker = source->workers->list[i];
        struct rte_tel_data *entry = rte_tel_data_alloc();
        char key[16];
        if (entry == NULL) return;
        snprintf(key, sizeof key, "%u", i);
        rte_tel_data_start_dict(entry);
        rte_tel_data_add_dict_uint(entry, "lcore", worker->lcore);
        rte_tel_data_add_dict_uint(entry, "received", counter_read(&worker->io->counters->received));
        rte_tel_data_add_dict_uint(entry, "transmitted", counter_read(&worker->io->counters->transmitted));
        rte_tel_data_add_dict_uint(entry, "rounds", counter_read(&worker->rounds));
        rte_tel_data_add_dict_uint(entry, "busy_rounds", counter_read(&worker->busy_rounds));
        rte_tel_data_add_dict_uint(entry, "pauses", counter_read(&worker->pauses));
        if (rte_tel_data_add_dict_container(answer, key, entry, 0) != 0) rte_tel_data_free(entry);
    }
}

/* Of all workers together, of those that the DPDK backend has. */
static uint64_t sum_of(const struct counter *(*counter)(const struct dpdk_io *dpdk, unsigned index), unsigned index) {
    uint64_t sum = 0;
    for (unsigned i = 0; i < source->workers->count; i++) {
        const struct dpdk_io *dpdk = dpdk_io_of(source->workers->list[i]->io);
        if (dpdk != NULL) sum += counter_read(counter(dpdk, index));
    }
    return sum;
}

static const struct counter *heard(const struct dpdk_io *dpdk, unsigned index) {
    return &dpdk->more.neighbours[index];
}

static const struct counter *resolving(const struct dpdk_io *dpdk, unsigned index) {
    const struct counter *const list[] = {&dpdk->more.questions, &dpdk->more.answers, &dpdk->more.overrun,
                                          &dpdk->counters.unresolved};
    return list[index];
}

static void fill_neighbours(struct rte_tel_data *answer, const char *parameters) {
    static const char *const NAMES[] = {"questions", "answers", "overrun", "unresolved"};
    (void)parameters;
    const struct dpdk_io *first = dpdk_io_of(source->workers->list[0]->io);
    if (first == NULL) return;
    rte_tel_data_add_dict_uint(answer, "asked", first->wire->neighbours->asked);
    rte_tel_data_add_dict_uint(answer, "known", neighbours_known(first->wire->neighbours));
    for (unsigned i = NEIGHBOURS_MALFORMED; i < NEIGHBOURS_RESULTS; i++)
        rte_tel_data_add_dict_uint(answer, neighbours_result_name(i), sum_of(heard, i));
    for (unsigned i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        rte_tel_data_add_dict_uint(answer, NAMES[i], sum_of(resolving, i));
}

static void fill_consensus(struct rte_tel_data *answer, const char *parameters) {
    const struct consensus_thread *thread = source->consensus;
    (void)parameters;
    if (thread == NULL) return;
    const struct counter *counters = validator_counters(thread->validator);
    rte_tel_data_add_dict_uint(answer, "validator", thread->self);
    rte_tel_data_add_dict_uint(answer, "validators", thread->schedule.validators);
    for (unsigned i = 0; i < CONSENSUS_COUNTERS; i++)
        rte_tel_data_add_dict_uint(answer, consensus_counter_name(i), counter_read(&counters[i]));
    const struct consensus_thread_counters *own = &thread->counters;
    rte_tel_data_add_dict_uint(answer, "rounds", counter_read(&own->rounds));
    rte_tel_data_add_dict_uint(answer, "busy_rounds", counter_read(&own->busy_rounds));
    rte_tel_data_add_dict_uint(answer, "pauses", counter_read(&own->pauses));
    rte_tel_data_add_dict_uint(answer, "clock_back", counter_read(&own->clock_back));
    rte_tel_data_add_dict_uint(answer, "confirmed", counter_read(&own->confirmed));
    rte_tel_data_add_dict_uint(answer, "transactions_proposed", counter_read(&own->proposed));
    rte_tel_data_add_dict_uint(answer, "transactions_displaced", counter_read(&own->displaced));
    rte_tel_data_add_dict_uint(answer, "transactions_expired", counter_read(&own->expired));
}

static void fill_transactions(struct rte_tel_data *answer, const char *parameters) {
    (void)parameters;
    struct transaction_totals totals = totals_of_transactions(source->workers, &source->pools);
    for (unsigned i = 0; i < TRANSACTIONS_COUNTS; i++)
        rte_tel_data_add_dict_uint(answer, transaction_count_name(i), totals.list[i]);
}

static const struct command {
    const char *name;
    const char *help;
    void (*fill)(struct rte_tel_data *answer, const char *parameters);
} COMMANDS[] = {
    {"/pantheon/node", "What this node is and what it dropped. No parameters", fill_node},
    {"/pantheon/peers", "Frames of each peer, 64 at most. Parameter: how many peers to skip", fill_peers},
    {"/pantheon/drops", "Frames that were dropped, by reason. No parameters", fill_drops},
    {"/pantheon/neighbours", "MAC addresses asked for and known, frames of ARP and NDP. No parameters", fill_neighbours},
    {"/pantheon/workers", "What each network thread does. No parameters", fill_workers},
    {"/pantheon/consensus", "What this node's validator did. No parameters", fill_consensus},
    {"/pantheon/transactions", "What became of transactions. No parameters", fill_transactions},
};

static int answer_command(const char *name, const char *parameters, struct rte_tel_data *answer) {
    rte_tel_data_start_dict(answer);
    pthread_mutex_lock(&source_lock);
    for (size_t i = 0; source != NULL && i < sizeof COMMANDS / sizeof *COMMANDS; i++)
        if (strcmp(COMMANDS[i].name, name) == 0) COMMANDS[i].fill(answer, parameters);
    pthread_mutex_unlock(&source_lock);
    return 0;
}

bool telemetry_register(const struct telemetry *telemetry) {
    pthread_mutex_lock(&source_lock);
    source = telemetry;
    pthread_mutex_unlock(&source_lock);
    for (size_t i = 0; i < sizeof COMMANDS / sizeof *COMMANDS; i++)
        if (rte_telemetry_register_cmd(COMMANDS[i].name, answer_command, COMMANDS[i].help) != 0) return false;
    return true;
}

void telemetry_close(void) {
    pthread_mutex_lock(&source_lock);
    source = NULL;
    pthread_mutex_unlock(&source_lock);
}
