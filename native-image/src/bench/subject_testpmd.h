#ifndef PANTHEON_BENCH_SUBJECT_TESTPMD_H
#define PANTHEON_BENCH_SUBJECT_TESTPMD_H

#include "bench/subject.h"

/*
 * DPDK's own dpdk-testpmd (Debian's dpdk-dev, and the net_memif driver of librte-net-memif23) in a node's place: it
 * sends every frame back with both MAC addresses exchanged, and does nothing else. Rings, buffers, bursts, memory and
 * the one CPU that works are those of the node (subject_files.c), so what is left between the two is what a node does
 * with a frame.
 *
 * For subject.c alone: makes this process, a child, that program. Returns where that fails, with errno.
 */
void subject_testpmd_become(const struct subject *subject, const struct subject_settings *settings);

/* The same as numbers, for both (subject_files.c has the reasons). */
enum { SUBJECT_RING = 1024, SUBJECT_BUFFERS = 16383, SUBJECT_MEMORY_MB = 512, SUBJECT_BURST = 32, SUBJECT_CACHE = 256 };

#endif
