#include "config/arena.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct arena_block {
    struct arena_block *before;
    alignas(max_align_t) unsigned char bytes[];
};

void *arena_take(struct arena *arena, size_t size) {
    struct arena_block *block = calloc(1, sizeof *block + size);
    if (block == NULL) {
        fprintf(stderr, "pantheon-node: out of memory for the configuration, %zu bytes asked; free some\n", size);
        exit(1);
    }
    block->before = arena->last;
    arena->last = block;
    return block->bytes;
}

char *arena_text(struct arena *arena, const char *text, size_t length) {
    char *copy = arena_take(arena, length + 1);
    memcpy(copy, text, length);
    return copy;
}

void *arena_grow(struct arena *arena, void *array, size_t count, size_t *room, size_t size) {
    if (count < *room) return array;
    size_t more = *room == 0 ? 16 : *room * 2;
    void *moved = arena_take(arena, more * size);
    if (count > 0) memcpy(moved, array, count * size);
    *room = more;
    return moved;
}

void arena_release(struct arena *arena) {
    while (arena->last != NULL) {
        struct arena_block *block = arena->last;
        arena->last = block->before;
        free(block);
    }
}
