#include "statistics/telemetry.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_mempool.h>

#include "statistics/telemetry_answers.h"
#include "version.h"
#include "worker/clock.h"

/* rte_telemetry hands its callbacks nothing of ours: this is how they find the counters. */
static const struct telemetry *registered;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void fill_node(const struct telemetry *source, struct rte_tel_data *answer, const char *parameters) {
    (void)parameters;
    struct node_totals totals = totals_of_node(source->workers);
    uint64_t uptime_ns = clock_kernel_ns(CLOCK_MONOTONIC) - source->started_ns;
    const struct exchange *exchange = source->workers->list[0]->exchange->exchange;
    rte_tel_data_add_dict_string(answer, "version", PANTHEON_VERSION);
    rte_tel_data_add_dict_string(answer, "network_id", source->network_id);
    rte_tel_data_add_dict_uint(answer, "uptime_seconds", uptime_ns / 1000000000u);
    rte_tel_data_add_dict_uint(answer, "peers", exchange->peers.count);
    rte_tel_data_add_dict_uint(answer, "dropped", totals.dropped);
    rte_tel_data_add_dict_uint(answer, "malformed", totals.malformed);
    rte_tel_data_add_dict_uint(answer, "reloads", counter_read(source->reloads));
    rte_tel_data_add_dict_uint(answer, "refused_reloads", counter_read(source->refused_reloads));
    rte_tel_data_add_dict_uint(answer, "port_resets", counter_read(source->port_resets));
    for (unsigned state = 0; source->handshake != NULL && state < PEER_STATES; state++)
        rte_tel_data_add_dict_uint(answer, peer_state_name(state), handshake_count(source->handshake, state));
}

/* DPDK allows no hyphen in keys. */
static void write_key(char key[RTE_TEL_MAX_STRING_LEN], const char *name) {
    snprintf(key, RTE_TEL_MAX_STRING_LEN, "%s", name);
    for (char *at = key; *at != '\0'; at++)
        if (*at == '-') *at = '_';
}

static void add_peer(struct rte_tel_data *answer, const struct peer *peer, enum peer_state state,
                     const struct peer_totals *totals) {
    struct rte_tel_data *entry = rte_tel_data_alloc();
    if (entry == NULL) return;
    char key[RTE_TEL_MAX_STRING_LEN];
    write_key(key, peer->name);
    rte_tel_data_start_dict(entry);
    rte_tel_data_add_dict_string(entry, "address", peer->address_text);
    rte_tel_data_add_dict_string(entry, "state", peer_state_name(state));
    rte_tel_data_add_dict_uint(entry, "sent", totals->sent);
    rte_tel_data_add_dict_uint(entry, "received", totals->received);
    rte_tel_data_add_dict_uint(entry, "lost", totals->lost);
    rte_tel_data_add_dict_uint(entry, "late", totals->late);
    rte_tel_data_add_dict_uint(entry, "duplicated", totals->duplicated);
    rte_tel_data_add_dict_uint(entry, "rtt_us", totals->rtt_us);
    if (rte_tel_data_add_dict_container(answer, key, entry, 0) != 0) rte_tel_data_free(entry);
}

static void fill_peers(const struct telemetry *source, struct rte_tel_data *answer, const char *parameters) {
    const struct peers *peers = &source->workers->list[0]->exchange->exchange->peers;
    size_t start = parameters == NULL ? 0 : strtoul(parameters, NULL, 10);
    for (size_t peer = start; peer < peers->count && peer - start < TELEMETRY_PEERS; peer++) {
        struct peer_totals totals = totals_of_peer(source->workers, peer);
        add_peer(answer, &peers->list[peer], handshake_state(source->handshake, (uint32_t)peer), &totals);
    }
}

static void fill_handshakes(const struct telemetry *source, struct rte_tel_data *answer, const char *parameters) {
    (void)parameters;
    if (source->handshake == NULL) return;
    const struct handshake_counters *counters = handshake_counters(source->handshake);
    const struct {
        const char *name;
        const struct counter *counter;
    } list[] = {{"hellos_sent", &counters->hellos_sent},
                {"answers_sent", &counters->answers_sent},
                {"hellos_received", &counters->hellos_received},
                {"answers_received", &counters->answers_received},
                {"malformed", &counters->malformed},
                {"unasked", &counters->unasked},
                {"other_versions", &counters->other_versions},
                {"given_up", &counters->given_up},
                {"losses", &counters->losses},
                {"send_refused", &counters->send_refused}};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        rte_tel_data_add_dict_uint(answer, list[i].name, counter_read(list[i].counter));
}

/* Of a moment of CLOCK_MONOTONIC, in seconds since 1970. */
static uint64_t date_of(uint64_t ns) {
    uint64_t ago_ns = clock_kernel_ns(CLOCK_MONOTONIC) - ns;
    return (clock_kernel_ns(CLOCK_REALTIME) - ago_ns) / 1000000000u;
}

static void fill_bonding(const struct telemetry *source, struct rte_tel_data *answer, const char *parameters) {
    (void)parameters;
    if (source->bond == NULL) return;
    const struct failover *failover = &source->bond->failover;
    static const char *const NAMES[] = {"primary", "secondary"}, *const LINKS[] = {"primary_link", "secondary_link"};
    uint64_t changed = counter_read(&failover->changed_ns);
    rte_tel_data_add_dict_string(answer, "active", bond_active(source->bond)->name);
    for (unsigned i = 0; i < FAILOVER_PORTS; i++) {
        rte_tel_data_add_dict_string(answer, NAMES[i], source->bond->ports[i]->name);
        rte_tel_data_add_dict_string(answer, LINKS[i], counter_read(&failover->up[i]) != 0 ? "UP" : "DOWN");
    }
    rte_tel_data_add_dict_uint(answer, "failovers", counter_read(&failover->failovers));
    rte_tel_data_add_dict_uint(answer, "returns", counter_read(&failover->returns));
    rte_tel_data_add_dict_uint(answer, "last_change", changed == 0 ? 0 : date_of(changed));
}

