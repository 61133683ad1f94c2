#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/exchange.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* What is parsed must build the same frame again. */
static void check_round_trip(const uint8_t *bytes, const struct frame *frame) {
    uint8_t built[FRAME_LENGTH];
    struct frame again;
    frame_build(frame, built);
    if (frame_outer(built, sizeof built, &again) != FRAME_OK || frame_inner(built, &again) != FRAME_OK) abort();
    if (memcmp(built + FRAME_ETHERNET + FRAME_IPV4 + FRAME_UDP, bytes + FRAME_ETHERNET + FRAME_IPV4 + FRAME_UDP,
               FRAME_HEADER) != 0)
        abort();
    if (endpoint_compare(&again.source, &frame->source) != 0) abort();
}

/* The whole way of a frame, by a node that takes it for its peer's: what is counted stays possible, whatever comes. */
static void exchange(uint8_t *bytes, size_t length, const struct frame *frame) {
    struct peer peer = {.endpoint = frame->source};
    struct exchange_peer shared = {0};
    struct exchange_peer_state peer_state = {0};
    struct exchange node = {.self = frame->destination, .peers = {&peer, 1}, .shared = &shared};
    struct exchange_worker worker = {.exchange = &node, .peers = &peer_state};
    memcpy(node.mac, frame->destination_mac, sizeof node.mac);
    node.network = frame->network;
    for (int i = 0; i < 3; i++) {
        size_t answer = exchange_receive(&worker, bytes, length, length, 1000);
        if (answer != EXCHANGE_NOTHING && answer != 0) abort();
        if (answer == 0) break; /* the bytes are a reply now */
    }
    uint64_t received = counter_read(&peer_state.received);
    if (received > 3 || counter_read(&peer_state.lost) > 0) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct frame frame;
    if (frame_outer(bytes, length, &frame) != FRAME_OK) return 0;
    if ((size_t)FRAME_ETHERNET + FRAME_IPV4 + frame.udp_length > length) abort();
    struct frame outer = frame;
    if (frame_inner(bytes, &frame) == FRAME_OK)
        check_round_trip(bytes, &frame);
    else
        frame = outer;
    uint8_t *copy = malloc(length);
    if (copy == NULL) return 0;
    memcpy(copy, bytes, length);
    exchange(copy, length, &frame);
    free(copy);
    return 0;
}
