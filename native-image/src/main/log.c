#include "main/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include <rte_log.h>

/* DPDK's log types are numbered from 0; a static DPDK has some 150. */
enum { MOST_TYPES = 1024 };

static bool with_levels;
static _Atomic uint8_t speaks_up_to[LOG_COMPONENTS];
static struct levels present;
static uint8_t types[MOST_TYPES]; /* DPDK's levels as they were */
static uint32_t type_count;

void log_open(void) {
    bool managed = getenv("JOURNAL_STREAM") != NULL || getenv("NOTIFY_SOCKET") != NULL;
    with_levels = managed && getenv("PANTHEON_LOG_PLAIN") == NULL;
    for (unsigned i = 0; i < LOG_COMPONENTS; i++) atomic_store(&speaks_up_to[i], (uint8_t)LEVELS_DEFAULT);
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

static void write_lines(enum log_level level, const char *lines) {
    while (*lines != '\0') {
        size_t length = strcspn(lines, "\n");
        if (length > 0) write_line((int)level, lines, length);
        lines += length + (lines[length] == '\n');
    }
}

static bool is_shown(enum log_component component, enum log_level level) {
    return (unsigned)level <= atomic_load_explicit(&speaks_up_to[component], memory_order_relaxed);
}

void log_lines(enum log_level level, const char *lines) {
    if (is_shown(LOG_NODE, level)) write_lines(level, lines);
}

__attribute__((format(printf, 3, 0))) static void write_format(enum log_component component, enum log_level level,
                                                               const char *format, va_list arguments) {
    char text[1024];
    if (!is_shown(component, level)) return;
    vsnprintf(text, sizeof text, format, arguments);
    write_lines(level, text);
}

void log_of(enum log_component component, enum log_level level, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    write_format(component, level, format, arguments);
    va_end(arguments);
}

void log_line(enum log_level level, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    write_format(LOG_NODE, level, format, arguments);
    va_end(arguments);
}

/* RTE_LOG_EMERG is 1 and syslog's 0; both end with debug. */
static uint32_t to_dpdk(uint8_t level) {
    return (uint32_t)level + 1;
}

static void set_dpdk(const struct level_setting *setting) {
    switch (setting->kind) {
    case LEVEL_GLOB: rte_log_set_level_pattern(setting->pattern, to_dpdk(setting->level)); return;
    case LEVEL_REGEXP: rte_log_set_level_regexp(setting->pattern, to_dpdk(setting->level)); return;
    case LEVEL_GLOBAL: rte_log_set_global_level(to_dpdk(setting->level)); return;
    }
}

static void remember_types(void) {
    for (int level; type_count < MOST_TYPES && (level = rte_log_get_level(type_count)) >= 0; type_count++)
        types[type_count] = (uint8_t)level;
}

void log_set_levels_again(void) {
    for (unsigned i = 0; i < LOG_COMPONENTS; i++) atomic_store(&speaks_up_to[i], levels_of(&present, i));
    rte_log_set_global_level(RTE_LOG_DEBUG);
    for (uint32_t type = 0; type < type_count; type++) rte_log_set_level(type, types[type]);
    for (unsigned i = 0; i < present.count; i++) set_dpdk(&present.list[i]);
}

void log_set_levels(const struct levels *levels) {
    if (type_count == 0) remember_types();
    present = *levels;
    log_set_levels_again();
}

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
