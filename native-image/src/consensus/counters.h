#ifndef PANTHEON_CONSENSUS_COUNTERS_H
#define PANTHEON_CONSENSUS_COUNTERS_H

#include "statistics/counter.h"

/* What a validator counts (statistics/counter.h: its thread writes, any thread reads). */
enum consensus_counter {
    BLOCKS_PROPOSED,
    BLOCKS_COMPLETED,    /* of others */
    BLOCKS_MISSED,       /* slots that ended before their block was complete, or without one */
    BLOCKS_CORRUPT,      /* all shreds came, and the whole was not what its id says */
    BLOCKS_CONTRADICTED, /* begun anew, because the leader itself says other things of it than a relay did */

    SHREDS_SENT,     /* of our own blocks, once for each receiver */
    SHREDS_RELAYED,  /* likewise, of others' */
    SHREDS_RECEIVED, /* that counted: new ones */
    SHREDS_DUPLICATED,
    SHREDS_REPAIRED, /* new ones that had been asked for */

    REPAIRS_ASKED,    /* requests that were sent */
    REPAIRS_RECEIVED, /* requests of others that were answered, if only in part */
    REPAIRS_ANSWERED, /* shreds that were sent for them */
    REPAIRS_LIMITED,  /* shreds that were not, because the peer or all of them had enough */
    REPAIRS_UNKNOWN,  /* requests for what is not here: nothing was sent */

    VOTES_SENT, /* first tries */
    VOTES_RETRIED,
    VOTES_ACKED,
    VOTES_GIVEN_UP,
    VOTES_COUNTED_IN, /* as collector, our own as well */
    VOTES_REPEATED,   /* counted before; acknowledged again */
    SLOTS_CONFIRMED,  /* as collector */

    PROPAGATION_NS, /* sum over BLOCKS_COMPLETED: from the leader's time to the last shred */
    RESPONSE_NS,    /* sum over VOTES_ACKED: from the leader's time to our vote's acknowledgement */

    SEND_REFUSED, /* datagrams lost for lack of room in the outbox, once for each receiver */

    /* Why a datagram was dropped. */
    DROP_MALFORMED,
    DROP_TYPE,         /* nothing for a validator */
    DROP_STRANGER,     /* a peer that is no validator */
    DROP_SLOT,         /* not one of now: replayed, or from afar */
    DROP_LEADER,       /* names a leader that does not lead the slot */
    DROP_SENDER,       /* not from who sends such a thing: parent, leader, collector, the voter itself */
    DROP_TOO_LARGE,    /* a block of more than max_block bytes */
    DROP_INCONSISTENT, /* says other things of its block than the shreds before it */
    DROP_CONFLICTING,  /* a second, different vote of a voter */
    DROP_UNAWAITED,    /* an acknowledgement of no vote that is under way: mostly a second one */
    CONSENSUS_COUNTERS
};

/* For telemetry: `blocks_proposed`. */
const char *consensus_counter_name(enum consensus_counter counter);

#endif
