#ifndef PANTHEON_PORT_RSS_H
#define PANTHEON_PORT_RSS_H

#include <stdbool.h>

#include <rte_ethdev.h>

#include "config/dpdk_conf.h"
#include "config/failure.h"

/* Room for the longest rss-hash-key: 52 bytes (i40e and later); 40 are Toeplitz's original. */
#define RSS_MAX_KEY 52u

/*
 * Receive Side Scaling: the card spreads frames over the queues by a hash over addresses and UDP ports, so that one
 * flow stays on one queue. Fills in what rte_eth_dev_configure wants; `key` must live until then. False where the
 * card has no RSS, or no key of that length.
 */
bool rss_ask(const struct dpdk_conf *conf, const struct rte_eth_dev_info *info, struct rte_eth_conf *ask,
             uint8_t key[RSS_MAX_KEY], struct failure *why);

#endif
