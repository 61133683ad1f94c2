#ifndef PANTHEON_TRANSACTIONS_GATE_H
#define PANTHEON_TRANSACTIONS_GATE_H

#include <stdint.h>

#include "application/handoff.h"
#include "protocol/limit.h"
#include "transactions/counters.h"
#include "transactions/tag.h"

/*
 * The worker's half: what happens to a transaction before it is handed to a pool's thread. Its peer's limit comes
 * first, before anything in it is looked at; then its length, then its checksum and its tag, which cost by the byte. One gate belongs
 * to one worker: a peer's datagrams are one flow, which reaches one worker.
 */
struct gate {
    struct tag_key key;                    /* the same in all workers: one transaction has one tag */
    struct limit_rate rate;                /* of each peer */
    struct limit *limits;                  /* one a peer, all zero at first */
    uint32_t peers;                        /* how many */
    unsigned threads;                      /* of pools, 1 or more */
    struct transaction_counters *counters; /* the worker's */
};

/*
 * Transactions of one peer at once: what comes in 33 ms at 125,000 a second, which a peer may bring if the configuration
 * says nothing else (LIMITS_TRANSACTIONS). Its tags are 1 % of a worker then and its pooling 1 % of a pool's thread, so
 * a peer that floods costs the others no more there.
 */
#define GATE_BURST 4096u

/*
 * A datagram of type MESSAGE_TRANSACTION whose header was read. Answers which pool's thread it belongs to and fills
 * `handed`, or GATE_DROPPED, where it is counted and the datagram is still the caller's.
 */
#define GATE_DROPPED UINT32_MAX
unsigned gate_take(struct gate *gate, const struct datagram *datagram, uint64_t now_ns, struct handed *handed);

#endif
