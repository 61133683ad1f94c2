#ifndef PANTHEON_WORKER_STAGES_H
#define PANTHEON_WORKER_STAGES_H

#include <stdbool.h>
#include <stdint.h>

#include "statistics/counter.h"

/*
 * Where a worker's time goes, for enable_profiling of config.toml: cycles of the time stamp counter in each stage of its loop,
 * and how many packets went through it. Every cycle while it profiles belongs to exactly one stage, so all of them together
 * are the whole time. What it costs itself, 25 cycles or so for each reading of the counter, is in them too.
 */
enum stage {
    STAGE_RECEIVE,      /* a burst taken, headers read, whose it is (io/io.h). Packets: all that came, strangers' too */
    STAGE_JUDGE,        /* protocol and limits (protocol/reception.h). Packets: datagrams of peers */
    STAGE_APPLICATIONS, /* to their threads and back, and what they send; or at the worker's own desk. Packets: both ways */
    STAGE_SEND,         /* answers, receipts, echoes; what was dropped is given back. Packets: all of these */
    STAGE_PROBES,       /* packets: probes */
    STAGE_IDLE,         /* whole rounds in which there was nothing to do. No packets */
    STAGE_PAUSE,        /* asleep (worker/idle.h), or halted (worker/halt.h). No packets */
    STAGES
};

/* For people and telemetry: `receive`. */
const char *stage_name(enum stage stage);

struct stage_counters {
    struct counter cycles, packets;
};

struct stages {
    /* Read by other threads, written by the worker once a round. */
    _Alignas(64) struct stage_counters list[STAGES];
    struct counter rounds, busy_rounds; /* while it profiles */
    struct counter on;                  /* 1 while it does */

    /* The worker's own: of the round that is under way. */
    uint64_t last; /* ticks, when the last stage ended */
    uint64_t cycles[STAGES], packets[STAGES];
};

/* On or off. What was before it was turned on belongs to no stage, and what was counted stays. */
static inline void stages_turn(struct stages *stages, bool on, uint64_t ticks) {
    counter_set(&stages->on, on);
    stages->last = ticks;
}

/* What has passed since the last one ended was this stage; of the same one several times a round. */
static inline void stages_mark(struct stages *stages, enum stage stage, uint64_t ticks, uint64_t packets) {
    stages->cycles[stage] += ticks - stages->last;
    stages->packets[stage] += packets;
    stages->last = ticks;
}

/* The round is over. Where there was nothing to do in it, all of its stages were idle. */
void stages_end_round(struct stages *stages, bool busy);

#endif
