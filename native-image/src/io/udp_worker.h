#ifndef PANTHEON_IO_UDP_WORKER_H
#define PANTHEON_IO_UDP_WORKER_H

#include <netinet/in.h>
#include <sys/socket.h>

#include "io/io.h"
#include "io/slots.h"
#include "io/socket_address.h"
#include "io/udp.h"
#include "io/udp_socket.h"
#include "protocol/drops.h"

/* One worker's end of io/udp.h: what its files share, and nobody else sees. */

/* Messages of one system call: of 32 to 64 a call's own cost is spread thin enough (data-plane papers agree on that).
 */
#define UDP_MESSAGES 64u
/* Datagrams that one sendmsg takes with UDP_SEGMENT, in every kernel since 4.18 (UDP_MAX_SEGMENTS). */
#define UDP_SEGMENTS 64u
/* Payload of the longest UDP datagram over IPv4, and so of the longest train. */
#define UDP_LONGEST 65507u
/* Buffer of a received train, which is a datagram to the kernel: IPv6's longest has 65,527 bytes. */
#define UDP_TRAIN 65536u

/* Room for the one control message that is asked for: a train's segment size. */
union udp_control {
    struct cmsghdr aligned;
    char bytes[CMSG_SPACE(sizeof(int))];
};

/* The trains of the last recvmmsg, and how far they are cut. */
struct udp_receiving {
    struct mmsghdr messages[UDP_MESSAGES];
    struct iovec parts[UDP_MESSAGES];
    union socket_address addresses[UDP_MESSAGES];
    union udp_control controls[UDP_MESSAGES];
    struct slots trains; /* all of them taken, as `parts` */
    unsigned count;      /* messages that were received */
    unsigned next;       /* the one that is being cut */
    bool is_open;        /* what stands below is known of that one */
    size_t cut;          /* bytes of it that have been dealt with */
    size_t segment;
    uint32_t peer;
};

struct udp_sending {
    struct mmsghdr messages[UDP_MESSAGES];
    struct iovec parts[IO_MAX_BURST];
    union socket_address addresses[UDP_MESSAGES];
    union udp_control controls[UDP_MESSAGES];
};

struct udp_worker {
    struct io io; /* first: an io of ours is a udp_worker */
    const struct peers *peers;
    struct udp_socket sockets[2];
    unsigned socket_count;
    unsigned first;    /* the socket that is asked first, in turns */
    uint64_t asked_ns; /* when the kernel was last asked what it dropped */
    struct slots slots;
    struct udp_receiving receiving;
    struct udp_sending sending;
    struct io_counters counters;
    struct counter drops[DROPS];
};

static inline struct udp_worker *udp_worker_of(struct io *io) {
    return (struct udp_worker *)(void *)io;
}

static inline uint8_t udp_family(const struct udp_worker *worker, uint32_t peer) {
    return worker->peers->list[peer].endpoint.family;
}

/* udp_receive.c: the buffers of trains. False where there is no memory. */
bool udp_receiving_make(struct udp_receiving *receiving);
unsigned udp_receive_bursts(struct io *io, struct datagram *list, unsigned most, uint64_t now_ns);

/* udp_send.c */
void udp_sending_make(struct udp_sending *sending);
unsigned udp_send_bursts(struct io *io, struct datagram *list, unsigned count);
unsigned udp_spread_bursts(struct io *io, const uint8_t *bytes, uint16_t length, const uint32_t *peers, unsigned count);

/* udp_packets.c */
unsigned udp_receive_packets(struct io *io, struct datagram *list, unsigned most, uint64_t now_ns);
unsigned udp_send_packets(struct io *io, struct datagram *list, unsigned count);
unsigned udp_spread_packets(struct io *io, const uint8_t *bytes, uint16_t length, const uint32_t *peers,
                            unsigned count);

/* udp.c */
/* Asks the kernel what it dropped, if it is time to. */
void udp_count_lost(struct udp_worker *worker, uint64_t now_ns);
/* Counts what was sent, takes the buffers back and puts those that were taken first. Answers how many. */
unsigned udp_sent(struct udp_worker *worker, struct datagram *list, unsigned count, const bool *taken);

#endif
