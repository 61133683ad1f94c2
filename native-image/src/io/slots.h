#ifndef PANTHEON_IO_SLOTS_H
#define PANTHEON_IO_SLOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Buffers of one size for one thread, in one block of ordinary memory that is taken from the kernel once (no
 * hugepages). The last one given back is the first one taken, so those in use are in the caches, and pages that were
 * never needed are never there: a pool for the worst case costs what the worst case so far has cost.
 *
 * In a build with AddressSanitizer whoever touches a slot that is in the pool is told so.
 */
struct slots {
    uint8_t *block;
    size_t block_size;
    uint32_t room;   /* bytes of one */
    uint32_t stride; /* from one to the next */
    unsigned count;
    unsigned free_count;
    uint8_t **free; /* in the block, behind the slots */
};

/* False where there is no memory. */
bool slots_make(struct slots *slots, unsigned count, uint32_t room);

/* Answers how many slots were not given back; nobody may have them any more. */
unsigned slots_release(struct slots *slots);

/* NULL where there is none. */
uint8_t *slots_take(struct slots *slots);

/* One that was taken, once. */
void slots_give(struct slots *slots, uint8_t *slot);

#endif
