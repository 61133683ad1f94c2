#ifndef PANTHEON_BENCH_OUTPUT_H
#define PANTHEON_BENCH_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "config/failure.h"

/*
 * A file to be written, --json and --svg: opened before the measurement, so that one that cannot be written is known
 * before a minute has passed, and in its place only when it is whole: until then the old one stays there.
 */
struct output {
    FILE *file; /* to write to; NULL where no file was asked for */
    const char *path;
    char temporary[1024];
};

/* A `path` of NULL opens nothing, and the others do nothing then. */
bool output_open(struct output *output, const char *path, struct failure *why);

/* Closes it and puts it in its place. */
bool output_keep(struct output *output, struct failure *why);

/* Closes it and forgets it; after output_keep, nothing. */
void output_forget(struct output *output);

#endif
