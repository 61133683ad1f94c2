#include "io/slots.h"

#include <assert.h>
#include <sys/mman.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#endif

enum { LINE = 64 };

/*
 * An odd number of cache lines: with a power of two the first bytes of all slots, which are all that small datagrams
 * use, would fall into the same few sets of a cache. DPDK's mempools space their objects for the same reason.
 */
static uint32_t stride_of(uint32_t room) {
    return ((room + LINE - 1) / LINE | 1) * LINE;
}

bool slots_make(struct slots *slots, unsigned count, uint32_t room) {
    size_t stride = stride_of(room), size = count * (stride + sizeof(uint8_t *));
    void *block = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (block == MAP_FAILED) return false;
    *slots =
        (struct slots){.block = block, .block_size = size, .room = room, .stride = (uint32_t)stride, .count = count};
    slots->free = (uint8_t **)(void *)(slots->block + count * stride);
    for (unsigned i = count; i > 0; i--) slots->free[slots->free_count++] = slots->block + (i - 1) * stride;
    ASAN_POISON_MEMORY_REGION(block, count * stride);
    return true;
}

unsigned slots_release(struct slots *slots) {
    unsigned missing = slots->count - slots->free_count;
    if (slots->block == NULL) return 0;
    ASAN_UNPOISON_MEMORY_REGION(slots->block, slots->block_size);
    munmap(slots->block, slots->block_size);
    *slots = (struct slots){.block = NULL};
    return missing;
}

uint8_t *slots_take(struct slots *slots) {
    if (slots->free_count == 0) return NULL;
    uint8_t *slot = slots->free[--slots->free_count];
    ASAN_UNPOISON_MEMORY_REGION(slot, slots->room);
    return slot;
}

void slots_give(struct slots *slots, uint8_t *slot) {
    assert(slots->free_count < slots->count); /* something was given back twice */
    ASAN_POISON_MEMORY_REGION(slot, slots->stride);
    slots->free[slots->free_count++] = slot;
}
