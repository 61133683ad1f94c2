#include "protocol/reception.h"

#include "net/packet.h"
#include "protocol/drops.h"
#include "protocol/echo.h"

static enum verdict drop(struct reception *reception, unsigned reason) {
    counter_add(&reception->drops[reason], 1);
    return VERDICT_DROP;
}

/* UDP's checksum, where nobody below has checked it. */
static bool is_intact(struct datagram *datagram) {
    if (datagram->unchecked == 0) return true;
    return packet_payload_sum_is_right(datagram->bytes - datagram->unchecked, datagram->unchecked, datagram->length);
}

static enum verdict judge_exchange(struct reception *reception, enum message_type type, struct datagram *datagram,
                                   uint64_t now_ns) {
    return exchange_receive(reception->exchange, type, datagram, now_ns) ? VERDICT_SEND : VERDICT_DROP;
}

static enum verdict hand(struct reception *reception, enum application to, enum application *application) {
    if (!reception->taken[to]) return drop(reception, DROP_NOBODY);
    *application = to;
    return VERDICT_HAND;
}

static struct limit *limit_of(struct reception_peer *peer, enum message_type type) {
    if (type == MESSAGE_ECHO) return &peer->echo;
    return type == MESSAGE_TRANSACTION ? &peer->transaction : &peer->control;
}

enum verdict reception_judge(struct reception *reception, struct datagram *datagram, uint64_t now_ns,
                             enum application *application) {
    struct header header;
    enum header_result result = header_read(datagram->bytes, datagram->length, &header);
    if (result != HEADER_OK) return drop(reception, DROP_HEADER + result);
    if (header.network != reception->exchange->exchange->network) return drop(reception, DROP_OTHER_NETWORK);
    if (!limit_take(limit_of(&reception->peers[datagram->peer], header.type), now_ns))
        return drop(reception, DROP_OVER_LIMIT);
    if (!is_intact(datagram)) return drop(reception, PACKET_BAD_SUM);
    switch (header.type) {
    case MESSAGE_PROBE:
    case MESSAGE_REPLY: return judge_exchange(reception, header.type, datagram, now_ns);
    case MESSAGE_ECHO: return echo_answer(datagram) ? VERDICT_TURN : drop(reception, DROP_BAD_BODY);
    case MESSAGE_TRANSACTION: return hand(reception, APPLICATION_TRANSACTION_POOL, application);
    case MESSAGE_SHRED:
    case MESSAGE_REPAIR:
    case MESSAGE_VOTE:
    case MESSAGE_VOTE_ACK: return hand(reception, APPLICATION_CONSENSUS, application);
    case MESSAGE_HELLO:
    case MESSAGE_HELLO_ANSWER: return hand(reception, APPLICATION_PEER_TO_PEER, application);
    case MESSAGE_ECHO_REPLY:
    case MESSAGE_TYPES: break;
    }
    return drop(reception, DROP_NOBODY);
}
