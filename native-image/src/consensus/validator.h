#ifndef PANTHEON_CONSENSUS_VALIDATOR_H
#define PANTHEON_CONSENSUS_VALIDATOR_H

#include <stddef.h>
#include <stdint.h>

#include "consensus/counters.h"
#include "consensus/post.h"
#include "consensus/settings.h"
#include "protocol/header.h"

/*
 * The network layer of one validator: it proposes blocks when it leads, passes others' on down the tree, puts them
 * together, repairs them, votes for them, and counts votes when it leads next. Pure over bytes: no clock, no thread, no
 * DPDK; nothing is allocated after validator_make, and memory and work are bounded whatever comes. One thread calls it
 * (a consensus thread); others may read its counters.
 *
 * What is simulated: this is no chain. A block is bytes of which nothing is executed or judged, leaders take turns, all
 * validators count the same, signatures are carried and not verified. Who sends what is told by the peer's address
 * alone.
 *
 * `now_ns` is the clock of settings.h's schedule and does not go back.
 */
struct validator;

/* NULL where settings are impossible or there is no memory. The outbox must outlive the validator. */
struct validator *validator_make(const struct settings *settings, struct outbox *outbox, uint64_t now_ns);
void validator_release(struct validator *validator);

/*
 * Slots from `slot` on, which has not begun, are somebody else's: it looks at none of them any more. What belongs to those
 * before goes on until they are too old (settings.h, depth). Whoever hands datagrams over and proposes keeps to it.
 */
void validator_end(struct validator *validator, uint64_t slot);

/* A datagram's body, behind HEADER_BYTES, from a peer. To be followed by validator_tick, once for a burst. */
void validator_receive(struct validator *validator, enum message_type type, const uint8_t *bytes, size_t length,
                       uint32_t peer, uint64_t now_ns);

/*
 * Sends what is due and answers when it has to be called again, at the latest. Calls in between cost a comparison, so a
 * polling loop may call it each round. Own blocks are sent in bursts, one a call: the answer is `now_ns` until it is
 * done.
 */
uint64_t validator_tick(struct validator *validator, uint64_t now_ns);

enum propose_result {
    PROPOSED,
    PROPOSE_NOT_LEADER, /* the current slot is another's */
    PROPOSE_AGAIN,      /* it has its block already */
    PROPOSE_LENGTH      /* nothing, or more than max_block */
};

/* Our block for the current slot. Copied; ticks send it. */
enum propose_result validator_propose(struct validator *validator, const uint8_t *block, size_t length,
                                      uint64_t now_ns);

/* CONSENSUS_COUNTERS of them. */
const struct counter *validator_counters(const struct validator *validator);

#endif
