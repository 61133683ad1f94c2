#ifndef PANTHEON_IO_SOCKET_ADDRESS_H
#define PANTHEON_IO_SOCKET_ADDRESS_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "net/endpoint.h"

/* An endpoint as the kernel wants it, and back. IPv6 addresses of one link alone (fe80::) lack their link here: none of
 * ours. */
union socket_address {
    struct sockaddr any;
    struct sockaddr_in ipv4;
    struct sockaddr_in6 ipv6;
};

static inline socklen_t socket_address_length(uint8_t family) {
    return family == 4 ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
}

static inline void socket_address_write(union socket_address *address, const struct endpoint *endpoint) {
    if (endpoint->family == 4) {
        address->ipv4 = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(endpoint->port)};
        memcpy(&address->ipv4.sin_addr, endpoint->address, 4);
    } else {
        address->ipv6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(endpoint->port)};
        memcpy(&address->ipv6.sin6_addr, endpoint->address, 16);
    }
}

static inline struct endpoint socket_address_read(const union socket_address *address) {
    if (address->any.sa_family == AF_INET)
        return endpoint_ipv4((const uint8_t *)&address->ipv4.sin_addr, ntohs(address->ipv4.sin_port));
    return endpoint_ipv6((const uint8_t *)&address->ipv6.sin6_addr, ntohs(address->ipv6.sin6_port));
}

/* `10.78.0.1:30900`, `[fd00::1]:30900`. */
#define SOCKET_ADDRESS_TEXT (INET6_ADDRSTRLEN + 8)

static inline const char *socket_address_format(const struct endpoint *endpoint, char text[SOCKET_ADDRESS_TEXT]) {
    char address[INET6_ADDRSTRLEN];
    inet_ntop(endpoint->family == 4 ? AF_INET : AF_INET6, endpoint->address, address, sizeof address);
    snprintf(text, SOCKET_ADDRESS_TEXT, endpoint->family == 4 ? "%s:%u" : "[%s]:%u", address, endpoint->port);
    return text;
}

#endif
