#ifndef PANTHEON_BENCH_PROGRESS_H
#define PANTHEON_BENCH_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/*
 * What is going on, a line a second while it runs: `  12 s  kernel: trial 7 of 80 at most, …`. On a terminal one line
 * that is written over; elsewhere plain lines. A thread of its own writes it, since the one that measures has no time
 * to: it wakes once a second, and nothing of the datapath touches it. Functions are for one control thread; they do
 * nothing for NULL.
 */
struct progress;

/* Started with what `command` does first. `every_ms`: 1000 but in tests. NULL where there is no memory or thread. */
struct progress *progress_start(FILE *file, bool terminal, unsigned every_ms, const char *command);

/* From now on this is going on. */
__attribute__((format(printf, 2, 3))) void progress_say(struct progress *progress, const char *format, ...);

/* A line that stays: a run was discarded. */
__attribute__((format(printf, 2, 3))) void progress_note(struct progress *progress, const char *format, ...);

/* Leaves no half line behind. */
void progress_stop(struct progress *progress);

#endif
