#ifndef PANTHEON_NET_TESTING_H
#define PANTHEON_NET_TESTING_H

/* What the tests of this folder share. cmocka.h wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "net/endpoint.h"

static const uint8_t MAC_OF_1[6] = {0x52, 0x54, 0, 0xd1, 0, 1};
static const uint8_t MAC_OF_2[6] = {0x52, 0x54, 0, 0xd1, 0, 2};
static const uint8_t MAC_OF_3[6] = {0x52, 0x54, 0, 0xd1, 0, 3};

/* 10.78.0.HOST or fd00:78::HOST, as in the lab. */
static inline struct endpoint host_of(unsigned family, unsigned host, uint16_t port) {
    const uint8_t ipv4[4] = {10, 78, (uint8_t)(host >> 8), (uint8_t)host};
    const uint8_t ipv6[16] = {0xfd, 0, 0, 0x78, [14] = (uint8_t)(host >> 8), [15] = (uint8_t)host};
    return family == 4 ? endpoint_ipv4(ipv4, port) : endpoint_ipv6(ipv6, port);
}

/* The bytes in memory of exactly their length: an address sanitizer sees what is read behind them. */
static inline uint8_t *exactly(const uint8_t *bytes, size_t length) {
    uint8_t *exact = malloc(length > 0 ? length : 1);
    assert_non_null(exact);
    if (length > 0) memcpy(exact, bytes, length);
    return exact;
}

#endif
