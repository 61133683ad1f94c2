#ifndef PANTHEON_APPLICATION_BATCHES_H
#define PANTHEON_APPLICATION_BATCHES_H

#include <stddef.h>
#include <stdint.h>

/*
 * Batches of transactions (transactions/batch.h) on their way from one desk to the consensus thread: DPDK's rte_ring,
 * with one producer and one consumer, over buffers of one size in memory of our own, as application/handoff.h has it. A
 * batch is written where it stays, and read there. Each of the two sides is one thread, always the same one.
 */
struct batches;

/*
 * How many may be under way: at 125,000 transactions a second, the seed's figure, 64 a batch, 20 come while the
 * consensus thread pauses for its 10 ms at most (worker/idle.h); three times that. 5 MB at most, of which only what is
 * written to is ever touched.
 */
#define BATCHES_ROOM 64u

/* NULL where there is no memory. `longest` is the bytes of one. */
struct batches *batches_make(unsigned room, size_t longest);
void batches_release(struct batches *batches);

/* The desk's side: where to write the next one, `longest` bytes; NULL where there is no room now. */
uint8_t *batches_room(struct batches *batches);
/* What was written there goes. */
void batches_put(struct batches *batches, uint32_t length);

/* The consensus thread's side: the next one, or NULL. Its bytes stay as they are until the next batches_take. */
const uint8_t *batches_take(struct batches *batches, uint32_t *length);

#endif
