#ifndef PANTHEON_IO_FRAME_RING_H
#define PANTHEON_IO_FRAME_RING_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Frames from one thread to another, copied: one producer, one consumer, room for so many frames of at most so many
 * bytes. For what is rare beside datagrams (ARP and NDP between workers, the exception path), where a copy costs
 * nothing and buffers that stay in their worker's hands are worth much: nobody else can hold them, and no pool has to
 * be larger.
 *
 * DPDK's rte_ring with its zero-copy calls (rte_ring_peek_zc.h), in memory of our own: works without EAL. No lock, no
 * system call; a full ring takes nothing, and its producer counts that.
 */
struct frame_ring;

/* `count` is a power of two; a ring keeps one entry empty. NULL where there is no memory. */
struct frame_ring *frame_ring_make(unsigned count, uint16_t longest);
void frame_ring_release(struct frame_ring *ring);

/* The longest frame that it takes, in bytes. */
uint16_t frame_ring_longest(const struct frame_ring *ring);

/* The producer's side: copies a frame. False where it is full or the frame too long. */
bool frame_ring_put(struct frame_ring *ring, const uint8_t *bytes, uint16_t length);
/*
 * The same in two steps, for whoever reads the frame from somewhere: where the next one goes, NULL where it is full,
 * then how long it is; 0: nothing came after all. One step must follow the other before anything else is done with the
 * ring.
 */
uint8_t *frame_ring_room(struct frame_ring *ring);
void frame_ring_filled(struct frame_ring *ring, uint16_t length);
/* Whether there is room, without taking it. */
bool frame_ring_has_room(const struct frame_ring *ring);

/* The consumer's side: the frame that came first, NULL where there is none, then that it is done with. */
const uint8_t *frame_ring_first(struct frame_ring *ring, uint16_t *length);
void frame_ring_done(struct frame_ring *ring);

#endif
