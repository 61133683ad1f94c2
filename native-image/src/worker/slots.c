#include "worker/slots.h"

#include <stddef.h>

void slots_open(struct slots *slots, unsigned readers, const struct live *first) {
    *slots = (struct slots){.reader_count = readers, .slot = {first}};
}

bool slots_publish(struct slots *slots, const struct live *next) {
    uint64_t generation = atomic_load_explicit(&slots->generation, memory_order_relaxed);
    if (slots->old != NULL) return false;
    slots->old = slots->slot[generation & 1];
    slots->slot[(generation + 1) & 1] = next;
    atomic_store_explicit(&slots->generation, generation + 1, memory_order_release);
    return true;
}

const struct live *slots_take_old(struct slots *slots) {
    uint64_t generation = atomic_load_explicit(&slots->generation, memory_order_relaxed);
    const struct live *old = slots->old;
    if (old == NULL) return NULL;
    for (unsigned i = 0; i < slots->reader_count; i++)
        if (atomic_load_explicit(&slots->readers[i].seen, memory_order_acquire) != generation) return NULL;
    slots->old = NULL;
    return old;
}
