#ifndef PANTHEON_CONSENSUS_SETTINGS_H
#define PANTHEON_CONSENSUS_SETTINGS_H

#include <stdint.h>

#include "consensus/schedule.h"

/* What a validator is told when it starts. settings_default() fills in all but who it is. */

/*
 * Children of each validator. Five reach 155 validators in three hops, and the leader's line carries the block five
 * times: 4 ms for 1 MB at 10 Gbit/s. Ten would save one hop, 0.1 ms in a data centre, and cost 4 ms more; three are
 * better below 10 Gbit/s (test_network.c compares them). Solana has 200, for thousands of validators.
 */
#define SETTINGS_FAN_OUT 5u

/*
 * Slots that are held at once, done ones too: their shreds are there for who asks. With 8 a validator can be six slots
 * late and still get the block. Memory is depth times max_block, touched only as blocks come.
 */
#define SETTINGS_DEPTH 8u
#define SETTINGS_MIN_DEPTH 4u
#define SETTINGS_MAX_DEPTH 64u

#define SETTINGS_MAX_BLOCK (2u << 20)

/* The longest datagram: 1,280 bytes, which IPv6 requires of every link, less its header and UDP's. Solana's as well. */
#define SETTINGS_DATAGRAM 1232u

/*
 * How long nothing new may come before a gap is asked for. A block's shreds follow one another within microseconds, so
 * 5 ms of silence are a loss or the end; the same as for votes. Each fruitless request doubles it, which covers round
 * trips up to 80 ms with a few requests too many; where a hop takes longer than this, set it to more than a hop. Solana
 * waits 200 ms (DEFER_REPAIR_THRESHOLD), because its parity repairs first.
 */
#define SETTINGS_REPAIR_NS 5000000u

/* First wait for a vote's acknowledgement: eRPC's kRpcRTOUs (tweakme.h). */
#define SETTINGS_VOTE_RTO_NS 5000000u

/* Shreds of our own block that one tick sends: what a burst of datagrams is elsewhere. Receiving goes on in between. */
#define SETTINGS_BURST 32u

/* Solana's slot. */
#define SETTINGS_SLOT_NS 400000000u

struct settings {
    struct schedule schedule;
    uint32_t self; /* which of the validators this one is */
    /* The peer (io/io.h) that each validator is, in the validators' order; our own entry is not read. Copied. */
    const uint32_t *peers;
    uint32_t network; /* header_network() */
    uint32_t fan_out;
    uint32_t depth;
    uint32_t max_block; /* bytes */
    uint32_t burst;     /* shreds, 1 or more */
    uint32_t datagram;  /* of our own shreds, header included: 624 to 8,952, a jumbo frame's */
    uint64_t repair_ns;
    uint64_t vote_rto_ns;
};

static inline struct settings settings_default(void) {
    return (struct settings){.schedule = {.slot_ns = SETTINGS_SLOT_NS},
                             .fan_out = SETTINGS_FAN_OUT,
                             .depth = SETTINGS_DEPTH,
                             .max_block = SETTINGS_MAX_BLOCK,
                             .burst = SETTINGS_BURST,
                             .datagram = SETTINGS_DATAGRAM,
                             .repair_ns = SETTINGS_REPAIR_NS,
                             .vote_rto_ns = SETTINGS_VOTE_RTO_NS};
}

#endif
