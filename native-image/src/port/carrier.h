#ifndef PANTHEON_PORT_CARRIER_H
#define PANTHEON_PORT_CARRIER_H

/*
 * Whether an interface of the kernel has its carrier, asked of the kernel itself: PMDs that use one (AF_PACKET, AF_XDP)
 * say that their link is up, always. Control thread: two or three system calls.
 */
enum carrier { CARRIER_UNKNOWN, /* no such interface here, or it may not be asked */ CARRIER_DOWN, CARRIER_UP };

enum carrier carrier_of(unsigned interface);

#endif
