#include "bench/traffic.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/frames.h"
#include "bench/hostile.h"
#include "bench/pacer.h"
#include "bench/window.h"
#include "consensus/settings.h"
#include "net/bytes.h"
#include "protocol/echo.h"
#include "transactions/receipt.h"
#include "transactions/transaction.h"

enum { ECHO_NUMBER = HEADER_BYTES, NONCE = HEADER_BYTES + 36, VALID_UNTIL = HEADER_BYTES + 52 };

/* Half of what a transaction may be ahead (TRANSACTION_MAX_AGE): neither too late nor too early. */
enum { SLOTS_AHEAD = TRANSACTION_MAX_AGE / 2 };

void traffic_fill_transaction(uint8_t *bytes, uint16_t length) {
    static const uint8_t SENDER[TRANSACTION_SENDER] = "sender", SIGNATURE[TRANSACTION_SIGNATURE] = "not verified";
    static const uint8_t PAYLOAD[TRANSACTION_MAX_PAYLOAD];
    struct transaction transaction = {.sender = SENDER,
                                      .signature = SIGNATURE,
                                      .payload = PAYLOAD,
                                      .fee = 1000,
                                      .payload_length = (uint16_t)(length - HEADER_BYTES - TRANSACTION_MIN)};
    transaction_write(&transaction, bytes + HEADER_BYTES);
}

/* Everything but what is different from one datagram to the next. */
static void fill(struct traffic *traffic) {
    struct header header = {
        .type = traffic->kind == TRAFFIC_TRANSACTION ? MESSAGE_TRANSACTION_ASKING : MESSAGE_ECHO,
        .network = header_network("pantheon-bench"),
        .hint = HEADER_NO_HINT,
    };
    for (unsigned i = 0; i < WIRE_BURST; i++) {
        header_write(&header, traffic->bytes[i]);
        if (traffic->kind == TRAFFIC_TRANSACTION) traffic_fill_transaction(traffic->bytes[i], traffic->length);
        traffic->burst[i] = (struct wire_datagram){.bytes = traffic->bytes[i], .length = traffic->length};
    }
}

static void write_datagram(struct traffic *traffic, unsigned at, uint64_t due) {
    uint64_t number = traffic->number++;
    uint8_t *bytes = traffic->bytes[at];
    if (traffic->kind == TRAFFIC_ECHO)
        bytes_write32(bytes + ECHO_NUMBER, (uint32_t)number);
    else
        bytes_write64(bytes + NONCE, number);
    traffic->burst[at].connection = (uint32_t)(number % traffic->connections);
    traffic->due[number % TRAFFIC_WINDOW] = due;
}

/* False where it is no answer to anything of ours. */
static bool read_number(const struct traffic *traffic, const struct wire_datagram *datagram, uint64_t *number) {
    const uint8_t *bytes = datagram->bytes;
    enum receipt_result result;
    if (traffic->kind == TRAFFIC_TRANSACTION)
        return receipt_read(bytes, datagram->length, number, &result) && result == RECEIPT_POOLED;
    if (datagram->length < ECHO_BYTES || bytes[3] != MESSAGE_ECHO_REPLY) return false;
    /* The lower half is on the wire; the rest is what is nearest below the next number. */
    uint64_t next = traffic->number;
    *number = next - (uint32_t)((uint32_t)next - bytes_read32(bytes + ECHO_NUMBER));
    return true;
}

static void take_answer(struct traffic *traffic, const struct wire_datagram *datagram, uint64_t now,
                        struct load_result *result) {
    uint64_t number = 0;
    if (!read_number(traffic, datagram, &number)) return;
    if (number < traffic->first || number >= traffic->number || traffic->number - number > TRAFFIC_WINDOW) return;
    uint64_t *due = &traffic->due[number % TRAFFIC_WINDOW];
    if (*due == 0) return; /* it came before */
    histogram_record(result->latency, now > *due ? now - *due : 1);
    *due = 0;
    result->received++;
}

/* Whether an answer was among what came: a node probes its peers, too. */
static bool receive(struct traffic *traffic, struct load_result *result) {
    struct wire_datagram list[WIRE_BURST];
    uint64_t before = result->received;
    unsigned count = wire_receive(traffic->wire, list, WIRE_BURST);
    if (count == 0) return false;
    uint64_t now = clock_now(&traffic->clock);
    for (unsigned i = 0; i < count; i++) take_answer(traffic, &list[i], now, result);
    return result->received > before;
}

/* What the wire does not take is lost where it is counted: it was due. */
static void send_burst(struct traffic *traffic, unsigned count, struct load_result *result) {
    if (count == 0) return;
    unsigned sent = wire_send(traffic->wire, traffic->burst, count);
    result->sent += sent;
    traffic->number -= count - sent; /* they are tried no more, and their numbers go to others */
    if (traffic->hostile != NULL && sent > 0) hostile_overhear(traffic->hostile, &traffic->burst[0]);
}

static uint64_t valid_until(const struct traffic *traffic, uint64_t now) {
    return (traffic->epoch_ns + now) / SETTINGS_SLOT_NS + SLOTS_AHEAD;
}

