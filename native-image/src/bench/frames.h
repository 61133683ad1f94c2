#ifndef PANTHEON_BENCH_FRAMES_H
#define PANTHEON_BENCH_FRAMES_H

#include "bench/system.h"
#include "bench/wire.h"
#include "worker/clock.h"

/*
 * Echoes as frames that are finished before the load begins: only the number is written into each, and of what comes
 * back only the number is read, so that one core can offer more than a forwarding program can take. The first frame of
 * each burst that comes is looked at as a whole: headers, checksums, MAC addresses. Latency is not measured.
 *
 * What comes back is a node's echo reply or, `mirrored`, the same message: DPDK's testpmd in macswap mode only
 * exchanges the MAC addresses. The frames carry the hint (protocol/header.h) that a peer has learned from a node's
 * probes by then.
 *
 * Over a memif alone. One thread, the wire's.
 */
struct frames;

/* Datagrams of `length` bytes of connection 0. NULL where there is no memory. */
struct frames *frames_make(struct wire *wire, uint16_t length, bool mirrored);
void frames_release(struct frames *frames);

/* As bench_system's offer, but for the histogram, which stays empty. */
void frames_offer(struct frames *frames, const struct clock *clock, const struct load *load,
                  struct load_result *result);

#endif
