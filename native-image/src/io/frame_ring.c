#include "io/frame_ring.h"

#include <stdlib.h>
#include <string.h>

/* The ring's C11 variant, as in application/handoff.c. */
#define RTE_USE_C11_MEM_MODEL 1
#include <rte_ring_elem.h>
#include <rte_ring_peek_zc.h>

/* rte_ring's entries are whole words of 32 bits: a length, then the frame. */
enum { LENGTH = 4, LINE = 64 };

struct frame_ring {
    struct rte_ring *ring;
    unsigned entry; /* bytes of one */
    uint16_t longest;
    uint8_t *filling; /* the producer's: the entry between room and filled */
};

static size_t round_up(size_t size, size_t to) {
    return (size + to - 1) / to * to;
}

struct frame_ring *frame_ring_make(unsigned count, uint16_t longest) {
    unsigned entry = (unsigned)round_up(LENGTH + (size_t)longest, 4);
    ssize_t size = rte_ring_get_memsize_elem(entry, count);
    if (size < 0) return NULL;
    size_t head = round_up(sizeof(struct frame_ring), LINE);
    uint8_t *memory = aligned_alloc(LINE, round_up(head + (size_t)size, LINE));
    if (memory == NULL) return NULL;
    struct frame_ring *ring = (struct frame_ring *)(void *)memory;
    *ring = (struct frame_ring){.ring = (struct rte_ring *)(void *)(memory + head), .entry = entry, .longest = longest};
    if (rte_ring_init(ring->ring, "frames", count, RING_F_SP_ENQ | RING_F_SC_DEQ) == 0) return ring;
    free(ring);
    return NULL;
}

void frame_ring_release(struct frame_ring *ring) {
    free(ring);
}

uint16_t frame_ring_longest(const struct frame_ring *ring) {
    return ring->longest;
}

uint8_t *frame_ring_room(struct frame_ring *ring) {
    struct rte_ring_zc_data found;
    if (rte_ring_enqueue_zc_bulk_elem_start(ring->ring, ring->entry, 1, &found, NULL) == 0) return NULL;
    ring->filling = found.ptr1;
    return ring->filling + LENGTH;
}

void frame_ring_filled(struct frame_ring *ring, uint16_t length) {
    uint32_t word = length;
    memcpy(ring->filling, &word, sizeof word);
    rte_ring_enqueue_zc_elem_finish(ring->ring, length > 0 ? 1 : 0);
}

bool frame_ring_has_room(const struct frame_ring *ring) {
    return !rte_ring_full(ring->ring);
}

bool frame_ring_put(struct frame_ring *ring, const uint8_t *bytes, uint16_t length) {
    if (length > ring->longest) return false;
    uint8_t *room = frame_ring_room(ring);
    if (room == NULL) return false;
    memcpy(room, bytes, length);
    frame_ring_filled(ring, length);
    return true;
}

const uint8_t *frame_ring_first(struct frame_ring *ring, uint16_t *length) {
    struct rte_ring_zc_data found;
    uint32_t word;
    if (rte_ring_dequeue_zc_bulk_elem_start(ring->ring, ring->entry, 1, &found, NULL) == 0) return NULL;
    memcpy(&word, found.ptr1, sizeof word);
    *length = (uint16_t)word;
    return (const uint8_t *)found.ptr1 + LENGTH;
}

void frame_ring_done(struct frame_ring *ring) {
    rte_ring_dequeue_zc_elem_finish(ring->ring, 1);
}
