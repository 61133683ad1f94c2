#include "statistics/totals.h"

struct peer_totals totals_of_peer(const struct workers *workers, size_t peer) {
    struct peer_totals totals = {0};
    uint64_t rtt_ns = 0, most = 0;
    for (unsigned i = 0; i < workers->count; i++) {
        const struct exchange_peer_state *state = &workers->list[i]->exchange->peers[peer];
        totals.sent += counter_read(&state->sent);
        totals.received += counter_read(&state->received);
        totals.lost += counter_read(&state->lost);
        totals.late += counter_read(&state->late);
        totals.duplicated += counter_read(&state->duplicated);
        /* The round trip of the worker that sees the peer's replies. */
        uint64_t replies = counter_read(&state->replies);
        if (replies > most) {
            most = replies;
            rtt_ns = counter_read(&state->rtt_ns);
        }
    }
    totals.rtt_us = rtt_ns / 1000;
    return totals;
}

struct node_totals totals_of_node(const struct workers *workers) {
    struct node_totals totals = {0};
    for (unsigned i = 0; i < workers->count; i++) {
        const struct worker *worker = workers->list[i];
        totals.refused += counter_read(&worker->io->counters->refused) + counter_read(&worker->io->counters->no_buffer);
        totals.sent += counter_read(&worker->exchange->gone.sent);
        totals.received += counter_read(&worker->exchange->gone.received);
        totals.lost += counter_read(&worker->exchange->gone.lost);
        for (unsigned drop = 0; drop < DROPS; drop++) {
            uint64_t count = counter_read(&worker->exchange->drops[drop]);
            totals.drops[drop] += count;
            *(drop_is_malformed(drop) ? &totals.malformed : &totals.dropped) += count;
        }
    }
    size_t peers = workers->count == 0 ? 0 : workers->list[0]->exchange->exchange->peers.count;
    for (size_t peer = 0; peer < peers; peer++) {
        struct peer_totals one = totals_of_peer(workers, peer);
        totals.sent += one.sent;
        totals.received += one.received;
        totals.lost += one.lost;
    }
    return totals;
}

static void add_transactions(struct transaction_totals *totals, const struct transaction_counters *counters) {
    for (unsigned i = 0; i < TRANSACTIONS_COUNTS; i++) totals->list[i] += counter_read(&counters->list[i]);
}

struct transaction_totals totals_of_transactions(const struct workers *workers, const struct pools *pools) {
    struct transaction_totals totals = {0};
    for (unsigned i = 0; i < workers->count; i++) {
        const struct worker *worker = workers->list[i];
        if (worker->gate.counters != NULL) add_transactions(&totals, worker->gate.counters);
        if (worker->desk != NULL) add_transactions(&totals, &worker->desk->intake->counters);
    }
    for (unsigned i = 0; i < pools->count; i++) add_transactions(&totals, &pools->list[i].desk.intake->counters);
    return totals;
}
