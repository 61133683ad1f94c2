#ifndef PANTHEON_CONSENSUS_ROSTER_H
#define PANTHEON_CONSENSUS_ROSTER_H

#include <stdint.h>

#include "protocol/peers.h"

/*
 * Who is which validator: all endpoints, a node's own and its peers', in their order (net/endpoint.h). It is the same
 * on every node whose configuration names the same others, so nobody has to say anything about it; where one names
 * other nodes, it counts otherwise, and its blocks are dropped as forged_leader or other_sender.
 *
 * A node that listens on IPv4 and IPv6 counts by `listen_address`, so its peers must name that one, too.
 *
 * Simulated: a chain knows its validators by their keys and their stake.
 */

/*
 * Writes of each validator the peer that it is: peers->count + 1 entries, of which our own is not meant. Answers which
 * one is ours. `own` is nobody's of the peers.
 */
uint32_t roster_make(const struct peers *peers, const struct endpoint *own, uint32_t *peer_of);

#endif
