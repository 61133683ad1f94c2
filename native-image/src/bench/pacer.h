#ifndef PANTHEON_BENCH_PACER_H
#define PANTHEON_BENCH_PACER_H

#include <stdbool.h>
#include <stdint.h>

/*
 * When each packet is to be sent: an open loop. The n-th packet of a load is due n / rate seconds after its start,
 * whether or not the ones before were answered, or sent. Its latency is counted from that moment, never from when it
 * was sent (wrk2's remedy for coordinated omission: a sender that stands still must not hide what its users would have
 * seen).
 *
 * A sender that falls behind sends what is due, a burst a round, until it has caught up; what it never gets to send is
 * `unsent`, and counts as offered. All of this is counted here, for the report.
 *
 *     pacer_look(&pacer, now);                                     once a round
 *     while (pacer_take(&pacer, &scheduled)) { … one packet … }    at most a burst
 *
 * One a sending thread, no clock of its own, whole numbers without rounding errors however long it runs. Several
 * threads share a load: thread k of m takes the packets k, k + m, k + 2m, ….
 */

/*
 * What goes out more than this after it was due is `late`. Linux may wake a sleeper 50 us after its time (timer slack,
 * prctl(2)): beyond that it is not the timer, the sender has too much to do or lost its CPU.
 */
#define PACER_LATE_NS 50000u

struct pacing {
    uint64_t rate;        /* packets a second, of all threads together; above 0 */
    uint64_t duration_ns; /* packets due before its end are offered */
    uint64_t start_ns;
    unsigned thread; /* which of … */
    unsigned threads;
    unsigned burst; /* packets a round at most */
};

struct pacer {
    uint64_t next_ns; /* when the next one is due */
    uint64_t step_ns; /* from one to the next: so many ns, and so many of `rate` parts of one */
    uint64_t step_part;
    uint64_t part; /* of a nanosecond, in parts of `rate` */
    uint64_t rate;
    uint64_t total; /* packets of this thread */
    uint64_t taken;
    uint64_t now_ns;
    unsigned burst;
    unsigned left; /* of this round's burst */

    uint64_t late;           /* packets taken more than PACER_LATE_NS after they were due */
    uint64_t most_behind_ns; /* the longest that one was */
    uint64_t full_rounds;    /* rounds that used up their burst while more was due */
};

void pacer_start(struct pacer *pacer, const struct pacing *pacing);

/* Begins a round. `now_ns` does not go back. */
static inline void pacer_look(struct pacer *pacer, uint64_t now_ns) {
    pacer->now_ns = now_ns;
    pacer->left = pacer->burst;
}

/* False where nothing is due yet, or this round's burst is used up. Else the caller sends what was due then. */
static inline bool pacer_take(struct pacer *pacer, uint64_t *scheduled_ns) {
    if (pacer->next_ns > pacer->now_ns || pacer->taken == pacer->total) return false;
    if (pacer->left == 0) {
        pacer->full_rounds++;
        return false;
    }
    uint64_t behind = pacer->now_ns - pacer->next_ns;
    if (behind > PACER_LATE_NS) pacer->late++;
    if (behind > pacer->most_behind_ns) pacer->most_behind_ns = behind;
    *scheduled_ns = pacer->next_ns;
    pacer->taken++;
    pacer->left--;
    pacer->next_ns += pacer->step_ns;
    pacer->part += pacer->step_part;
    if (pacer->part >= pacer->rate) {
        pacer->part -= pacer->rate;
        pacer->next_ns++;
    }
    return true;
}

static inline bool pacer_is_done(const struct pacer *pacer) {
    return pacer->taken == pacer->total;
}

/* Packets that were due in this load and not taken: what it still is behind by at its end. */
static inline uint64_t pacer_unsent(const struct pacer *pacer) {
    return pacer->total - pacer->taken;
}

/* How many packets all threads together offer: those due in [0, duration). */
uint64_t pacer_offered(uint64_t rate, uint64_t duration_ns);

#endif
