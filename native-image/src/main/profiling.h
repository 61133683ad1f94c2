#ifndef PANTHEON_MAIN_PROFILING_H
#define PANTHEON_MAIN_PROFILING_H

#include "main/plane.h"
#include "statistics/profile.h"

/*
 * enable_profiling and profile_output of config.toml, on the control thread: workers count (worker/stages.h), this writes the
 * text (statistics/profile.h) every PROFILING_SECONDS, when profiling ends, and when the node does.
 *
 * The file (statistics/profile_file.h) is opened before privileges are dropped, since who was root may write there.
 *
 * A file that cannot be opened or written is a line in the log, and the node goes on: workers count all the same, and
 * /pantheon/profile tells it.
 */
#define PROFILING_SECONDS 10u /* people read it; who wants it now asks telemetry */

struct profiling {
    const struct plane *plane;
    bool on;
    bool failed; /* that writing failed is said already */
    int file;    /* -1: none */
    char path[256];
    uint64_t due_ns;
    struct profile profile;
    char text[PROFILE_BYTES];
};

/* Before privileges are dropped. */
void profiling_open(struct profiling *profiling, const struct plane *plane, const struct config_toml *config,
                    uint64_t now_ns);

/* A configuration was read again. */
void profiling_take_over(struct profiling *profiling, const struct config_toml *config, uint64_t now_ns);

/* Writes it where it is due. */
void profiling_look(struct profiling *profiling, uint64_t now_ns);

/* The last text. Workers have ended, and are there still. */
void profiling_close(struct profiling *profiling);

#endif
