#include "protocol/exchange.h"

#include <string.h>

#include "net/bytes.h"
#include "protocol/drops.h"

enum { SESSION = HEADER_BYTES, SEQUENCE = 16, TIMESTAMP = 24, INDEX = 32, RESERVED = 34 };

static bool drop(struct exchange_worker *worker, enum drop reason) {
    counter_add(&worker->drops[reason], 1);
    return false;
}

/* False where the message counts as nothing; it is dropped then. */
static bool count(struct exchange_worker *worker, struct exchange_peer_state *peer, const uint8_t *bytes) {
    uint64_t lost = 0;
    switch (sequence_take(&peer->sequence, bytes_read32(bytes + SESSION), bytes_read64(bytes + SEQUENCE), &lost)) {
    case SEQUENCE_NEXT: break;
    case SEQUENCE_GAP: counter_add(&peer->lost, lost); break;
    case SEQUENCE_LATE:
        counter_add(&peer->late, 1);
        counter_set(&peer->lost, counter_read(&peer->lost) - 1);
        break;
    case SEQUENCE_DUPLICATED: counter_add(&peer->duplicated, 1); break;
    case SEQUENCE_STALE: return drop(worker, DROP_STALE);
    case SEQUENCE_IMPOSSIBLE: return drop(worker, DROP_IMPOSSIBLE);
    }
    counter_add(&peer->received, 1);
    return true;
}

/* Smoothed as TCP smooths it: an eighth of each new one (RFC 6298, 2.3). */
static void take_reply(struct exchange_peer_state *peer, uint64_t timestamp, uint64_t now_ns) {
    if (timestamp > now_ns || now_ns - timestamp > EXCHANGE_MAX_RTT_NS) return;
    uint64_t rtt = now_ns - timestamp, before = counter_read(&peer->rtt_ns);
    bool first = counter_read(&peer->replies) == 0;
    counter_set(&peer->rtt_ns, first ? rtt : before - before / 8 + rtt / 8);
    counter_add(&peer->replies, 1);
}

static void build(struct exchange *exchange, enum message_type type, uint64_t timestamp, struct datagram *datagram) {
    struct exchange_peer *peer = &exchange->shared[datagram->peer];
    uint8_t *bytes = datagram->bytes;
    struct header header = {
        .type = type, .network = exchange->network, .hint = atomic_load_explicit(&peer->hint, memory_order_relaxed)};
    header_write(&header, bytes);
    bytes_write32(bytes + SESSION, exchange->session);
    bytes_write64(bytes + SEQUENCE, atomic_fetch_add_explicit(&peer->next, 1, memory_order_relaxed));
    bytes_write64(bytes + TIMESTAMP, timestamp);
    bytes_write16(bytes + INDEX, datagram->peer < HEADER_NO_HINT ? (uint16_t)datagram->peer : HEADER_NO_HINT);
    bytes_write16(bytes + RESERVED, 0);
    datagram->length = EXCHANGE_BYTES;
}

void exchange_reset(struct exchange *exchange) {
    for (size_t i = 0; i < exchange->peers.count; i++) {
        atomic_store_explicit(&exchange->shared[i].next, 0, memory_order_relaxed);
        atomic_store_explicit(&exchange->shared[i].hint, HEADER_NO_HINT, memory_order_relaxed);
        atomic_store_explicit(&exchange->shared[i].silent, false, memory_order_relaxed);
    }
}

/* The one whose probe is next stays so, or who stands there now: nobody gets two in one round. */
static size_t move_probing(size_t probing, size_t old_count, size_t count, const uint32_t *to) {
    for (; probing < old_count; probing++)
        if (to[probing] != PEERS_NOBODY) return to[probing];
    return count;
}

