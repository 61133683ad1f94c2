#ifndef PANTHEON_WORKER_IDLE_H
#define PANTHEON_WORKER_IDLE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What a polling loop does while nothing comes: poll_mode of config.toml.
 *
 * busy-wait never pauses. adaptive pauses after IDLE_ROUNDS empty rounds, first for IDLE_FIRST_NS, twice as long after each
 * further empty round, at most IDLE_LONGEST_NS; one frame and it polls again without a pause.
 *
 * So under load it is a moderation of interrupts: a frame waits IDLE_FIRST_NS at most, as long as cards hold their
 * interrupts back (ixgbe's rx-usecs is 50 where it moderates by itself), a queue of 512 lasts for 10 Mpps meanwhile, and the
 * CPU is free in between. Who waits for 256 empty rounds first, as grout does (main_loop.c), never pauses while frames come
 * every 10 us: at 1 Gbit/s of 1,500 bytes that was a whole CPU (npm run bench -- dataplane).
 */
#define IDLE_ROUNDS 16u
#define IDLE_FIRST_NS 50000u

/*
 * A frame waits so long at most. Twenty frames a second (sequence.h) are rounds enough to notice, and a loop that
 * wakes 100 times a second costs next to nothing.
 */
#define IDLE_LONGEST_NS 10000000u

struct idle {
    bool adaptive;
    uint32_t empty; /* rounds in a row */
    uint32_t pause_ns;
};

/* One round of the loop has done `work` things: how long to pause now, 0 for not at all. */
uint32_t idle_round(struct idle *idle, unsigned work);

/* The only system call of a worker. Once a thread: pauses as short as 1 us instead of the kernel's 50 us slack. */
void idle_prepare_thread(void);
void idle_pause(uint32_t ns);

#endif
