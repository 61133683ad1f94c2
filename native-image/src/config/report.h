#ifndef PANTHEON_CONFIG_REPORT_H
#define PANTHEON_CONFIG_REPORT_H

#include <stddef.h>

/*
 * Every mistake of a configuration, one line each, in the order in which they were found:
 *
 *     FILE:LINE: KEY: found VALUE; REMEDY        what a reader sees (report_at)
 *     KEY: found VALUE; REMEDY                   what the two files mean together (report_line)
 */
struct report {
    char *text; /* the lines, each with its end; NULL while there is none */
    size_t length;
    size_t room;
    unsigned count;
};

/* A file of nothing but mistakes must not fill a journal: what is above this is counted, not kept. */
#define REPORT_MAX_LINES 200u

/*
 * `found` is shown at most 80 characters long, unprintable ones as `?`: it comes from a file and goes to a terminal.
 * NULL says that nothing stands there. A `line` of 0 is left out.
 */
__attribute__((format(printf, 6, 7))) void report_at(struct report *report, const char *file, unsigned line,
                                                     const char *key, const char *found, const char *remedy, ...);

__attribute__((format(printf, 2, 3))) void report_line(struct report *report, const char *format, ...);

/* The last line says how many more there were. NULL where there is no mistake. */
const char *report_text(struct report *report);

void report_release(struct report *report);

#endif
