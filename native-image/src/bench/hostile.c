#include "bench/hostile.h"

#include <stdlib.h>
#include <string.h>

#include "bench/pacer.h"
#include "bench/traffic.h"
#include "net/bytes.h"
#include "protocol/header.h"

enum { BYTES = TRAFFIC_TRANSACTION_BYTES, NONCE = HEADER_BYTES + 36, VALID_UNTIL = HEADER_BYTES + 52 };

struct hostile {
    struct wire *wire;
    uint32_t connection;
    uint64_t rate;
    struct pacer pacer;
    uint64_t number; /* of all that it ever sent: its nonces, which no honest peer has (traffic.c) */
    uint64_t sent;
    uint8_t transaction[BYTES]; /* a new one */
    uint8_t overheard[BYTES];
    uint16_t overheard_length;
    uint8_t bytes[WIRE_BURST][BYTES];
    struct wire_datagram burst[WIRE_BURST];
};

/* One byte of the header, each in its turn: magic, version, type, reserved. */
static void write_malformed(uint8_t *bytes, uint64_t turn) {
    static const uint8_t PLACES[] = {0, 2, 3, 11};
    bytes[PLACES[turn % sizeof PLACES]] ^= 0x40;
}

static void write_next(struct hostile *hostile, unsigned at) {
    uint64_t number = hostile->number++, turn = number / HOSTILE_KINDS;
    struct wire_datagram *datagram = &hostile->burst[at];
    uint8_t *bytes = hostile->bytes[at];
    *datagram = (struct wire_datagram){.bytes = bytes, .length = BYTES, .connection = hostile->connection};
    memcpy(bytes, hostile->transaction, BYTES);
    bytes_write64(bytes + NONCE, number);
    switch ((enum hostile_kind)(number % HOSTILE_KINDS)) {
    case HOSTILE_MALFORMED: write_malformed(bytes, turn); break;
    case HOSTILE_TRUNCATED: datagram->length = (uint16_t)(1 + turn % (BYTES - 1)); break;
    case HOSTILE_SPOILED: datagram->spoiled = true; break;
    case HOSTILE_REPLAYED:
        if (hostile->overheard_length == 0) break;
        memcpy(bytes, hostile->overheard, hostile->overheard_length);
        datagram->length = hostile->overheard_length;
        break;
    case HOSTILE_OWN:
    case HOSTILE_KINDS: break;
    }
}

void hostile_send(struct hostile *hostile, uint64_t now_ns) {
    unsigned count = 0;
    uint64_t due;
    pacer_look(&hostile->pacer, now_ns);
    while (count < WIRE_BURST && pacer_take(&hostile->pacer, &due)) write_next(hostile, count++);
    if (count > 0) hostile->sent += wire_send(hostile->wire, hostile->burst, count);
}

void hostile_overhear(struct hostile *hostile, const struct wire_datagram *datagram) {
    if (datagram->length > BYTES) return;
    memcpy(hostile->overheard, datagram->bytes, datagram->length);
    hostile->overheard_length = datagram->length;
}

void hostile_begin(struct hostile *hostile, uint64_t start_ns, uint64_t duration_ns, uint64_t valid_until) {
    bytes_write64(hostile->transaction + VALID_UNTIL, valid_until);
    hostile->sent = 0;
    pacer_start(&hostile->pacer, &(struct pacing){.rate = hostile->rate,
                                                  .duration_ns = duration_ns,
                                                  .start_ns = start_ns,
                                                  .threads = 1,
                                                  .burst = WIRE_BURST});
}

uint64_t hostile_sent(const struct hostile *hostile) {
    return hostile->sent;
}

uint64_t hostile_unsent(const struct hostile *hostile) {
    return hostile->pacer.total - hostile->sent;
}

struct hostile *hostile_make(struct wire *wire, unsigned connection, uint64_t rate) {
    struct hostile *hostile = calloc(1, sizeof *hostile);
    struct header header = {
        .type = MESSAGE_TRANSACTION_ASKING, .network = header_network("pantheon-bench"), .hint = HEADER_NO_HINT};
    if (hostile == NULL) return NULL;
    hostile->wire = wire;
    hostile->connection = connection;
    hostile->rate = rate;
    header_write(&header, hostile->transaction);
    traffic_fill_transaction(hostile->transaction, BYTES);
    return hostile;
}

void hostile_release(struct hostile *hostile) {
    free(hostile);
}
