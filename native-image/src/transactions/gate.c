#include "transactions/gate.h"

#include "io/intact.h"

static unsigned drop(struct gate *gate, enum transaction_count reason) {
    transactions_count(gate->counters, reason, 1);
    return GATE_DROPPED;
}

unsigned gate_take(struct gate *gate, const struct datagram *datagram, uint64_t now_ns, struct handed *handed) {
    transactions_count(gate->counters, TRANSACTIONS_RECEIVED, 1);
    if (datagram->peer >= gate->peers || !limit_take(&gate->limits[datagram->peer], &gate->rate, now_ns))
        return drop(gate, TRANSACTIONS_OVER_LIMIT);
    if (datagram->length < HEADER_BYTES + TRANSACTION_MIN) return drop(gate, TRANSACTIONS_MALFORMED_SHORT);
    if (datagram->length > TRANSACTION_MAX_DATAGRAM) return drop(gate, TRANSACTIONS_MALFORMED_LONG);
    if (!datagram_is_intact(datagram)) return drop(gate, TRANSACTIONS_MALFORMED_SUM);
    handed->datagram = *datagram;
    handed->tag = tag_of(&gate->key, datagram->bytes + HEADER_BYTES, datagram->length - HEADER_BYTES);
    return tag_thread(handed->tag, gate->threads);
}
