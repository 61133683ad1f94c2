#include "statistics/metrics.h"

#include <string.h>

#include "statistics/prometheus.h"

static unsigned workers(const struct metrics *metrics) {
    return metrics->workers;
}

static unsigned peers(const struct metrics *metrics) {
    return metrics->peers;
}

static unsigned ports(const struct metrics *metrics) {
    return metrics->ports;
}

static unsigned states(const struct metrics *metrics) {
    return metrics->states;
}

static unsigned drops(const struct metrics *metrics) {
    return metrics->drops;
}

static uint64_t number_at(const void *list, size_t member) {
    uint64_t number;
    memcpy(&number, (const char *)list + member, sizeof number);
    return number;
}

static bool of_node(const struct metric *metric, const struct metrics *metrics, unsigned index,
                    struct metric_sample *sample) {
    (void)index;
    sample->value = number_at(metrics, metric->member);
    return true;
}

static bool of_worker(const struct metric *metric, const struct metrics *metrics, unsigned index,
                      struct metric_sample *sample) {
    metric_sample_number(sample, index);
    sample->value = number_at(&metrics->worker[index], metric->member);
    return true;
}

static bool of_peer(const struct metric *metric, const struct metrics *metrics, unsigned index,
                    struct metric_sample *sample) {
    sample->values[0] = metrics->peer[index].name;
    sample->value = number_at(&metrics->peer[index], metric->member);
    return true;
}

static bool round_trip(const struct metric *metric, const struct metrics *metrics, unsigned index,
                       struct metric_sample *sample) {
    sample->decimals = 6;
    return of_peer(metric, metrics, index, sample) && sample->value > 0;
}

static bool uptime(const struct metric *metric, const struct metrics *metrics, unsigned index,
                   struct metric_sample *sample) {
    sample->decimals = 3;
    return of_node(metric, metrics, index, sample);
}

static bool info(const struct metric *metric, const struct metrics *metrics, unsigned index,
                 struct metric_sample *sample) {
    (void)metric;
    (void)index;
    sample->values[0] = metrics->version;
    sample->values[1] = metrics->network_id;
    sample->value = 1;
    return true;
}

static bool link_up(const struct metric *metric, const struct metrics *metrics, unsigned index,
                    struct metric_sample *sample) {
    (void)metric;
    sample->values[0] = metrics->port[index].name;
    sample->value = metrics->port[index].up;
    return true;
}

static bool active(const struct metric *metric, const struct metrics *metrics, unsigned index,
                   struct metric_sample *sample) {
    (void)metric;
    sample->values[0] = metrics->port[index].name;
    sample->value = metrics->port[index].active;
    return true;
}

static bool in_state(const struct metric *metric, const struct metrics *metrics, unsigned index,
                     struct metric_sample *sample) {
    (void)metric;
    sample->values[0] = metrics->state[index].name;
    sample->value = metrics->state[index].peers;
    return true;
}

static bool drop(const struct metric *metric, const struct metrics *metrics, unsigned index,
                 struct metric_sample *sample) {
    (void)metric;
    sample->values[0] = metrics->drop[index].reason;
    sample->value = metrics->drop[index].count;
    return true;
}

#define NODE(name) NULL, of_node, offsetof(struct metrics, name)
#define WORKER(name) {"worker"}, workers, of_worker, offsetof(struct metrics_worker, name)
#define PEER(name, read) {"peer"}, peers, read, offsetof(struct metrics_peer, name)

