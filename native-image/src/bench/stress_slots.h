#ifndef PANTHEON_BENCH_STRESS_SLOTS_H
#define PANTHEON_BENCH_STRESS_SLOTS_H

#include <stdbool.h>
#include <stdint.h>

#include "bench/histogram.h"

/*
 * What becomes of the slots of a stress run. Each is kept apart until it has ended and it is known whether it was
 * quiet: whether the thread had its core while it was awake, less a share of `most_lost`. Where others ran there, or
 * the hypervisor took it, times are theirs as well: such a slot is counted as disturbed and its times are not.
 */
#define STRESS_DEPTH 4u /* slots that are worked on at once: of a validator here, SETTINGS_MIN_DEPTH */

enum stress_sample {
    STRESS_PROPAGATION,  /* of each validator but the leader: from the leader's time to the complete block */
    STRESS_RESPONSE,     /* of each but leader and collector: from the complete block to its acknowledged vote */
    STRESS_ROUND,        /* of the same: from the leader's time to its acknowledged vote */
    STRESS_CONFIRMATION, /* of each slot: from the leader's time to the collector's quorum */
    STRESS_SAMPLES
};

struct stress_tally {
    uint64_t slots;
    uint64_t proposed;
    uint64_t expected;  /* blocks: of each slot one for each validator but its leader */
    uint64_t completed; /* of them */
    uint64_t in_time;   /* of these: before the slot ended */
    uint64_t wrong;     /* that were not what the leader proposed */
    uint64_t confirmed; /* slots */
    uint64_t arrived;   /* datagrams at validators, those that were lost on purpose among them */
    uint64_t lost;      /* on purpose */
    /* Of the thread. awake_ns - cpu_ns is what it lost to others. */
    uint64_t busy_ns;  /* in which it had work */
    uint64_t awake_ns; /* in which it had work or looked for some in vain */
    uint64_t cpu_ns;   /* CPU time */
};

struct stress_slot {
    uint64_t number;
    enum { STRESS_NOT_COUNTED, STRESS_OPEN, STRESS_QUIET, STRESS_DISTURBED } state;
    uint64_t proposed_ns;
    struct stress_tally tally;
    uint64_t *samples[STRESS_SAMPLES]; /* one for each validator */
    unsigned counts[STRESS_SAMPLES];
};

struct stress_slots {
    struct stress_slot list[STRESS_DEPTH];
    double most_lost; /* a share of what the thread was awake */
    struct histogram **histograms;
    struct stress_tally *quiet, *all;
    uint32_t validators;
    uint64_t *memory;
};

/* `quiet`, `all` and the histograms are where closed slots go. False where there is no memory. */
bool stress_slots_make(struct stress_slots *slots, uint32_t validators, struct histogram **histograms,
                       struct stress_tally *quiet, struct stress_tally *all);
void stress_slots_release(struct stress_slots *slots);

/* The next slot, in place of the one STRESS_DEPTH before it. */
struct stress_slot *stress_slots_open(struct stress_slots *slots, uint64_t number, bool counts);

/* It has ended. What is noted of it from then on goes where it went. */
void stress_slots_close(struct stress_slots *slots, uint64_t number);

/* NULL where it is none of the last ones. */
struct stress_slot *stress_slots_find(struct stress_slots *slots, uint64_t number);

/* One more of a kind; more than one for each validator are none of this. */
void stress_slots_sample(struct stress_slots *slots, struct stress_slot *slot, enum stress_sample sample, uint64_t ns);

/* Adds `more` to the tallies to which the slot belongs. */
void stress_slots_count(struct stress_slots *slots, struct stress_slot *slot, const struct stress_tally *more);

#endif
