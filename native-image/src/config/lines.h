#ifndef PANTHEON_CONFIG_LINES_H
#define PANTHEON_CONFIG_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "config/document.h"
#include "config/report.h"

/* A piece of a text, without a zero behind it. */
struct piece {
    const char *start;
    size_t length;
};

/*
 * Takes the next line off `rest`, without its end. Counts it in document->lines. False at the end of the text. A line
 * that is too long, holds a control character (other than a tab) or no UTF-8 is reported and comes out empty.
 */
bool lines_next(struct piece *rest, struct piece *line, struct document *document, struct report *report);

/* Reports a mistake whose value is a piece; an empty one is `nothing`. */
void lines_refuse(const struct document *document, struct report *report, unsigned line, const char *key,
                  struct piece found, const char *remedy);

/* The same for what line `other` says already. */
void lines_refuse_twice(const struct document *document, struct report *report, unsigned line, const char *key,
                        struct piece found, unsigned other);

struct piece piece_trim(struct piece piece);

/* Letters, digits, `-` and `_`, at least one. */
bool piece_is_name(struct piece piece);

#endif
