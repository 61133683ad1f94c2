#include "main/pages.h"

#include <stdio.h>

#include "protocol/drops.h"
#include "version.h"
#include "worker/clock.h"

static void fill_workers(const struct workers *workers, struct metrics *metrics) {
    for (metrics->workers = 0; metrics->workers < workers->count; metrics->workers++) {
        const struct worker *worker = workers->list[metrics->workers];
        const struct io_counters *io = worker->io->counters;
        metrics->worker[metrics->workers] = (struct metrics_worker){
            .received = counter_read(&io->received),
            .transmitted = counter_read(&io->transmitted),
            .refused = counter_read(&io->refused),
            .no_buffer = counter_read(&io->no_buffer),
            .lost_below = counter_read(&io->lost_below),
            .rounds = counter_read(&worker->rounds),
            .busy_rounds = counter_read(&worker->busy_rounds),
            .pauses = counter_read(&worker->pauses),
        };
    }
}

static void fill_peers(const struct plane *plane, struct metrics *metrics) {
    const struct peers *peers = &plane->exchange.peers;
    metrics->all_peers = peers->count;
    for (metrics->peers = 0; metrics->peers < peers->count && metrics->peers < METRICS_PEERS; metrics->peers++) {
        struct peer_totals totals = totals_of_peer(&plane->workers, metrics->peers);
        metrics->peer[metrics->peers] = (struct metrics_peer){
            .name = peers->list[metrics->peers].name,
            .sent = totals.sent,
            .received = totals.received,
            .lost = totals.lost,
            .late = totals.late,
            .duplicated = totals.duplicated,
            .rtt_us = totals.rtt_us,
        };
    }
}

static void fill_ports_and_drops(const struct plane *plane, struct metrics *metrics) {
    struct node_totals totals = totals_of_node(&plane->workers);
    metrics->ports = metrics->drops = 0;
    for (unsigned i = 0; i < plane->port_count; i++)
        metrics->port[metrics->ports++] = (struct metrics_port){
            plane->ports[i].name, plane->ports[i].up, !plane->bonded || bond_active(&plane->bond) == &plane->ports[i]};
    for (unsigned i = 0; i < DROPS; i++)
        if (drop_name(i) != NULL)
            metrics->drop[metrics->drops++] = (struct metrics_drop){drop_name(i), totals.drops[i]};
}

static void fill_handshakes(const struct plane *plane, struct metrics *metrics) {
    metrics->states = 0;
    if (plane->peer_thread == NULL) return;
    const struct handshake *handshake = plane->peer_thread->handshake;
    for (unsigned state = 0; state < PEER_STATES; state++)
        metrics->state[metrics->states++] =
            (struct metrics_state){peer_state_name(state), handshake_count(handshake, state)};
    metrics->other_versions = counter_read(&handshake_counters(handshake)->other_versions);
}

static bool write_metrics(struct scrape_pages *scrape, char *to, size_t room, size_t *length) {
    struct pages *pages = (struct pages *)(void *)scrape; /* its first member */
    struct metrics *metrics = &pages->metrics;
    metrics->version = PANTHEON_VERSION;
    metrics->network_id = pages->network_id;
    metrics->uptime_ms = (clock_kernel_ns(CLOCK_MONOTONIC) - pages->started_ns) / 1000000;
    fill_ports_and_drops(pages->plane, metrics);
    fill_handshakes(pages->plane, metrics);
    metrics->port_resets = counter_read(&pages->plane->port_resets);
    metrics->failovers = counter_read(&pages->plane->bond.failover.failovers);
    metrics->returns = counter_read(&pages->plane->bond.failover.returns);
    fill_workers(&pages->plane->workers, metrics);
    fill_peers(pages->plane, metrics);
    return metrics_write(metrics, to, room, length);
}

static bool write_health(struct scrape_pages *scrape, char *line, size_t room) {
    const struct pages *pages = (const struct pages *)(void *)scrape;
    const struct port *down = NULL;
    unsigned up = 0;
    for (unsigned i = 0; i < pages->plane->port_count; i++) {
        if (pages->plane->ports[i].up)
            up++;
        else
            down = &pages->plane->ports[i];
    }
    snprintf(line, room, "ok");
    if (down == NULL) return true;
    bool works = pages->plane->bonded && up > 0; /* a bond does, as long as one of its ports does */
    snprintf(line, room, "%sport %u (%s) has no link", works ? "ok, but " : "", down->index, down->name);
    return works;
}

void pages_open(struct pages *pages, const struct plane *plane, const char *network_id) {
    *pages = (struct pages){.scrape = {.metrics = write_metrics, .health = write_health}};
    pages->plane = plane;
    pages->network_id = network_id;
    pages->started_ns = clock_kernel_ns(CLOCK_MONOTONIC);
}
