#ifndef PANTHEON_CONFIG_MISTAKES_H
#define PANTHEON_CONFIG_MISTAKES_H

#include <stdint.h>

#include "config/config_toml.h"
#include "config/dpdk_conf.h"
#include "config/report.h"

/*
 * What the two files mean together: the twin of dataPlaneMistakes(plane, null) in components/host/data-plane.ts, the
 * same mistakes in the same order in the same words, byte for byte. Both sides are held to it by
 * components/host/golden/ and mistakes.cases; change both or neither. Three of the twin's checks are not here: the
 * place of dpdk.conf, because it is read from where config.toml says, and those of a node, because a preview makes
 * them.
 */
void mistakes_find(const struct dpdk_conf *conf, const struct config_toml *config, struct report *report);

/*
 * Packet buffers that queues, bursts and caches can hold at once: the formula of DPDK's l3fwd (examples/l3fwd/main.c,
 * NB_MBUF).
 */
uint64_t mistakes_mbufs_needed(const struct dpdk_conf *conf);

/*
 * A mempool keeps its objects in a ring of a power of two, one slot of it unused (rte_mempool.h): 2^q - 1 wastes
 * nothing.
 */
uint64_t mistakes_mempool_size_for(uint64_t mbufs);

/*
 * Data room of one packet buffer without its headroom: 2,048, or the whole frame, as no PMD is asked to scatter; in
 * whole KiB, because Intel's cards are told it so and rounded down (SRRCTL.BSIZEPACKET; igb_rxtx.c, ixgbe_rxtx.c): with
 * 9,024 bytes they would spread a frame of 8,942 over two buffers. mempool.c makes the pool with it, so that what is
 * checked is what is taken.
 */
uint32_t mistakes_data_room(uint32_t max_rx_pkt_len);

#endif
