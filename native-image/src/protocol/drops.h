#ifndef PANTHEON_PROTOCOL_DROPS_H
#define PANTHEON_PROTOCOL_DROPS_H

#include <stdbool.h>

#include "net/packet.h"
#include "protocol/header.h"

/*
 * Why something that was received counts as nothing. The results of net/packet.h come first, those of protocol/header.h
 * behind them, so that a result is its own reason.
 */
enum drop {
    DROP_HEADER = PACKET_RESULTS,                   /* plus an enum header_result */
    DROP_NOT_FOR_US = DROP_HEADER + HEADER_RESULTS, /* another MAC or IP address or UDP port */
    DROP_UNKNOWN_SENDER,
    DROP_OVER_LIMIT,
    DROP_OTHER_NETWORK,     /* another network_id */
    DROP_BAD_BODY,          /* of a type whose body is read in the worker: malformed */
    DROP_STALE,             /* SEQUENCE_STALE */
    DROP_IMPOSSIBLE,        /* SEQUENCE_IMPOSSIBLE: malformed */
    DROP_NOBODY,            /* no thread takes messages of this type */
    DROP_OVERRUN,           /* the thread that takes them is behind: its ring is full */
    DROP_SCATTERED,         /* in several buffers, which nothing of ours fills */
    DROP_BAD_OFFLOAD,       /* the card found a wrong checksum: malformed */
    DROP_EXCEPTION_OVERRUN, /* for the kernel, and the exception path is behind: its ring is full */
    DROPS
};

/* For telemetry: `unknown_sender`. NULL where it is no reason. */
const char *drop_name(unsigned drop);

/* Malformed ones are counted as such, the others as dropped. */
bool drop_is_malformed(unsigned drop);

#endif
