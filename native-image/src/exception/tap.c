#include "exception/tap.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static struct ifreq request_of(const char *name) {
    struct ifreq request = {0};
    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
    return request;
}

static bool explain(const char *name, int error, struct failure *why) {
    switch (error) {
    case EPERM:
        return failed(why,
                      "exception_path %s: may not be made, and is no interface of this user; ip tuntap add dev %s mode "
                      "tap user %u, or give the process CAP_NET_ADMIN",
                      name, name, geteuid());
    case EBUSY: return failed(why, "exception_path %s: another process has it open; take another name", name);
    case EINVAL:
        return failed(
            why, "exception_path %s: is an interface that is no TAP, or one of many queues; take another name", name);
    default: return failed(why, "exception_path %s: cannot be made: %s", name, strerror(error));
    }
}

/* No offloads: the kernel then writes every checksum before a frame is read here. */
static bool attach(int file, const char *name, struct failure *why) {
    struct ifreq request = request_of(name);
    request.ifr_flags = IFF_TAP | IFF_NO_PI;
    if (ioctl(file, TUNSETIFF, &request) != 0) return explain(name, errno, why);
    if (ioctl(file, TUNSETOFFLOAD, 0ul) != 0)
        return failed(why, "exception_path %s: its offloads cannot be switched off: %s", name, strerror(errno));
    return true;
}

/* Through the file, not the interface: needs no privilege (tun.c, __tun_chr_ioctl). */
bool exception_tap_address(int file, const char *name, const uint8_t mac[6], struct failure *why) {
    struct ifreq request = request_of(name);
    request.ifr_hwaddr.sa_family = ARPHRD_ETHER;
    memcpy(request.ifr_hwaddr.sa_data, mac, 6);
    if (ioctl(file, SIOCSIFHWADDR, &request) == 0) return true;
    return failed(why, "exception_path %s: does not take the port's MAC address: %s", name, strerror(errno));
}

static bool set_mtu(int socket, const char *name, unsigned mtu, struct failure *why) {
    struct ifreq request = request_of(name);
    if (ioctl(socket, SIOCGIFMTU, &request) == 0 && request.ifr_mtu == (int)mtu) return true;
    bool too_large = request.ifr_mtu > (int)mtu;
    request.ifr_mtu = (int)mtu;
    if (ioctl(socket, SIOCSIFMTU, &request) == 0 || !too_large) return true;
    return failed(why, "exception_path %s: its MTU is larger than the port's: %s; ip link set %s mtu %u", name,
                  strerror(errno), name, mtu);
}

static bool set_up(int socket, const char *name, struct failure *why) {
    struct ifreq request = request_of(name);
    if (ioctl(socket, SIOCGIFFLAGS, &request) == 0 && (request.ifr_flags & IFF_UP) != 0) return true;
    request.ifr_flags |= IFF_UP;
    if (ioctl(socket, SIOCSIFFLAGS, &request) == 0) return true;
    return failed(why, "exception_path %s: is down: %s; ip link set %s up", name, strerror(errno), name);
}

/* A socket of any family takes the ioctls of interfaces (netdevice(7)). */
static bool prepare(const char *name, unsigned mtu, struct failure *why) {
    int unix_socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (unix_socket < 0) return failed(why, "exception_path %s: no socket: %s", name, strerror(errno));
    bool done = set_mtu(unix_socket, name, mtu, why) && set_up(unix_socket, name, why);
    close(unix_socket);
    return done;
}

int exception_tap_open(const char *name, const uint8_t mac[6], unsigned mtu, struct failure *why) {
    int file = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (file < 0) {
        failed(why, "exception_path %s: /dev/net/tun: %s; load the module tun, and let this user open it", name,
               strerror(errno));
        return -1;
    }
    if (attach(file, name, why) && exception_tap_address(file, name, mac, why) && prepare(name, mtu, why)) return file;
    close(file);
    return -1;
}
