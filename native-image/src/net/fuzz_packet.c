#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "net/packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* What packet_read let through is written again from what it read, and is the same but for what a sender may choose. */
static void check_round_trip(const uint8_t *bytes, const struct packet *packet) {
    struct packet_template template;
    struct packet again;
    packet_template_make(&template, packet->source_mac, packet->destination_mac, &packet->source, &packet->destination);
    if (template.length != packet->headers) abort();
    size_t length = (size_t)packet->headers + packet->payload;
    uint8_t *written = malloc(length);
    if (written == NULL) return;
    memcpy(written + packet->headers, bytes + packet->headers, packet->payload);
    packet_write(&template, written, packet->payload, true);
    if (packet_read(written, length, &again) != PACKET_OK || !packet_sum_is_right(written, &again)) abort();
    if (memcmp(packet, &again, sizeof again) != 0) abort();
    if (packet_sum_is_right(bytes, packet) &&
        memcmp(written + packet->headers - PACKET_UDP, bytes + packet->headers - PACKET_UDP, PACKET_UDP) != 0)
        abort();
    free(written);
}

/* Right sums stay right, wrong ones wrong; and what was made right is. */
static void check_turned(const uint8_t *bytes, size_t length, const struct packet *packet) {
    struct packet turned;
    uint8_t *copy = malloc(length);
    if (copy == NULL) return;
    memcpy(copy, bytes, length);
    packet_turn(copy, packet->headers);
    if (packet_read(copy, length, &turned) != PACKET_OK) abort();
    if (packet_sum_is_right(copy, &turned) != packet_sum_is_right(bytes, packet)) abort();
    if (endpoint_compare(&turned.source, &packet->destination) != 0) abort();
    bool right = packet_sum_is_right(copy, &turned);
    uint8_t *word = copy + turned.headers;
    if (turned.payload >= 2 && word[1] < 0xff) {
        word[1]++;
        packet_sum_grow(copy, turned.headers, 1);
        if (packet_sum_is_right(copy, &turned) != right) abort();
    }
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct packet packet = {0};
    enum packet_result result = packet_read(bytes, length, &packet);
    if (result >= PACKET_RESULTS || (result == PACKET_OK) != (packet_result_name(result) == NULL)) abort();
    if (result != PACKET_OK) return 0;
    if ((size_t)packet.headers + packet.payload > length) abort();
    if (packet.headers != (packet.source.family == 4 ? 42 : 62) || packet.source.family != packet.destination.family)
        abort();
    check_round_trip(bytes, &packet);
    check_turned(bytes, length, &packet);
    return 0;
}
