#ifndef PANTHEON_BENCH_UTF8_H
#define PANTHEON_BENCH_UTF8_H

#include <stdint.h>

/*
 * Texts character by character (RFC 3629), for what must be valid: JSON and XML. A byte that begins no character, a
 * character cut short, one longer than need be, a surrogate: each is U+FFFD.
 */
struct utf8 {
    uint32_t code;
    char bytes[5]; /* of it, as a string */
};

/* The character at `*text`, which is not at its end, and moves on behind it. */
struct utf8 utf8_next(const char **text);

#endif
