#include "config/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 80, REMEDY = 1024, LINE = 2048 };

static void append(struct report *report, const char *line) {
    size_t length = strlen(line);
    if (report->length + length + 2 > report->room) {
        size_t room = (report->room + length + 2) * 2;
        char *text = realloc(report->text, room);
        if (text == NULL) return; /* the count still says that there was a mistake */
        report->text = text;
        report->room = room;
    }
    memcpy(report->text + report->length, line, length);
    report->length += length;
    report->text[report->length++] = '\n';
    report->text[report->length] = '\0';
}

static void add(struct report *report, const char *line) {
    if (report->count++ < REPORT_MAX_LINES) append(report, line);
}

static void show(char shown[SHOWN + 1], const char *found) {
    size_t length = strlen(found);
    size_t kept = length > SHOWN ? SHOWN - 3 : length;
    for (size_t i = 0; i < kept; i++) shown[i] = found[i] >= ' ' && found[i] <= '~' ? found[i] : '?';
    strcpy(shown + kept, length > SHOWN ? "..." : "");
}

void report_at(struct report *report, const char *file, unsigned line, const char *key, const char *found,
               const char *remedy, ...) {
    char phrase[REMEDY];
    va_list arguments;
    va_start(arguments, remedy);
    vsnprintf(phrase, sizeof phrase, remedy, arguments);
    va_end(arguments);

    char number[16] = "";
    if (line > 0) snprintf(number, sizeof number, ":%u", line);
    char shown[SHOWN + 1] = "nothing";
    if (found != NULL) show(shown, found);
    char text[LINE];
    snprintf(text, sizeof text, "%s%s: %s: found %s; %s", file, number, key, shown, phrase);
    add(report, text);
}

void report_line(struct report *report, const char *format, ...) {
    char text[LINE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    add(report, text);
}

const char *report_text(struct report *report) {
    if (report->count > REPORT_MAX_LINES) {
        char text[64];
        snprintf(text, sizeof text, "and %u more mistakes", report->count - REPORT_MAX_LINES);
        report->count = REPORT_MAX_LINES;
        append(report, text);
    }
    return report->count == 0 ? NULL : report->text == NULL ? "out of memory\n" : report->text;
}

void report_release(struct report *report) {
    free(report->text);
    *report = (struct report){0};
}