void exchange_move_worker(struct exchange_worker *worker, struct exchange_peer_state *states,
                          const struct exchange *next, const uint32_t *from, const uint32_t *to) {
    size_t old_count = worker->exchange->peers.count, count = next->peers.count;
    for (size_t i = 0; i < count; i++)
        if (from[i] != PEERS_NOBODY) memcpy(&states[i], &worker->peers[from[i]], sizeof *states);
    for (size_t i = 0; i < old_count; i++) {
        const struct exchange_peer_state *old = &worker->peers[i];
        if (to[i] != PEERS_NOBODY) continue;
        counter_add(&worker->gone.sent, counter_read(&old->sent));
        counter_add(&worker->gone.received, counter_read(&old->received));
        counter_add(&worker->gone.lost, counter_read(&old->lost));
    }
    worker->probing = move_probing(worker->probing, old_count, count, to);
    worker->peers = states;
}

void exchange_move(struct exchange *exchange, const struct exchange *next, const uint32_t *from) {
    for (size_t i = 0; i < next->peers.count; i++)
        if (from[i] != PEERS_NOBODY) memcpy(&next->shared[i], &exchange->shared[from[i]], sizeof *next->shared);
    exchange->peers = next->peers;
    exchange->shared = next->shared;
}

bool exchange_receive(struct exchange_worker *worker, enum message_type type, struct datagram *datagram,
                      uint64_t now_ns) {
    const uint8_t *bytes = datagram->bytes;
    struct exchange *exchange = worker->exchange;
    struct exchange_peer_state *peer = &worker->peers[datagram->peer];
    if (datagram->length != EXCHANGE_BYTES || bytes_read16(bytes + RESERVED) != 0) return drop(worker, DROP_BAD_BODY);
    if (!count(worker, peer, bytes)) return false;
    counter_set(&peer->heard_ns, now_ns);
    atomic_store_explicit(&exchange->shared[datagram->peer].hint, bytes_read16(bytes + INDEX), memory_order_relaxed);
    uint64_t timestamp = bytes_read64(bytes + TIMESTAMP);
    if (type == MESSAGE_REPLY) {
        take_reply(peer, timestamp, now_ns);
        return false;
    }
    if (datagram->room < EXCHANGE_BYTES) return false;
    build(exchange, MESSAGE_REPLY, timestamp, datagram);
    return true;
}

void exchange_probes(struct exchange *exchange, uint32_t peer, bool gets) {
    atomic_store_explicit(&exchange->shared[peer].silent, !gets, memory_order_relaxed);
}

/* On to the next peer that gets probes. */
static void pass_silent(struct exchange_worker *worker, size_t count) {
    const struct exchange_peer *shared = worker->exchange->shared;
    while (worker->probing < count && atomic_load_explicit(&shared[worker->probing].silent, memory_order_relaxed))
        worker->probing++;
}

bool exchange_probe_due(struct exchange_worker *worker, uint64_t now_ns) {
    size_t count = worker->exchange->peers.count;
    if (count == 0) return false;
    if (worker->round_ns == 0) worker->round_ns = now_ns > 0 ? now_ns : 1;
    pass_silent(worker, count);
    if (worker->probing == count) {
        if (now_ns < worker->round_ns + EXCHANGE_PROBE_INTERVAL_NS) return false;
        worker->probing = 0;
        worker->round_ns += EXCHANGE_PROBE_INTERVAL_NS;
        /* After a standstill (a guest that was stopped) the rounds that were missed are not made up for. */
        if (now_ns > worker->round_ns + EXCHANGE_PROBE_INTERVAL_NS) worker->round_ns = now_ns;
        pass_silent(worker, count);
        if (worker->probing == count) return false;
    }
    /* A round's probes are spread over its interval: 500 peers make no burst of 500 frames. */
    return now_ns >= worker->round_ns + EXCHANGE_PROBE_INTERVAL_NS * worker->probing / count;
}

void exchange_probe(struct exchange_worker *worker, struct datagram *datagram, uint64_t now_ns) {
    datagram->peer = (uint32_t)worker->probing++;
    build(worker->exchange, MESSAGE_PROBE, now_ns, datagram);
}

void exchange_sent(struct exchange_worker *worker, uint32_t peer) {
    counter_add(&worker->peers[peer].sent, 1);
}
