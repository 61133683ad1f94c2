#ifndef PANTHEON_STATISTICS_METRICS_H
#define PANTHEON_STATISTICS_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What a node shows to Prometheus, as plain numbers: the control thread fills this in from the workers' counters and
 * the ports when somebody asks, and metrics_write makes the page of it. Neither knows the other's sources.
 */

/*
 * Peers with lines of their own, the first ones; the totals are of all. Each is six series at the scraper, and a node
 * may have 100,000 peers (max_peers): /pantheon/peers of telemetry tells every one.
 */
#define METRICS_PEERS 100u
#define METRICS_WORKERS 128u /* EAL_COMMAND_MAX_WORKERS, and the kernel backend's */
#define METRICS_PORTS 32u    /* DPDK_MAX_PORTS */
#define METRICS_DROPS 64u    /* reasons; there are about 30 */
#define METRICS_STATES 8u    /* there are 5 */

/*
 * Enough for all of the above at their longest (names of peers have 63 letters, numbers 20 digits); test_prometheus.c
 * fills it.
 */
#define METRICS_BYTES (256u * 1024u)

struct metrics_worker {
    uint64_t received, transmitted, refused, unresolved, no_buffer, lost_below; /* of its io's counters (io/io.h) */
    uint64_t rounds, busy_rounds, pauses;
};

struct metrics_peer {
    const char *name;
    uint64_t sent, received, lost, late, duplicated;
    uint64_t rtt_us; /* 0: not known yet, and not shown */
};

struct metrics_port {
    const char *name;
    bool up;
    bool active; /* frames are sent over it: of a bond one of the two, else each */
};

/* Peers in one state of their handshake (peer_to_peer/handshake.h). */
struct metrics_state {
    const char *name;
    uint64_t peers;
};

struct metrics_drop {
    const char *reason;
    uint64_t count;
};

struct metrics {
    const char *version;
    const char *network_id;
    uint64_t uptime_ms;
    uint64_t all_peers; /* those without lines too */
    uint64_t reloads;   /* that were taken */
    uint64_t refused_reloads;
    uint64_t port_resets;                          /* of cards, under their ports (port/reset.h) */
    uint64_t failovers, returns;                   /* of a bond (port/failover.h) */
    uint64_t other_versions;                       /* hellos and answers */
    unsigned workers, peers, ports, states, drops; /* how many of the lists below are filled */
    struct metrics_worker worker[METRICS_WORKERS];
    struct metrics_peer peer[METRICS_PEERS];
    struct metrics_port port[METRICS_PORTS];
    struct metrics_state state[METRICS_STATES];
    struct metrics_drop drop[METRICS_DROPS];
};

/* False where `room` is not enough; METRICS_BYTES are. */
bool metrics_write(const struct metrics *metrics, char *to, size_t room, size_t *length);

#endif
