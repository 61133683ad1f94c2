#include "application/batches.h"

#include <assert.h>
#include <stdlib.h>

/* As in application/handoff.c: the order of loads and stores in the language, which ThreadSanitizer understands. */
#define RTE_USE_C11_MEM_MODEL 1
#include <rte_ring_elem.h>

enum { LINE = 64 };

struct batches {
    struct rte_ring *ring; /* of lengths; whose they are is told by their order */
    uint8_t *slots;        /* one more than the ring has room for: the one that is being read */
    size_t slot_size;
    unsigned slot_count;
    /* The desk's own. */
    _Alignas(LINE) unsigned next_written;
    unsigned free; /* entries of the ring, at least so many */
    /* The consensus thread's own. */
    _Alignas(LINE) unsigned next_read;
};

static size_t round_up(size_t size) {
    return (size + LINE - 1) / LINE * LINE;
}

struct batches *batches_make(unsigned room, size_t longest) {
    size_t ring_at = round_up(sizeof(struct batches)), slot_size = round_up(longest);
    size_t ring_size = round_up((size_t)rte_ring_get_memsize_elem(sizeof(uint32_t), rte_align32pow2(room + 1)));
    size_t slots_at = ring_at + ring_size;
    struct batches *batches = aligned_alloc(LINE, slots_at + (room + 1) * slot_size);
    if (batches == NULL) return NULL;
    *batches = (struct batches){.ring = (void *)((uint8_t *)batches + ring_at),
                                .slots = (uint8_t *)batches + slots_at,
                                .slot_size = slot_size,
                                .slot_count = room + 1,
                                .free = room};
    if (rte_ring_init(batches->ring, "batches", room, RING_F_SP_ENQ | RING_F_SC_DEQ | RING_F_EXACT_SZ) == 0)
        return batches;
    free(batches);
    return NULL;
}

void batches_release(struct batches *batches) {
    free(batches);
}

static unsigned follower(const struct batches *batches, unsigned slot) {
    return slot + 1 == batches->slot_count ? 0 : slot + 1;
}

uint8_t *batches_room(struct batches *batches) {
    /* Nothing is written: only the reader's end is asked, whose cache line travels then. */
    if (batches->free == 0) rte_ring_sp_enqueue_burst_elem(batches->ring, batches, sizeof(uint32_t), 0, &batches->free);
    return batches->free == 0 ? NULL : batches->slots + batches->next_written * batches->slot_size;
}

void batches_put(struct batches *batches, uint32_t length) {
    assert(batches->free > 0 && length <= batches->slot_size);
    rte_ring_sp_enqueue_burst_elem(batches->ring, &length, sizeof length, 1, &batches->free);
    batches->next_written = follower(batches, batches->next_written);
}

const uint8_t *batches_take(struct batches *batches, uint32_t *length) {
    if (rte_ring_sc_dequeue_burst_elem(batches->ring, length, sizeof *length, 1, NULL) == 0) return NULL;
    const uint8_t *bytes = batches->slots + batches->next_read * batches->slot_size;
    batches->next_read = follower(batches, batches->next_read);
    return bytes;
}
