#ifndef PANTHEON_NET_ENDPOINT_H
#define PANTHEON_NET_ENDPOINT_H

#include <stdint.h>
#include <string.h>

/* Address and UDP port of one end. IPv6 uses all 16 bytes of the address, IPv4 the first four and leaves the others zero. */
struct endpoint {
    uint8_t address[16];
    uint16_t port;
    uint8_t family; /* 4 or 6 */
    uint8_t zero;   /* compared with the rest, so that an endpoint is 20 bytes without padding */
};

_Static_assert(sizeof(struct endpoint) == 20, "an endpoint is compared byte by byte");

static inline struct endpoint endpoint_ipv4(const uint8_t address[4], uint16_t port) {
    struct endpoint endpoint = {.port = port, .family = 4};
    memcpy(endpoint.address, address, 4);
    return endpoint;
}

static inline struct endpoint endpoint_ipv6(const uint8_t address[16], uint16_t port) {
    struct endpoint endpoint = {.port = port, .family = 6};
    memcpy(endpoint.address, address, 16);
    return endpoint;
}

/* Below 0, 0, above 0: some order, the same everywhere. */
static inline int endpoint_compare(const struct endpoint *a, const struct endpoint *b) {
    return memcmp(a, b, sizeof *a);
}

#endif
