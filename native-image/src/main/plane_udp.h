#ifndef PANTHEON_MAIN_PLANE_UDP_H
#define PANTHEON_MAIN_PLANE_UDP_H

#include "main/plane.h"

/* The plane on the kernel's sockets (io/udp.h): no EAL, no hugepages, no privilege. Ports of dpdk.conf are not opened. */
extern const struct backend plane_udp;

/* The same, one system call a datagram: for comparison (--per-packet). */
extern const struct backend plane_udp_packets;

#endif
