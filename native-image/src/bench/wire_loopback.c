#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/wire_kinds.h"

/* Room for a burst of every connection: what a receive ring of a card holds. */
enum { SOCKET_BYTES = 32 << 20 };

union control {
    char bytes[CMSG_SPACE(sizeof(struct in_pktinfo))];
    struct cmsghdr align;
};

struct loopback {
    struct wire wire;
    int socket;
    struct sockaddr_in node;
    in_addr_t *addresses; /* of connections, in network order */
    struct mmsghdr out[WIRE_BURST], in[WIRE_BURST];
    struct iovec out_bytes[WIRE_BURST], in_bytes[WIRE_BURST];
    union control out_control[WIRE_BURST], in_control[WIRE_BURST];
    uint8_t received[WIRE_BURST][WIRE_BYTES];
};

static struct loopback *of(struct wire *wire) {
    return (struct loopback *)(void *)wire; /* its first member */
}

static void say_source(struct loopback *loopback, unsigned i, in_addr_t address) {
    struct msghdr *message = &loopback->out[i].msg_hdr;
    message->msg_control = loopback->out_control[i].bytes;
    message->msg_controllen = sizeof loopback->out_control[i].bytes;
    struct cmsghdr *part = CMSG_FIRSTHDR(message);
    struct in_pktinfo info = {.ipi_spec_dst.s_addr = address};
    part->cmsg_level = IPPROTO_IP;
    part->cmsg_type = IP_PKTINFO;
    part->cmsg_len = CMSG_LEN(sizeof info);
    memcpy(CMSG_DATA(part), &info, sizeof info);
}

static unsigned send_burst(struct wire *wire, const struct wire_datagram *list, unsigned count) {
    struct loopback *loopback = of(wire);
    for (unsigned i = 0; i < count; i++) {
        loopback->out_bytes[i] = (struct iovec){(void *)(uintptr_t)list[i].bytes, list[i].length};
        say_source(loopback, i, loopback->addresses[list[i].connection]);
    }
    int sent = sendmmsg(loopback->socket, loopback->out, count, MSG_DONTWAIT);
    return sent < 0 ? 0 : (unsigned)sent;
}

/* 10.77.A.B, as wire.c has numbered them. */
static uint32_t connection_of(in_addr_t address) {
    uint32_t host = ntohl(address);
    return (host >> 8 & 0xff) * 250 + (host & 0xff) - 1;
}

static uint32_t destination(struct msghdr *message) {
    struct in_pktinfo info;
    for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part != NULL; part = CMSG_NXTHDR(message, part)) {
        if (part->cmsg_level != IPPROTO_IP || part->cmsg_type != IP_PKTINFO) continue;
        memcpy(&info, CMSG_DATA(part), sizeof info);
        return connection_of(info.ipi_addr.s_addr);
    }
    return UINT32_MAX;
}

static unsigned receive_burst(struct wire *wire, struct wire_datagram *list, unsigned most) {
    struct loopback *loopback = of(wire);
    for (unsigned i = 0; i < most; i++) loopback->in[i].msg_hdr.msg_controllen = sizeof loopback->in_control[i].bytes;
    int received = recvmmsg(loopback->socket, loopback->in, most, MSG_DONTWAIT, NULL);
    if (received <= 0) return 0;
    for (int i = 0; i < received; i++)
        list[i] = (struct wire_datagram){.bytes = loopback->received[i],
                                         .length = (uint16_t)loopback->in[i].msg_len,
                                         .connection = destination(&loopback->in[i].msg_hdr)};
    return (unsigned)received;
}

static void close_wire(struct wire *wire) {
    struct loopback *loopback = of(wire);
    close(loopback->socket);
    free(loopback->addresses);
    free(loopback);
}

static void point_at_buffers(struct loopback *loopback) {
    for (unsigned i = 0; i < WIRE_BURST; i++) {
        loopback->out[i].msg_hdr = (struct msghdr){.msg_name = &loopback->node,
                                                   .msg_namelen = sizeof loopback->node,
                                                   .msg_iov = &loopback->out_bytes[i],
                                                   .msg_iovlen = 1};
        loopback->in_bytes[i] = (struct iovec){loopback->received[i], WIRE_BYTES};
        loopback->in[i].msg_hdr = (struct msghdr){
            .msg_iov = &loopback->in_bytes[i], .msg_iovlen = 1, .msg_control = loopback->in_control[i].bytes};
    }
}

static bool open_socket(struct loopback *loopback, uint16_t port) {
    const int yes = 1, bytes = SOCKET_BYTES;
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_ANY)};
    loopback->socket = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (loopback->socket < 0) return false;
    /* Without the right to go above the system's limit, the limit is what there is. */
    if (setsockopt(loopback->socket, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) != 0)
        setsockopt(loopback->socket, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    if (setsockopt(loopback->socket, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes) != 0)
        setsockopt(loopback->socket, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    return setsockopt(loopback->socket, IPPROTO_IP, IP_PKTINFO, &yes, sizeof yes) == 0 &&
           setsockopt(loopback->socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
           bind(loopback->socket, (struct sockaddr *)&any, sizeof any) == 0;
}

struct wire *wire_loopback_open(const struct wire_settings *settings, struct failure *why) {
    struct loopback *loopback = calloc(1, sizeof *loopback);
    struct wire_peer peer;
    if (loopback == NULL || (loopback->addresses = calloc(settings->connections + 1, sizeof(in_addr_t))) == NULL) {
        free(loopback);
        return failed(why, "no memory for %u connections", settings->connections), NULL;
    }
    loopback->wire = (struct wire){send_burst, receive_burst, close_wire};
    for (unsigned i = 0; i < settings->connections; i++) {
        wire_peer(i, &peer);
        loopback->addresses[i] = inet_addr(peer.address);
    }
    wire_peer(0, &peer);
    if (!open_socket(loopback, peer.port)) {
        failed(why, "UDP port %u of this machine: %s; is another benchmark running?", peer.port, strerror(errno));
        close_wire(&loopback->wire);
        return NULL;
    }
    wire_node(&peer);
    loopback->node = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(peer.port)};
    loopback->node.sin_addr.s_addr = inet_addr(peer.address);
    point_at_buffers(loopback);
    return &loopback->wire;
}
