#ifndef PANTHEON_BENCH_RING_NODE_H
#define PANTHEON_BENCH_RING_NODE_H

#include <stdbool.h>
#include <stdint.h>

#include "config/failure.h"

/*
 * A node's worker on a port of DPDK's net_ring driver, in the thread of the caller: what comes and what goes are rings
 * of pointers, so nothing is measured but the worker itself. Beside it, on the same port with the same frames, the
 * least that a forwarding program does: receive a burst, exchange the MAC addresses, send it, as testpmd's macswap.
 *
 * Echoes of 64 bytes (with Ethernet's check sequence) of many peers in turns, whose hint is right. The worker sends no
 * probes meanwhile: they cost a comparison a round.
 */
struct ring_node;

/*
 * As many frames as a mempool's cache holds: so many buffers go round where a worker keeps up, since the last one given
 * back is the next one taken. More would measure page walks. Bursts as testpmd's.
 */
#define RING_NODE_FRAMES 256u
#define RING_NODE_BURST 32u

/* EAL runs. NULL where it does not come. */
struct ring_node *ring_node_make(unsigned peers, struct failure *why);
void ring_node_release(struct ring_node *node);

enum ring_node_side { RING_NODE_BARE, RING_NODE_WORKER };

/*
 * Cycles of the time stamp counter that RING_NODE_FRAMES frames take, in full bursts. They lie in the second-level
 * cache before, on both sides. False where not all of them came back.
 */
bool ring_node_measure(struct ring_node *node, enum ring_node_side side, uint64_t *cycles, struct failure *why);

#endif
