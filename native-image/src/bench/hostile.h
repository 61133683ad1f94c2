#ifndef PANTHEON_BENCH_HOSTILE_H
#define PANTHEON_BENCH_HOSTILE_H

#include <stdint.h>

#include "bench/wire.h"

/*
 * A peer that the node knows and that wants to do harm: it sends at a rate of its own, without heeding any limit or
 * answer, in turns
 *
 *     malformed   our header with a wrong magic, version, type or reserved byte
 *     truncated   the first bytes of a transaction, one more each time
 *     spoiled     a transaction whose UDP checksum is wrong (on memif; the kernel lets no socket send one)
 *     replayed    what an honest peer sent a moment before
 *     its own     new and valid transactions, which its limit is for
 *
 * It sends from the thread of the honest peers (bench/traffic.h), at moments of its own.
 */
enum hostile_kind {
    HOSTILE_MALFORMED,
    HOSTILE_TRUNCATED,
    HOSTILE_SPOILED,
    HOSTILE_REPLAYED,
    HOSTILE_OWN,
    HOSTILE_KINDS
};

struct hostile;

/* `rate` datagrams a second as `connection` of the wire. NULL where there is no memory. */
struct hostile *hostile_make(struct wire *wire, unsigned connection, uint64_t rate);
void hostile_release(struct hostile *hostile);

/* From `start_ns` on, transactions good up to slot `valid_until`. */
void hostile_begin(struct hostile *hostile, uint64_t start_ns, uint64_t duration_ns, uint64_t valid_until);

/* What is due, a burst at most. */
void hostile_send(struct hostile *hostile, uint64_t now_ns);

/* An honest peer has sent this. */
void hostile_overhear(struct hostile *hostile, const struct wire_datagram *datagram);

/* How many went out since hostile_begin, and how many the sender did not get to or the wire did not take. */
uint64_t hostile_sent(const struct hostile *hostile);
uint64_t hostile_unsent(const struct hostile *hostile);

#endif
