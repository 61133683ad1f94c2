#include <stdlib.h>
#include <string.h>

#include "net/bytes.h"
#include "peer_to_peer/handshake.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

enum { PEERS = 4, MOST_PENDING = 2 };

struct stage {
    struct handshake_outside outside; /* first: this is how it is found */
    uint8_t last[PEERS][HELLO_BYTES]; /* the last hello to each */
    unsigned hellos;
    uint64_t heard_ns[PEERS];
    bool full;
};

static bool send(struct handshake_outside *outside, uint32_t peer, const uint8_t *bytes, uint16_t length) {
    struct stage *stage = (struct stage *)(void *)outside;
    struct hello hello;
    if (peer >= PEERS || length != HELLO_BYTES || !hello_read(MESSAGE_HELLO, bytes, length, &hello)) abort();
    memcpy(stage->last[peer], bytes, length);
    stage->hellos++;
    return !stage->full;
}

static uint64_t heard(struct handshake_outside *outside, uint32_t peer) {
    return ((struct stage *)(void *)outside)->heard_ns[peer];
}

static void probe(struct handshake_outside *outside, uint32_t peer, bool useful) {
    (void)outside;
    (void)useful;
    if (peer >= PEERS) abort();
}

static void tell(struct handshake_outside *outside, const struct handshake_news *news) {
    (void)outside;
    if (news->peer >= PEERS || strlen(news->version) > HELLO_VERSION) abort();
}

/* What is read is written again as it was. */
static void read_one(const uint8_t *bytes, size_t length) {
    for (unsigned type = MESSAGE_HELLO; type <= MESSAGE_HELLO_ANSWER; type++) {
        struct hello hello;
        uint8_t again[HELLO_BYTES];
        if (!hello_read(type, bytes, length, &hello)) continue;
        hello_write(&hello, bytes_read32(bytes + 4), again);
        if (memcmp(again + HEADER_BYTES, bytes + HEADER_BYTES, HELLO_BYTES - HEADER_BYTES) != 0) abort();
    }
}

static void check(const struct handshake *handshake) {
    uint64_t sum = 0, by_peer[PEER_STATES] = {0};
    for (uint32_t peer = 0; peer < PEERS; peer++) by_peer[handshake_state(handshake, peer)]++;
    for (unsigned state = 0; state < PEER_STATES; state++) {
        sum += by_peer[state];
        if (handshake_count(handshake, state) != by_peer[state]) abort();
    }
    if (sum != PEERS || by_peer[PEER_PENDING] > MOST_PENDING) abort();
}

/* A message of the peer: the input's own bytes; with `known` under the nonce of the last hello to it. */
static void receive(struct handshake *handshake, struct stage *stage, const uint8_t *step, const uint8_t *body,
                    size_t length, uint64_t now_ns) {
    uint32_t peer = step[0] >> 2 & 3;
    enum message_type type = (step[0] & 1) != 0 ? MESSAGE_HELLO_ANSWER : MESSAGE_HELLO;
    uint8_t *message = malloc(length > 0 ? length : 1), answer[HELLO_BYTES]; /* of exactly its length */
    if (message == NULL) return;
    memcpy(message, body, length);
    if ((step[0] & 2) != 0 && length >= HEADER_BYTES + 8)
        memcpy(message + HEADER_BYTES, stage->last[peer] + HEADER_BYTES, 8);
    struct hello said, back;
    bool reads = hello_read(type, message, length, &said);
    bool answered = handshake_receive(handshake, type, message, length, peer, now_ns, answer);
    if (answered != (reads && type == MESSAGE_HELLO)) abort();
    if (answered && (!hello_read(MESSAGE_HELLO_ANSWER, answer, HELLO_BYTES, &back) || back.nonce != said.nonce))
        abort();
    free(message);
}

/*
 * The bytes as a story. Each step: its kind and peer, how much later in units of 50 ms, what else; then, of a message,
 * so many bytes as it says, HELLO_BYTES at most.
 */
static void play(struct handshake *handshake, struct stage *stage, const uint8_t *bytes, size_t length) {
    uint64_t now_ns = 1000000000;
    while (length >= 3) {
        size_t piece = (bytes[0] & 0x10) != 0 ? bytes[2] : 0;
        if (piece > HELLO_BYTES) piece = HELLO_BYTES;
        if (piece > length - 3) piece = length - 3;
        now_ns += bytes[1] * 50000000ull;
        stage->full = (bytes[0] & 0x20) != 0;
        if ((bytes[0] & 0x40) != 0) stage->heard_ns[bytes[0] >> 2 & 3] = now_ns;
        if ((bytes[0] & 0x10) != 0) receive(handshake, stage, bytes, bytes + 3, piece, now_ns);
        unsigned before = stage->hellos;
        handshake_tick(handshake, now_ns);
        if (stage->hellos - before > PEERS + MOST_PENDING) abort();
        check(handshake);
        bytes += 3 + piece;
        length -= 3 + piece;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct stage stage = {.outside = {send, heard, probe, tell}};
    const struct handshake_settings settings = {.version = "1.0",
                                                .network = 1,
                                                .peers = PEERS,
                                                .most_pending = MOST_PENDING,
                                                .timeout_ns = 3000000000,
                                                .key = {1, 2},
                                                .outside = &stage.outside};
    read_one(bytes, length);
    struct handshake *handshake = handshake_make(&settings);
    if (handshake == NULL) return 0;
    play(handshake, &stage, bytes, length);
    handshake_release(handshake);
    return 0;
}
