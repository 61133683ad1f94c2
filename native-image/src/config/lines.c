#include "config/lines.h"

#include <stdio.h>
#include <string.h>

/* Length of the UTF-8 sequence at `at`, 0 where there is none (RFC 3629: no surrogates, no overlong forms). */
static size_t utf8_length(const unsigned char *at, size_t left) {
    if (at[0] < 0x80) return 1;
    size_t length = at[0] >= 0xc2 && at[0] <= 0xdf   ? 2
                    : at[0] >= 0xe0 && at[0] <= 0xef ? 3
                    : at[0] >= 0xf0 && at[0] <= 0xf4 ? 4
                                                     : 0;
    if (length == 0 || length > left) return 0;
    for (size_t i = 1; i < length; i++)
        if ((at[i] & 0xc0) != 0x80) return 0;
    if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f)) return 0;
    if ((at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f)) return 0;
    return length;
}

/* NULL where the line is text. */
static const char *line_mistake(struct piece line) {
    if (line.length > DOCUMENT_MAX_LINE) return "is too long; 4096 characters at most";
    for (size_t i = 0; i < line.length;) {
        unsigned char c = (unsigned char)line.start[i];
        if (c == '\r') return "has a carriage return; write line ends of Unix";
        if ((c < ' ' && c != '\t') || c == 0x7f) return "has a control character; take it out";
        size_t length = utf8_length((const unsigned char *)line.start + i, line.length - i);
        if (length == 0) return "is not UTF-8; save the file as UTF-8";
        i += length;
    }
    return NULL;
}

void lines_refuse(const struct document *document, struct report *report, unsigned line, const char *key,
                  struct piece found, const char *remedy) {
    char text[128]; /* more than a report shows */
    size_t length = found.length < sizeof text - 1 ? found.length : sizeof text - 1;
    for (size_t i = 0; i < length; i++) text[i] = found.start[i] == '\0' ? '?' : found.start[i];
    text[length] = '\0';
    report_at(report, document->file, line, key, length > 0 ? text : NULL, "%s", remedy);
}

void lines_refuse_twice(const struct document *document, struct report *report, unsigned line, const char *key,
                        struct piece found, unsigned other) {
    char remedy[80];
    snprintf(remedy, sizeof remedy, "is in line %u already; keep one of them", other);
    lines_refuse(document, report, line, key, found, remedy);
}

bool lines_next(struct piece *rest, struct piece *line, struct document *document, struct report *report) {
    if (rest->length == 0) return false;
    const char *end = memchr(rest->start, '\n', rest->length);
    size_t length = end == NULL ? rest->length : (size_t)(end - rest->start);
    size_t taken = end == NULL ? length : length + 1;
    *line = (struct piece){rest->start, length};
    *rest = (struct piece){rest->start + taken, rest->length - taken};
    document->lines++;
    const char *mistake = line_mistake(*line);
    if (mistake != NULL) {
        lines_refuse(document, report, document->lines, "line", *line, mistake);
        line->length = 0;
    }
    return true;
}

struct piece piece_trim(struct piece piece) {
    while (piece.length > 0 && (piece.start[0] == ' ' || piece.start[0] == '\t')) piece.start++, piece.length--;
    while (piece.length > 0 && (piece.start[piece.length - 1] == ' ' || piece.start[piece.length - 1] == '\t'))
        piece.length--;
    return piece;
}

bool piece_is_name(struct piece piece) {
    for (size_t i = 0; i < piece.length; i++) {
        char c = piece.start[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(c >= '0' && c <= '9') && c != '-' && c != '_') return false;
    }
    return piece.length > 0;
}
