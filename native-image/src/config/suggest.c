#include "config/suggest.h"

#include <stdio.h>
#include <string.h>

/* No key of ours is longer; a longer word is no slip of one. */
enum { LONGEST = 40 };

static unsigned least_of(unsigned a, unsigned b) {
    return a < b ? a : b;
}

/* Damerau-Levenshtein over words of LONGEST letters at most. */
static unsigned distance(const char *a, size_t a_length, const char *b, size_t b_length) {
    unsigned rows[LONGEST + 1][LONGEST + 1];
    for (size_t j = 0; j <= b_length; j++) rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= a_length; i++) {
        rows[i][0] = (unsigned)i;
        for (size_t j = 1; j <= b_length; j++) {
            unsigned changed = a[i - 1] == b[j - 1] ? 0 : 1;
            unsigned steps = least_of(least_of(rows[i - 1][j], rows[i][j - 1]) + 1, rows[i - 1][j - 1] + changed);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                steps = least_of(steps, rows[i - 2][j - 2] + 1);
            rows[i][j] = steps;
        }
    }
    return rows[a_length][b_length];
}

static const char *nearest(const char *word, const char *const *known, size_t count) {
    size_t length = strlen(word);
    if (length > LONGEST) return NULL;
    unsigned least = (unsigned)(length / 3 > 1 ? length / 3 : 1) + 1;
    const char *best = NULL;
    for (size_t i = 0; i < count; i++) {
        size_t candidate = strlen(known[i]), apart = candidate > length ? candidate - length : length - candidate;
        if (candidate > LONGEST || apart >= least) continue; /* a letter more or less is a step at least */
        unsigned steps = distance(word, length, known[i], candidate);
        if (steps < least) {
            least = steps;
            best = known[i];
        }
    }
    return best;
}

void suggest(const char *word, const char *const *known, size_t count, char *text, size_t room) {
    const char *near = nearest(word, known, count);
    if (near != NULL) {
        snprintf(text, room, "did you mean %s?", near);
        return;
    }
    size_t length = (size_t)snprintf(text, room, count == 0 ? "there is none" : "there is ");
    for (size_t i = 0; i < count && length < room; i++)
        length += (size_t)snprintf(text + length, room - length, "%s%s", i > 0 ? ", " : "", known[i]);
}
