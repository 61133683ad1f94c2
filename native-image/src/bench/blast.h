#ifndef PANTHEON_BENCH_BLAST_H
#define PANTHEON_BENCH_BLAST_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_mempool.h>

#include "bench/pacer.h"

/*
 * Frames of one shape out of one DPDK port, at a rate or as fast as they are taken, and what of them comes back into it.
 * The least that a generator can do for a frame, so that what is measured is the other end: headers are copied as they
 * are, each frame gets a number of its own with the checksum that goes with it, and a frame that comes back counts where
 * that number is one that was sent and not counted yet. So whoever sends frames back unread (testpmd) counts as much as
 * who answers them.
 *
 * On the caller's lcore, for as long as the load lasts and `drain_ns` more.
 */
struct blast {
    uint16_t port; /* DPDK's id; its queue 0 */
    struct rte_mempool *pool;
    const uint8_t *frame; /* whole, with a right UDP checksum for the number 0 */
    uint16_t length;      /* of it, without the frame check sequence */
    uint16_t number_at;   /* where its 4-byte number stands, at an even offset */
    uint16_t sum_at;      /* where UDP's checksum stands */
    uint16_t burst;
    uint64_t rate; /* frames a second; 0: as many as the port takes */
    uint64_t duration_ns;
    uint64_t drain_ns; /* how long after the last one is still listened */
    uint64_t ticks_per_second;
};

struct blast_result {
    uint64_t offered; /* that were due, at a rate; that were tried without */
    uint64_t sent;    /* that the port took */
    uint64_t received;
    uint64_t strange; /* that came and were none of these */
    uint64_t late;    /* pacer.h's */
    uint64_t duration_ns;
};

void blast_run(const struct blast *blast, struct blast_result *result);

#endif
