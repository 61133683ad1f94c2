#include "protocol/reception.h"

#include "io/intact.h"
#include "protocol/drops.h"
#include "protocol/echo.h"

static enum verdict drop(struct reception *reception, unsigned reason) {
    counter_add(&reception->drops[reason], 1);
    return VERDICT_DROP;
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

static bool is_within_limit(struct reception *reception, uint32_t peer, enum message_type type, uint64_t now_ns) {
    struct reception_peer *limits = &reception->peers[peer];
    const struct reception_rates *rates = &reception->rates;
    switch (type) {
    case MESSAGE_ECHO: return limit_take(&limits->echo, &rates->echo, now_ns);
    case MESSAGE_SHRED:
    case MESSAGE_REPAIR:
    case MESSAGE_VOTE:
    case MESSAGE_VOTE_ACK: return limit_take(&limits->consensus, &rates->consensus, now_ns);
    default: return limit_take(&limits->control, &rates->control, now_ns);
    }
}

enum verdict reception_judge(struct reception *reception, struct datagram *datagram, uint64_t now_ns,
                             enum application *application) {
    struct header header;
    enum header_result result = header_read(datagram->bytes, datagram->length, &header);
    if (result != HEADER_OK) return drop(reception, DROP_HEADER + result);
    if (header.network != reception->exchange->exchange->network) return drop(reception, DROP_OTHER_NETWORK);
    if (header.type == MESSAGE_TRANSACTION || header.type == MESSAGE_TRANSACTION_ASKING)
        return hand(reception, APPLICATION_TRANSACTION_POOL, application);
    if (!is_within_limit(reception, datagram->peer, header.type, now_ns)) return drop(reception, DROP_OVER_LIMIT);
    if (!datagram_is_intact(datagram)) return drop(reception, PACKET_BAD_SUM);
    switch (header.type) {
    case MESSAGE_PROBE:
    case MESSAGE_REPLY: return judge_exchange(reception, header.type, datagram, now_ns);
    case MESSAGE_ECHO: return echo_answer(datagram) ? VERDICT_TURN : drop(reception, DROP_BAD_BODY);
    case MESSAGE_TRANSACTION:
    case MESSAGE_TRANSACTION_ASKING: break; /* above */
    case MESSAGE_SHRED:
    case MESSAGE_REPAIR:
    case MESSAGE_VOTE:
    case MESSAGE_VOTE_ACK: return hand(reception, APPLICATION_CONSENSUS, application);
    case MESSAGE_HELLO:
    case MESSAGE_HELLO_ANSWER: return hand(reception, APPLICATION_PEER_TO_PEER, application);
    case MESSAGE_ECHO_REPLY:
    case MESSAGE_RECEIPT:
    case MESSAGE_TYPES: break;
    }
    return drop(reception, DROP_NOBODY);
}
