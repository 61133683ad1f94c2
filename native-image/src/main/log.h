#ifndef PANTHEON_MAIN_LOG_H
#define PANTHEON_MAIN_LOG_H

#include <stdbool.h>

#include "main/levels.h"

/*
 * Lines on standard error, of the control thread and of EAL; the datapath writes none. Where a service manager reads
 * them (JOURNAL_STREAM or NOTIFY_SOCKET is set) each starts with its level as sd-daemon(3) has it, `<6>`, unless
 * PANTHEON_LOG_PLAIN is set: the service manager writes them into a file.
 */
enum log_level {
    LOG_LINE_ERROR = 3,
    LOG_LINE_WARNING = 4,
    LOG_LINE_NOTICE = 5,
    LOG_LINE_INFO = 6,
    LOG_LINE_DEBUG = 7,
};

void log_open(void);

/* A line of a component, which is left out where its level is above what the component may say. Any thread. */
__attribute__((format(printf, 3, 4))) void log_of(enum log_component component, enum log_level level,
                                                  const char *format, ...);

/* Of LOG_NODE. */
__attribute__((format(printf, 2, 3))) void log_line(enum log_level level, const char *format, ...);

/* A line of several lines, each with its own level. */
void log_lines(enum log_level level, const char *lines);

/*
 * What each component says from now on, and each of DPDK's log types: what it was before the first call, then the
 * settings in their order. Control thread; before EAL, and again when the levels have changed.
 */
void log_set_levels(const struct levels *levels);

/* EAL's lines go the same way from now on. Before rte_eal_init. False where there is no memory for it. */
bool log_take_eal(void);

/* rte_eal_init has set its own --log-level: those of the command line count more. After it. */
void log_set_levels_again(void);

#endif
