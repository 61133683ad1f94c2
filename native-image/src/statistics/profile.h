#ifndef PANTHEON_STATISTICS_PROFILE_H
#define PANTHEON_STATISTICS_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "worker/stages.h"

/*
 * The text of profile_output, for people: a table for each network thread, which names what worker/stages.h counts. All of it
 * counts from the start of profiling on. Pure: numbers in, text out.
 *
 *     pantheon-node profile 7, 70.0 s, cycles of the time stamp counter, 2100 a microsecond
 *
 *     network thread 0, lcore 1: 5123456 rounds, 61234 of them busy
 *     stage                       cycles   share              packets  cycles/packet
 *     receive                  987654321   0.7 %              1959488          504.0
 *     …
 *     all                   146998765432 100.0 %
 *
 *     end of profile 7
 *
 * Numbers have columns of their own, so the text of a node is always as long; what is written over it leaves nothing of the one
 * before.
 */
#define PROFILE_WORKERS 128u /* EAL_COMMAND_MAX_WORKERS */
#define PROFILE_LINE 96u
#define PROFILE_BYTES ((PROFILE_WORKERS * (STAGES + 4u) + 4u) * PROFILE_LINE)

struct profile_stage {
    uint64_t cycles, packets;
};

struct profile_worker {
    unsigned lcore;
    uint64_t rounds, busy_rounds;
    struct profile_stage stage[STAGES];
};

struct profile {
    uint64_t number; /* the how-manieth text it is: first line and last one say it, so a half-written one is known */
    uint64_t ticks_per_second;
    unsigned workers;
    struct profile_worker worker[PROFILE_WORKERS];
};

/* False where `room` is not enough; PROFILE_BYTES are. */
bool profile_write(const struct profile *profile, char *to, size_t room, size_t *length);

#endif
