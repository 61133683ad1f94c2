#include "main/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include <rte_log.h>

static bool with_levels;

void log_open(void) {
    bool managed = getenv("JOURNAL_STREAM") != NULL || getenv("NOTIFY_SOCKET") != NULL;
    with_levels = managed && getenv("PANTHEON_LOG_PLAIN") == NULL;
}

/* One system call a line, so that lines of different threads do not mix. */
static void write_line(int level, const char *text, size_t length) {
    char prefix[4] = {'<', (char)('0' + level), '>', '\0'};
    struct iovec parts[] = {
        {prefix, with_levels ? 3 : 0},
        {(void *)(uintptr_t)text, length},
        {(char[]){'\n'}, 1},
    };
    if (writev(STDERR_FILENO, parts, 3) < 0) return; /* there is nowhere to say it */
}

void log_lines(enum log_level level, const char *lines) {
    while (*lines != '\0') {
        size_t length = strcspn(lines, "\n");
        if (length > 0) write_line((int)level, lines, length);
        lines += length + (lines[length] == '\n');
    }
}

void log_line(enum log_level level, const char *format, ...) {
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    log_lines(level, text);
}

/* RTE_LOG_EMERG is 1 and syslog's 0; both end with debug. */
static ssize_t write_eal(void *cookie, const char *text, size_t length) {
    (void)cookie;
    int level = rte_log_cur_msg_loglevel() - 1;
    size_t kept = length > 0 && text[length - 1] == '\n' ? length - 1 : length;
    if (kept > 0) write_line(level < 0 || level > 7 ? LOG_LINE_INFO : level, text, kept);
    return (ssize_t)length;
}

bool log_take_eal(void) {
    FILE *stream = fopencookie(NULL, "w", (cookie_io_functions_t){.write = write_eal});
    if (stream == NULL) return false;
    setvbuf(stream, NULL, _IOLBF, 0);
    return rte_openlog_stream(stream) == 0;
}
