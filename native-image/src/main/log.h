#ifndef PANTHEON_MAIN_LOG_H
#define PANTHEON_MAIN_LOG_H

#include <stdbool.h>

/*
 * Lines on standard error, of the control thread and of EAL; the datapath writes none. Where a service manager reads
 * them (JOURNAL_STREAM or NOTIFY_SOCKET is set) each starts with its level as sd-daemon(3) has it, `<6>`, unless
 * PANTHEON_LOG_PLAIN is set: the service manager writes them into a file.
 */
enum log_level { LOG_LINE_ERROR = 3, LOG_LINE_WARNING = 4, LOG_LINE_NOTICE = 5, LOG_LINE_INFO = 6 };

void log_open(void);

__attribute__((format(printf, 2, 3))) void log_line(enum log_level level, const char *format, ...);

/* A line of several lines, each with its own level. */
void log_lines(enum log_level level, const char *lines);

/* EAL's lines go the same way from now on. Before rte_eal_init. False where there is no memory for it. */
bool log_take_eal(void);

#endif
