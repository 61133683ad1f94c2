#ifndef PANTHEON_BENCH_STRESS_H
#define PANTHEON_BENCH_STRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "bench/cost.h"
#include "bench/disturbance.h"
#include "bench/mesh.h"
#include "bench/progress.h"
#include "bench/stress_slots.h"
#include "consensus/counters.h"
#include "consensus/settings.h"

/*
 * Many validators (consensus/validator.h) on a mesh (bench/mesh.h), with the processor's clock: the leader of each slot
 * proposes a block as it begins, and everybody gets, repairs and votes for it. One thread is all of them, one after the
 * other, as fast as it can; where nothing is on the way it sleeps until one of them has something to do.
 *
 * So what is measured is how long one core takes for the work of all: a validator's own time is a part of it, and the
 * longer the block the less it is. Datagrams are lost where they are received, by a seeded draw, the same for each
 * mesh.
 *
 * The first slots are run and not counted: every validator touches its memory for the first time then.
 */
#define STRESS_WARM_UP STRESS_DEPTH

/*
 * A leader sends so many shreds at once, and the next ones when these are with everybody: its line is as fast as the
 * core that carries them all. With the node's own burst (consensus/settings.h) the core would be busy with it for so
 * long that the others, who hear nothing meanwhile, asked for what is not lost.
 */
#define STRESS_BURST 4u

/*
 * How long validators wait before they ask for what is missing, or vote again: what consensus/settings.h says, and the
 * time that the core takes to carry a burst to everybody. 5 us are what a datagram takes with the kernel's sockets
 * (measured: 3.2 to send, 1.3 to receive, on the EPYC of this project's figures). The same for every mesh.
 */
#define STRESS_DATAGRAM_NS 5000u
static inline uint64_t stress_patience_ns(uint32_t validators) {
    return SETTINGS_REPAIR_NS + (uint64_t)validators * STRESS_BURST * STRESS_DATAGRAM_NS;
}

/* Bytes of memory that validators hold blocks in. */
static inline uint64_t stress_memory(uint32_t validators, uint32_t block_bytes) {
    return (uint64_t)validators * STRESS_DEPTH * block_bytes;
}

#define STRESS_LEAST_BLOCK 16u /* its slot stands at both ends */

struct stress_settings {
    const char *name; /* for lines of progress */
    uint32_t validators;
    uint32_t block_bytes; /* STRESS_LEAST_BLOCK or more */
    uint64_t slot_ns;
    uint32_t slots;   /* behind those of the warm-up */
    double loss;      /* a share */
    double most_lost; /* stress_slots.h */
    const char *proc; /* "/proc" */
    struct progress *progress;
};

struct stress_result {
    struct histogram *histograms[STRESS_SAMPLES]; /* given, and emptied first: of quiet slots */
    struct stress_tally quiet, all;
    uint64_t most_late_ns; /* that a leader began after its slot had */
    struct mesh_counters mesh;
    uint64_t counters[CONSENSUS_COUNTERS]; /* of all validators */
    struct cost cost;
    struct disturbance disturbance;
};

/* Takes STRESS_WARM_UP + slots times slot_ns. False where there is no memory, or /proc cannot be read. */
bool stress_run(const struct stress_settings *settings, struct mesh *mesh, struct stress_result *result,
                struct failure *why);

#endif
