#ifndef PANTHEON_CONFIG_ARENA_H
#define PANTHEON_CONFIG_ARENA_H

#include <stddef.h>

/*
 * Memory of one configuration: handed out piece by piece, given back all at once. Everything that is read from the two
 * files lives in it, so a mistake in the middle of a file leaves nothing to clean up one by one.
 *
 * Where the machine has no memory left the program ends with a line: there is nothing that a configuration could do.
 */
struct arena {
    struct arena_block *last;
};

/* Zeroed, aligned for any type. An empty arena is {0}. */
void *arena_take(struct arena *arena, size_t size);

/* A copy with a zero behind it. */
char *arena_text(struct arena *arena, const char *text, size_t length);

/*
 * The array with room for one more element: moved to twice its room where it is full. `count` elements of `size` bytes
 * are in use, `*room` fit.
 */
void *arena_grow(struct arena *arena, void *array, size_t count, size_t *room, size_t size);

void arena_release(struct arena *arena);

#endif
