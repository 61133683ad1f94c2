#include "protocol/exchange.h"

#include <string.h>

const char *exchange_drop_name(unsigned drop) {
    static const char *const NAMES[EXCHANGE_DROPS] = {
        [FRAME_OTHER_PROTOCOL] = "other_protocol",
        [FRAME_OPTIONS] = "ip_options",
        [FRAME_FRAGMENT] = "fragment",
        [FRAME_SHORT] = "short",
        [FRAME_BAD_IP] = "bad_ip",
        [FRAME_BAD_SUM] = "bad_checksum",
        [FRAME_BAD_UDP] = "bad_udp",
        [FRAME_BAD_MAGIC] = "bad_magic",
        [FRAME_BAD_VERSION] = "bad_version",
        [FRAME_BAD_HEADER] = "bad_header",
        [DROP_NOT_FOR_US] = "not_for_us",
        [DROP_UNKNOWN_SENDER] = "unknown_sender",
        [DROP_OVER_LIMIT] = "over_limit",
        [DROP_OTHER_NETWORK] = "other_network",
        [DROP_STALE] = "stale",
        [DROP_IMPOSSIBLE] = "impossible_sequence",
        [DROP_SCATTERED] = "scattered",
        [DROP_BAD_OFFLOAD] = "bad_checksum_offload",
    };
    return NAMES[drop];
}

bool exchange_is_malformed(unsigned drop) {
    return (drop >= FRAME_FIRST_MALFORMED && drop < FRAME_RESULTS) || drop == DROP_IMPOSSIBLE ||
           drop == DROP_BAD_OFFLOAD;
}

static size_t drop(struct exchange_worker *worker, unsigned reason) {
    counter_add(&worker->drops[reason], 1);
    return EXCHANGE_NOTHING;
}

/* False where the frame counts as nothing; it is dropped then. */
static bool count(struct exchange_worker *worker, struct exchange_peer_state *peer, const struct frame *frame) {
    uint64_t lost = 0;
    switch (sequence_take(&peer->sequence, frame->session, frame->sequence, &lost)) {
    case SEQUENCE_NEXT: break;
    case SEQUENCE_GAP: counter_add(&peer->lost, lost); break;
    case SEQUENCE_LATE:
        counter_add(&peer->late, 1);
        counter_set(&peer->lost, counter_read(&peer->lost) - 1);
        break;
    case SEQUENCE_DUPLICATED: counter_add(&peer->duplicated, 1); break;
    case SEQUENCE_STALE: drop(worker, DROP_STALE); return false;
    case SEQUENCE_IMPOSSIBLE: drop(worker, DROP_IMPOSSIBLE); return false;
    }
    counter_add(&peer->received, 1);
    return true;
}

/* Smoothed as TCP smooths it: an eighth of each new one (RFC 6298, 2.3). */
static void take_reply(struct exchange_peer_state *peer, const struct frame *frame, uint64_t now_ns) {
    if (frame->timestamp > now_ns || now_ns - frame->timestamp > EXCHANGE_MAX_RTT_NS) return;
    uint64_t rtt = now_ns - frame->timestamp, before = counter_read(&peer->rtt_ns);
    bool first = counter_read(&peer->replies) == 0;
    counter_set(&peer->rtt_ns, first ? rtt : before - before / 8 + rtt / 8);
    counter_add(&peer->replies, 1);
}

static void build(struct exchange *exchange, size_t index, enum frame_type type, uint64_t timestamp, uint8_t *bytes) {
    const struct peer *peer = &exchange->peers.list[index];
    struct frame frame = {
        .source = exchange->self,
        .destination = peer->endpoint,
        .type = type,
        .network = exchange->network,
        .session = exchange->session,
        .sequence = atomic_fetch_add_explicit(&exchange->shared[index].next, 1, memory_order_relaxed),
        .timestamp = timestamp,
    };
    memcpy(frame.destination_mac, peer->mac, sizeof frame.destination_mac);
    memcpy(frame.source_mac, exchange->mac, sizeof frame.source_mac);
    frame_build(&frame, bytes);
}

size_t exchange_receive(struct exchange_worker *worker, uint8_t *bytes, size_t length, size_t writable,
                        uint64_t now_ns) {
    struct exchange *exchange = worker->exchange;
    struct frame frame;
    enum frame_result result = frame_outer(bytes, length, &frame);
    if (result != FRAME_OK) return drop(worker, result);
    bool ours = endpoint_compare(&frame.destination, &exchange->self) == 0 &&
                memcmp(frame.destination_mac, exchange->mac, sizeof exchange->mac) == 0;
    if (!ours) return drop(worker, DROP_NOT_FOR_US);
    size_t index = peers_find(&exchange->peers, &frame.source);
    if (index == PEERS_UNKNOWN) return drop(worker, DROP_UNKNOWN_SENDER);
    struct exchange_peer_state *peer = &worker->peers[index];
    const struct limit_rate rate = limit_rate_make(LIMIT_PER_SECOND, LIMIT_BURST);
    if (!limit_take(&peer->limit, &rate, now_ns)) return drop(worker, DROP_OVER_LIMIT);
    result = frame_inner(bytes, &frame);
    if (result != FRAME_OK) return drop(worker, result);
    if (frame.network != exchange->network) return drop(worker, DROP_OTHER_NETWORK);
    if (!count(worker, peer, &frame)) return EXCHANGE_NOTHING;
    if (frame.type == FRAME_REPLY) {
        take_reply(peer, &frame, now_ns);
        return EXCHANGE_NOTHING;
    }
    if (writable < FRAME_LENGTH) return EXCHANGE_NOTHING;
    build(exchange, index, FRAME_REPLY, frame.timestamp, bytes);
    return index;
}

bool exchange_probe_due(struct exchange_worker *worker, uint64_t now_ns) {
    size_t count = worker->exchange->peers.count;
    if (count == 0) return false;
    if (worker->round_ns == 0) worker->round_ns = now_ns > 0 ? now_ns : 1;
    if (worker->probing == count) {
        if (now_ns < worker->round_ns + EXCHANGE_PROBE_INTERVAL_NS) return false;
        worker->probing = 0;
        worker->round_ns += EXCHANGE_PROBE_INTERVAL_NS;
        /* After a standstill (a guest that was stopped) the rounds that were missed are not made up for. */
        if (now_ns > worker->round_ns + EXCHANGE_PROBE_INTERVAL_NS) worker->round_ns = now_ns;
    }
    /* A round's probes are spread over its interval: 500 peers make no burst of 500 frames. */
    return now_ns >= worker->round_ns + EXCHANGE_PROBE_INTERVAL_NS * worker->probing / count;
}

size_t exchange_probe(struct exchange_worker *worker, uint8_t bytes[FRAME_LENGTH], uint64_t now_ns) {
    size_t peer = worker->probing++;
    build(worker->exchange, peer, FRAME_PROBE, now_ns, bytes);
    return peer;
}

void exchange_sent(struct exchange_worker *worker, size_t peer) {
    counter_add(&worker->peers[peer].sent, 1);
}
