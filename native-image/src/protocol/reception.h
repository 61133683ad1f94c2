#ifndef PANTHEON_PROTOCOL_RECEPTION_H
#define PANTHEON_PROTOCOL_RECEPTION_H

#include <stdbool.h>
#include <stdint.h>

#include "io/io.h"
#include "protocol/exchange.h"
#include "protocol/limit.h"

/*
 * What becomes of a datagram that a worker received: answered at once, handed to an application's thread, or dropped and
 * counted. Limits come before anything that costs by the byte. A transaction has only had its header read: the rest is for
 * transactions/gate.h, limit and checksum included.
 */
enum verdict {
    VERDICT_DROP, /* counted; its buffer is to be given back */
    VERDICT_SEND, /* it is an answer now: io's send */
    VERDICT_TURN, /* it is an echo's answer now: io's turn, with ECHO_GROWN */
    VERDICT_HAND, /* to the application of its type */
};

/* The threads behind the workers, in the words of the seed's architecture. */
enum application { APPLICATION_TRANSACTION_POOL, APPLICATION_CONSENSUS, APPLICATION_PEER_TO_PEER, APPLICATIONS };

/* How much of one peer one worker works on. */
struct reception_peer {
    struct limit control; /* probes, replies, hellos */
    struct limit echo;
    struct limit consensus; /* shreds, repairs, votes */
};

/* The same limits for every peer. */
struct reception_rates {
    struct limit_rate control;
    struct limit_rate echo;
    struct limit_rate consensus;
};

struct reception {
    struct exchange_worker *exchange;
    struct reception_rates rates;
    struct reception_peer *peers; /* one a peer */
    struct counter *drops;        /* enum drop */
    bool taken[APPLICATIONS];     /* there is a thread for it */
};

/* `*application` is written for VERDICT_HAND. */
enum verdict reception_judge(struct reception *reception, struct datagram *datagram, uint64_t now_ns,
                             enum application *application);

#endif
