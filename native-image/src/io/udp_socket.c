#include "io/udp_socket.h"

#include <errno.h>
#include <linux/sock_diag.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/socket_address.h"

static bool set(int fd, int level, int option, int value) {
    return setsockopt(fd, level, option, &value, sizeof value) == 0;
}

static uint32_t get(int fd, int level, int option) {
    int value = 0;
    socklen_t length = sizeof value;
    return getsockopt(fd, level, option, &value, &length) == 0 && value > 0 ? (uint32_t)value : 0;
}

static bool bind_to(int fd, const struct endpoint *listen) {
    union socket_address address;
    socket_address_write(&address, listen);
    return bind(fd, &address.any, socket_address_length(listen->family)) == 0;
}

/* A socket of the family, without anything that cannot do without it. -1 where there is none. */
static int make(uint8_t family) {
    int fd = socket(family == 4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0 && family == 6) set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1); /* IPv4 has a socket of its own */
    return fd;
}

static bool refused(const struct endpoint *listen, const char *what, struct failure *why) {
    char text[SOCKET_ADDRESS_TEXT];
    int error = errno;
    const char *remedy = "";
    if (error == EADDRINUSE) remedy = "; stop who has it, or choose another listen address";
    if (error == EADDRNOTAVAIL)
        remedy = "; give the address to a device of this host, or choose another listen address";
    if (error == EACCES) remedy = "; choose a port of 1024 or above";
    return failed(why, "%s: %s: %s%s", socket_address_format(listen, text), what, strerror(error), remedy);
}

/* The forced variant passes net.core.rmem_max and wmem_max; it needs CAP_NET_ADMIN. */
static void size_buffers(int fd, uint32_t bytes) {
    int value = bytes > INT32_MAX / 2 ? INT32_MAX / 2 : (int)bytes;
    if (!set(fd, SOL_SOCKET, SO_RCVBUFFORCE, value)) set(fd, SOL_SOCKET, SO_RCVBUF, value);
    if (!set(fd, SOL_SOCKET, SO_SNDBUFFORCE, value)) set(fd, SOL_SOCKET, SO_SNDBUF, value);
}

/* All of these make it faster and none is needed: what the kernel does not grant is left. */
static void tune(struct udp_socket *at, uint8_t family, const struct udp_settings *settings) {
    if (family == 4)
        set(at->fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE);
    else
        set(at->fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE);
    size_buffers(at->fd, settings->socket_buffer);
    if (settings->busy_poll_us > 0) set(at->fd, SOL_SOCKET, SO_BUSY_POLL, (int)settings->busy_poll_us);
    int none;
    socklen_t length = sizeof none;
    at->facts = (struct udp_facts){
        .gro = settings->mode == UDP_BURSTS && set(at->fd, IPPROTO_UDP, UDP_GRO, 1),
        .gso = settings->mode == UDP_BURSTS && getsockopt(at->fd, IPPROTO_UDP, UDP_SEGMENT, &none, &length) == 0,
        .receive_buffer = get(at->fd, SOL_SOCKET, SO_RCVBUF),
        .send_buffer = get(at->fd, SOL_SOCKET, SO_SNDBUF),
        .busy_poll_us = get(at->fd, SOL_SOCKET, SO_BUSY_POLL),
    };
}

bool udp_socket_open(struct udp_socket *at, const struct endpoint *listen, const struct udp_settings *settings,
                     struct failure *why) {
    at->fd = make(listen->family);
    if (at->fd < 0) return refused(listen, "no socket", why);
    tune(at, listen->family, settings);
    union socket_address bound;
    socklen_t length = sizeof bound;
    if (set(at->fd, SOL_SOCKET, SO_REUSEPORT, 1) && bind_to(at->fd, listen) &&
        getsockname(at->fd, &bound.any, &length) == 0) {
        at->facts.bound = socket_address_read(&bound);
        return true;
    }
    refused(listen, "cannot listen there", why);
    close(at->fd);
    at->fd = -1;
    return false;
}

bool udp_socket_is_free(const struct endpoint *listen, struct failure *why) {
    int fd = make(listen->family);
    if (fd < 0) return refused(listen, "no socket", why);
    bool is_free = bind_to(fd, listen);
    if (!is_free) refused(listen, "cannot listen there", why);
    close(fd);
    return is_free;
}

/*
 * SO_MEMINFO and not SO_RXQ_OVFL, which tells the same number: that one comes with the next datagram, so never where
 * none comes any more, costs something with each, and recvfrom has no place for it.
 */
uint32_t udp_socket_lost(struct udp_socket *at) {
    uint32_t memory[SK_MEMINFO_VARS];
    socklen_t length = sizeof memory;
    if (getsockopt(at->fd, SOL_SOCKET, SO_MEMINFO, memory, &length) != 0) return 0;
    uint32_t before = at->lost;
    at->lost = memory[SK_MEMINFO_DROPS];
    return at->lost - before;
}