/* A transaction that is as old as TRANSACTION_MAX_AGE is refused: an offer of a minute needs later ones at its end. */
static void renew(struct traffic *traffic, uint64_t now) {
    uint64_t slot = valid_until(traffic, now);
    if (traffic->kind != TRAFFIC_TRANSACTION || slot == traffic->valid_until) return;
    traffic->valid_until = slot;
    for (unsigned i = 0; i < WIRE_BURST; i++) bytes_write64(traffic->bytes[i] + VALID_UNTIL, slot);
}

/* What is due, a burst at most. */
static void send_due(struct traffic *traffic, struct pacer *pacer, struct load_result *result) {
    unsigned count = 0;
    uint64_t due, now = clock_now(&traffic->clock);
    renew(traffic, now);
    pacer_look(pacer, now);
    while (count < WIRE_BURST && pacer_take(pacer, &due)) write_datagram(traffic, count++, due);
    send_burst(traffic, count, result);
}

/* What there is room for, due now. */
static void send_room(struct traffic *traffic, struct window *window, struct load_result *result) {
    uint64_t now = clock_now(&traffic->clock);
    renew(traffic, now);
    unsigned count = window_room(window, now, result->sent, result->received, WIRE_BURST);
    for (unsigned i = 0; i < count; i++) write_datagram(traffic, i, now);
    send_burst(traffic, count, result);
}

/* Until all have gone out, in an open loop. */
static void offer_rate(struct traffic *traffic, const struct load *load, uint64_t start, struct load_result *result) {
    struct pacer pacer;
    pacer_start(&pacer, &(struct pacing){.rate = load->rate,
                                         .duration_ns = load->duration_ns,
                                         .start_ns = start,
                                         .threads = 1,
                                         .burst = WIRE_BURST});
    while (clock_now(&traffic->clock) < start + load->duration_ns && !pacer_is_done(&pacer)) {
        send_due(traffic, &pacer, result);
        if (traffic->hostile != NULL) hostile_send(traffic->hostile, clock_now(&traffic->clock));
        receive(traffic, result);
    }
    result->offered = pacer_offered(load->rate, load->duration_ns);
    result->late = pacer.late;
    result->most_behind_ns = pacer.most_behind_ns;
}

/* Until the time is over, in a closed loop. */
static void offer_window(struct traffic *traffic, const struct load *load, uint64_t start, struct load_result *result) {
    struct window window;
    window_start(&window, load->window, TRAFFIC_DRAIN_NS, start);
    while (clock_now(&traffic->clock) < start + load->duration_ns) {
        send_room(traffic, &window, result);
        receive(traffic, result);
    }
    result->offered = result->sent;
}

static bool offer(struct bench_system *system, const struct load *load, struct load_result *result,
                  struct failure *why) {
    struct traffic *traffic = (struct traffic *)(void *)system; /* its first member */
    uint64_t start = clock_now(&traffic->clock);
    (void)why;
    traffic->first = traffic->number;
    traffic->epoch_ns = clock_kernel_ns(CLOCK_REALTIME) - start;
    if (traffic->hostile != NULL)
        hostile_begin(traffic->hostile, start, load->duration_ns, valid_until(traffic, start));
    if (load->window > 0)
        offer_window(traffic, load, start, result);
    else
        offer_rate(traffic, load, start, result);
    uint64_t last = clock_now(&traffic->clock);
    while (result->received < result->sent && clock_now(&traffic->clock) < last + TRAFFIC_DRAIN_NS)
        if (receive(traffic, result)) last = clock_now(&traffic->clock);
    result->answered_ns = last - start;
    result->lost = result->sent - result->received;
    return true;
}

static bool offer_frames(struct bench_system *system, const struct load *load, struct load_result *result,
                         struct failure *why) {
    struct traffic *traffic = (struct traffic *)(void *)system; /* its first member */
    (void)why;
    frames_offer(traffic->frames, &traffic->clock, load, result);
    return true;
}

enum traffic_kind traffic_packets(enum wire_kind wire) {
    return wire == WIRE_MEMIF ? TRAFFIC_FRAMES : TRAFFIC_ECHO;
}

/* False where there is no memory. */
static bool make_frames(struct traffic *traffic) {
    if (traffic->kind != TRAFFIC_FRAMES && traffic->kind != TRAFFIC_MIRRORED) return true;
    traffic->frames = frames_make(traffic->wire, traffic->length, traffic->kind == TRAFFIC_MIRRORED);
    traffic->system.offer = offer_frames;
    return traffic->frames != NULL;
}

struct traffic *traffic_make(enum traffic_kind kind, const char *name, const char *wire_name, struct wire *wire,
                             unsigned connections, uint16_t length) {
    struct traffic *traffic = calloc(1, sizeof *traffic);
    if (traffic == NULL || (traffic->due = calloc(TRAFFIC_WINDOW, sizeof *traffic->due)) == NULL) {
        free(traffic);
        return NULL;
    }
    traffic->system = (struct bench_system){name, wire_name, offer};
    traffic->wire = wire;
    traffic->kind = kind;
    traffic->connections = connections;
    traffic->length = length;
    traffic->clock = clock_make(clock_measure());
    traffic->number = (uint64_t)time(NULL) << 32; /* nonces that an earlier benchmark has not used */
    fill(traffic);
    if (make_frames(traffic)) return traffic;
    traffic_release(traffic);
    return NULL;
}

void traffic_release(struct traffic *traffic) {
    if (traffic == NULL) return;
    frames_release(traffic->frames);
    free(traffic->due);
    free(traffic);
}
