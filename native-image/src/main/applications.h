#ifndef PANTHEON_MAIN_APPLICATIONS_H
#define PANTHEON_MAIN_APPLICATIONS_H

#include "main/plane.h"

/*
 * The threads behind the workers, of both backends: those of the transaction pool, consensus (main/consensus.h), and
 * the peer-to-peer layer (main/peer_to_peer.h).
 *
 * Without a thread for transactions (tx_pool_threads = 0) a single worker has a desk of its own; several workers then drop
 * transactions, since nobody would know what another worker has seen. Without one for consensus (consensus_threads = 0) a
 * node is no validator, and drops what is for one.
 */

/* Hand-offs between each worker and each thread, pools, gates, the validator. The workers are made. */
bool applications_make(struct plane *plane, struct failure *why);

/* Each on a CPU of its own: those of -l behind the workers'. */
bool applications_start(struct plane *plane, struct failure *why);

/* The workers have ended. Waits, and gives back what is still under way. False where a thread does not end in time. */
bool applications_join(struct plane *plane);

#endif
