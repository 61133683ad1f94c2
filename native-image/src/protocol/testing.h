#ifndef PANTHEON_PROTOCOL_TESTING_H
#define PANTHEON_PROTOCOL_TESTING_H

/* What the tests of this folder share. cmocka.h wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <string.h>

#include "protocol/frame.h"

/* A probe of 10.78.0.2 to 10.78.0.1. */
static inline struct frame sample_frame(void) {
    static const uint8_t FROM[4] = {10, 78, 0, 2}, TO[4] = {10, 78, 0, 1};
    return (struct frame){.destination_mac = {0x52, 0x54, 0, 0xd1, 0, 1},
                          .source_mac = {0x52, 0x54, 0, 0xd1, 0, 2},
                          .source = endpoint_ipv4(FROM, 30900),
                          .destination = endpoint_ipv4(TO, 30900),
                          .type = FRAME_PROBE,
                          .network = frame_network("pantheon-lab"),
                          .session = 7,
                          .sequence = 0x0102030405060708,
                          .timestamp = 1000};
}

static inline enum frame_result parse(const uint8_t *bytes, size_t length, struct frame *frame) {
    enum frame_result result = frame_outer(bytes, length, frame);
    return result == FRAME_OK ? frame_inner(bytes, frame) : result;
}

#endif