static void fill_consensus(const struct telemetry *source, struct rte_tel_data *answer, const char *parameters) {
    const struct consensus_thread *thread = source->consensus;
    (void)parameters;
    if (thread == NULL) return;
    rte_tel_data_add_dict_uint(answer, "validator", thread->present->self);
    rte_tel_data_add_dict_uint(answer, "validators", thread->present->schedule.validators);
    for (unsigned i = 0; i < CONSENSUS_COUNTERS; i++)
        rte_tel_data_add_dict_uint(answer, consensus_counter_name(i), consensus_thread_count(thread, i));
    const struct consensus_thread_counters *own = &thread->counters;
    rte_tel_data_add_dict_uint(answer, "rounds", counter_read(&thread->loop.rounds));
    rte_tel_data_add_dict_uint(answer, "busy_rounds", counter_read(&thread->loop.busy_rounds));
    rte_tel_data_add_dict_uint(answer, "pauses", counter_read(&thread->loop.pauses));
    rte_tel_data_add_dict_uint(answer, "clock_back", counter_read(&own->clock_back));
    rte_tel_data_add_dict_uint(answer, "confirmed", counter_read(&own->confirmed));
    rte_tel_data_add_dict_uint(answer, "transactions_proposed", counter_read(&own->proposed));
    rte_tel_data_add_dict_uint(answer, "transactions_displaced", counter_read(&own->displaced));
    rte_tel_data_add_dict_uint(answer, "transactions_expired", counter_read(&own->expired));
}

static void fill_transactions(const struct telemetry *source, struct rte_tel_data *answer, const char *parameters) {
    (void)parameters;
    struct transaction_totals totals = totals_of_transactions(source->workers, &source->pools);
    for (unsigned i = 0; i < TRANSACTIONS_COUNTS; i++)
        rte_tel_data_add_dict_uint(answer, transaction_count_name(i), totals.list[i]);
}

static void add_pool(struct rte_mempool *pool, void *answer) {
    struct rte_tel_data *entry = rte_tel_data_alloc();
    if (entry == NULL) return;
    char key[RTE_TEL_MAX_STRING_LEN];
    write_key(key, pool->name);
    rte_tel_data_start_dict(entry);
    rte_tel_data_add_dict_uint(entry, "size", pool->size);
    rte_tel_data_add_dict_uint(entry, "free", rte_mempool_avail_count(pool));
    if (rte_tel_data_add_dict_container(answer, key, entry, 0) != 0) rte_tel_data_free(entry);
}

static void fill_buffers(const struct telemetry *source, struct rte_tel_data *answer, const char *parameters) {
    (void)source;
    (void)parameters;
    rte_mempool_walk(add_pool, answer);
}

static const struct command {
    const char *name;
    const char *help;
    void (*fill)(const struct telemetry *source, struct rte_tel_data *answer, const char *parameters);
} COMMANDS[] = {
    {"/pantheon/node", "What this node is and what it dropped. No parameters", fill_node},
    {"/pantheon/peers", "Frames of each peer, 64 at most. Parameter: how many peers to skip", fill_peers},
    {"/pantheon/handshakes", "Hellos and answers of the peer-to-peer layer. No parameters", fill_handshakes},
    {"/pantheon/drops", "Frames that were dropped, by reason. No parameters", telemetry_drops},
    {"/pantheon/neighbours", "MAC addresses asked for and known, frames of ARP and NDP. No parameters",
     telemetry_neighbours},
    {"/pantheon/exception", "Frames between the port and the kernel. No parameters", telemetry_exception},
    {"/pantheon/bonding", "Which port of a bond is active, and its changes. No parameters", fill_bonding},
    {"/pantheon/buffers", "Buffers of each mempool, and how many are free. No parameters", fill_buffers},
    {"/pantheon/workers", "What each network thread does. No parameters", telemetry_workers},
    {"/pantheon/profile", "Cycles and packets of each network thread by stage. No parameters", telemetry_profile},
    {"/pantheon/consensus", "What this node's validator did. No parameters", fill_consensus},
    {"/pantheon/transactions", "What became of transactions. No parameters", fill_transactions},
};

static int answer_command(const char *name, const char *parameters, struct rte_tel_data *answer) {
    rte_tel_data_start_dict(answer);
    pthread_mutex_lock(&lock);
    for (size_t i = 0; registered != NULL && i < sizeof COMMANDS / sizeof *COMMANDS; i++)
        if (strcmp(COMMANDS[i].name, name) == 0) COMMANDS[i].fill(registered, answer, parameters);
    pthread_mutex_unlock(&lock);
    return 0;
}

bool telemetry_register(const struct telemetry *telemetry) {
    pthread_mutex_lock(&lock);
    registered = telemetry;
    pthread_mutex_unlock(&lock);
    for (size_t i = 0; i < sizeof COMMANDS / sizeof *COMMANDS; i++)
        if (rte_telemetry_register_cmd(COMMANDS[i].name, answer_command, COMMANDS[i].help) != 0) return false;
    return true;
}

void telemetry_hold(void) {
    pthread_mutex_lock(&lock);
}

void telemetry_let_go(void) {
    pthread_mutex_unlock(&lock);
}

void telemetry_close(void) {
    pthread_mutex_lock(&lock);
    registered = NULL;
    pthread_mutex_unlock(&lock);
}