/* What is lost is a gauge: a number that comes late is taken off it again. */
/* clang-format off */
static const struct metric TABLE[] = {
    {"pantheon_info", "Always 1; what runs, in its labels.",
     METRIC_GAUGE, {"version", "network_id"}, NULL, info, 0},
    {"pantheon_uptime_seconds", "Since the node was ready.",
     METRIC_GAUGE, {NULL}, NULL, uptime, offsetof(struct metrics, uptime_ms)},
    {"pantheon_link_up", "Whether the port has its link.",
     METRIC_GAUGE, {"port"}, ports, link_up, 0},
    {"pantheon_port_active", "Whether frames are sent over the port: of a bond one of the two.",
     METRIC_GAUGE, {"port"}, ports, active, 0},
    {"pantheon_port_resets_total", "Cards that were reset, with their physical functions or by themselves; their ports were made anew.",
     METRIC_COUNTER, {NULL}, NODE(port_resets)},
    {"pantheon_failovers_total", "Of a bond, to the other port because the active one lost its link.",
     METRIC_COUNTER, {NULL}, NODE(failovers)},
    {"pantheon_returns_total", "Of a bond, to its primary port, whose link was stable again.",
     METRIC_COUNTER, {NULL}, NODE(returns)},
    {"pantheon_peers", "Peers of the configuration; the first 100 have series of their own.",
     METRIC_GAUGE, {NULL}, NODE(all_peers)},
    {"pantheon_peers_in_state", "Peers by the state of their handshake.",
     METRIC_GAUGE, {"state"}, states, in_state, 0},
    {"pantheon_other_versions_total", "Hellos and answers whose protocol_version does not agree with ours.",
     METRIC_COUNTER, {NULL}, NODE(other_versions)},
    {"pantheon_reloads_total", "Configurations taken while running.",
     METRIC_COUNTER, {NULL}, NODE(reloads)},
    {"pantheon_refused_reloads_total", "Configurations refused while running; the old one stayed.",
     METRIC_COUNTER, {NULL}, NODE(refused_reloads)},
    {"pantheon_received_datagrams_total", "Taken from queues or sockets, whatever they are.",
     METRIC_COUNTER, WORKER(received)},
    {"pantheon_transmitted_datagrams_total", "Given to queues or sockets.",
     METRIC_COUNTER, WORKER(transmitted)},
    {"pantheon_refused_datagrams_total", "For which a queue or socket had no room.",
     METRIC_COUNTER, WORKER(refused)},
    {"pantheon_unresolved_datagrams_total", "For peers whose MAC address was not known yet.",
     METRIC_COUNTER, WORKER(unresolved)},
    {"pantheon_no_buffer_total", "Datagrams of our own that found the pool of buffers empty.",
     METRIC_COUNTER, WORKER(no_buffer)},
    {"pantheon_lost_below_datagrams_total", "Dropped by the card or the kernel for lack of room, where they tell.",
     METRIC_COUNTER, WORKER(lost_below)},
    {"pantheon_rounds_total", "Rounds of the polling loop.",
     METRIC_COUNTER, WORKER(rounds)},
    {"pantheon_busy_rounds_total", "Rounds in which there was something to do.",
     METRIC_COUNTER, WORKER(busy_rounds)},
    {"pantheon_pauses_total", "Pauses of the polling loop.",
     METRIC_COUNTER, WORKER(pauses)},
    {"pantheon_drops_total", "Datagrams dropped, by reason.",
     METRIC_COUNTER, {"reason"}, drops, drop, 0},
    {"pantheon_peer_sent_datagrams_total", "To the peer.",
     METRIC_COUNTER, PEER(sent, of_peer)},
    {"pantheon_peer_received_datagrams_total", "Of the peer, those that count.",
     METRIC_COUNTER, PEER(received, of_peer)},
    {"pantheon_peer_lost_datagrams", "Gaps in the peer's numbers, less those that were filled late.",
     METRIC_GAUGE, PEER(lost, of_peer)},
    {"pantheon_peer_late_datagrams_total", "Of the peer, behind larger numbers.",
     METRIC_COUNTER, PEER(late, of_peer)},
    {"pantheon_peer_duplicated_datagrams_total", "Of the peer, numbers that came twice.",
     METRIC_COUNTER, PEER(duplicated, of_peer)},
    {"pantheon_peer_round_trip_seconds", "Round trip of our probes to the peer, smoothed.",
     METRIC_GAUGE, PEER(rtt_us, round_trip)},
};
/* clang-format on */

bool metrics_write(const struct metrics *metrics, char *to, size_t room, size_t *length) {
    return prometheus_write(TABLE, sizeof TABLE / sizeof *TABLE, metrics, to, room, length);
}
