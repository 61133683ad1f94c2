#include "main/peer_tables.h"

#include <stdlib.h>
#include <string.h>

#include "main/plane.h"

static size_t text_bytes(const struct config_toml *config) {
    size_t bytes = 1;
    for (size_t i = 0; i < config->network.peer_count; i++) {
        const struct peer_conf *conf = &config->network.peers[i];
        bytes += strlen(conf->name) + strlen(conf->address_text) + 2;
    }
    return bytes;
}

static const char *copy(const char *text, char **at) {
    size_t size = strlen(text) + 1;
    char *to = memcpy(*at, text, size);
    *at += size;
    return to;
}

static void fill(const struct config_toml *config, struct peer_tables *tables) {
    char *at = tables->texts;
    for (size_t i = 0; i < config->network.peer_count; i++) {
        const struct peer_conf *conf = &config->network.peers[i];
        struct peer *peer = &tables->list[i];
        *peer = (struct peer){.endpoint = conf->endpoint};
        peer->name = copy(conf->name, &at);
        peer->address_text = copy(conf->address_text, &at);
        memcpy(peer->mac, conf->mac, sizeof peer->mac);
    }
}

bool peer_tables_list(const struct plane *plane, const struct config_toml *config, struct peer_tables *tables) {
    const struct backend *backend = plane->backend;
    struct exchange *exchange = &tables->exchange;
    size_t count = config->network.peer_count;
    *tables = (struct peer_tables){0};
    tables->list = backend->take(count * sizeof *tables->list, 0);
    tables->slots = backend->take(peers_slots(count) * sizeof *tables->slots, 0);
    exchange->shared = backend->take(count * sizeof *exchange->shared, 0);
    tables->texts = malloc(text_bytes(config));
    if (tables->list == NULL || tables->slots == NULL || exchange->shared == NULL || tables->texts == NULL)
        return false;
    fill(config, tables);
    peers_sort(tables->list, count);
    exchange->peers = (struct peers){.list = tables->list, .count = count};
    peers_index(&exchange->peers, tables->slots);
    exchange_reset(exchange);
    return true;
}

bool peer_tables_worker(const struct plane *plane, unsigned worker, struct peer_tables *tables) {
    const struct backend *backend = plane->backend;
    struct worker_tables *own = &tables->workers[worker];
    size_t count = tables->exchange.peers.count;
    own->states = backend->take(count * sizeof *own->states, worker);
    own->limits = backend->take(count * sizeof *own->limits, worker);
    own->transactions = backend->take(count * sizeof *own->transactions, worker);
    return own->states != NULL && own->limits != NULL && own->transactions != NULL;
}

void peer_tables_release(const struct plane *plane, struct peer_tables *tables) {
    const struct backend *backend = plane->backend;
    for (unsigned i = 0; i < plane->worker_count; i++) {
        backend->give(tables->workers[i].states);
        backend->give(tables->workers[i].limits);
        backend->give(tables->workers[i].transactions);
    }
    backend->give(tables->list);
    backend->give(tables->slots);
    backend->give(tables->exchange.shared);
    backend->give(tables->senders);
    backend->give(tables->templates);
    neighbours_release(&tables->neighbours);
    free(tables->texts);
    *tables = (struct peer_tables){0};
}
