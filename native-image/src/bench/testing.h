#ifndef PANTHEON_BENCH_TESTING_H
#define PANTHEON_BENCH_TESTING_H

/* What the tests of this folder share. cmocka.h wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* xorshift64 (Marsaglia, 2003): draws the same each time. */
static inline uint64_t draw(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    return *state ^= *state << 17;
}

/* From 0 to 1, below 1. */
static inline double draw_share(uint64_t *state) {
    return (double)(draw(state) >> 11) / (double)(1ull << 53);
}

static inline void assert_near(double found, double wanted, double relative) {
    double off = found > wanted ? found - wanted : wanted - found;
    if (off > relative * (wanted < 0 ? -wanted : wanted)) fail_msg("%g is not near %g", found, wanted);
}

/* What was written, from a stream in memory. */
struct written {
    FILE *file;
    char *text;
    size_t length;
};

static inline void write_begin(struct written *written) {
    *written = (struct written){0};
    written->file = open_memstream(&written->text, &written->length);
    assert_non_null(written->file);
}

/* The text, until written_free. */
static inline const char *write_end(struct written *written) {
    fclose(written->file);
    return written->text;
}

static inline void written_free(struct written *written) {
    free(written->text);
}

static inline void assert_contains(const char *text, const char *part) {
    if (strstr(text, part) == NULL) fail_msg("`%s` is not in:\n%s", part, text);
}

#endif
