#ifndef PANTHEON_IO_UDP_SOCKET_H
#define PANTHEON_IO_UDP_SOCKET_H

#include <stdbool.h>
#include <stdint.h>

#include "config/failure.h"
#include "io/udp.h"

/* One socket of one worker, as tuned as the kernel allows. */
struct udp_socket {
    int fd;
    struct udp_facts facts;
    uint32_t lost; /* that the kernel had counted when it was last asked */
};

/* Bound to `listen`, never waiting, with everything in settings that the kernel grants; udp_facts tells what it did. */
bool udp_socket_open(struct udp_socket *at, const struct endpoint *listen, const struct udp_settings *settings,
                     struct failure *why);

/*
 * False where somebody else has the endpoint already. SO_REUSEPORT would let a second node of the same user in, and the
 * kernel would deal half of the first one's peers to it.
 */
bool udp_socket_is_free(const struct endpoint *listen, struct failure *why);

/*
 * How many datagrams the kernel dropped since it was last asked. It counts for each socket, in 32 bits that begin anew;
 * a train that GRO has put together counts as one.
 */
uint32_t udp_socket_lost(struct udp_socket *at);

#endif
