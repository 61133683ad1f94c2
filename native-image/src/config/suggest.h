#ifndef PANTHEON_CONFIG_SUGGEST_H
#define PANTHEON_CONFIG_SUGGEST_H

#include <stddef.h>

/*
 * The remedy for an unknown word: `did you mean NAME?`, or `there is A, B, C` where none of the known words is near
 * enough to be meant. The same measure as components/fleet/suggest.ts: one slip in three letters, adjacent
 * transpositions included. Writes at most `room` characters.
 */
void suggest(const char *word, const char *const *known, size_t count, char *text, size_t room);

#endif
