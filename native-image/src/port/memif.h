#ifndef PANTHEON_PORT_MEMIF_H
#define PANTHEON_PORT_MEMIF_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_ethdev.h>

/*
 * What net_memif does not say of itself, from the arguments that it was made with. It says that a frame has 1,518 bytes
 * at most and has no MTU that could be set; what it carries in truth is its buffers' size. A longer frame it cuts into
 * pieces, and forgets to take the mark of that off the buffer (DPDK 22.11.11), so none may be longer.
 */
struct memif {
    uint32_t buffer;     /* bytes: `bsize`, 2,048 if not given */
    bool sends_segments; /* a frame in several segments arrives as one */
};

/* False where the port is not net_memif's. */
bool memif_read(const struct rte_eth_dev_info *info, struct memif *memif);

#endif
