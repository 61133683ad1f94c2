#include "port/carrier.h"

#include <stdbool.h>

#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum carrier carrier_of(unsigned interface) {
    /* Any socket does for these requests; the seccomp filter (main/seccomp.h) lets one of this family be made. */
    int file = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (file < 0) return CARRIER_UNKNOWN;
    struct ifreq request = {.ifr_ifindex = (int)interface};
    bool known = ioctl(file, SIOCGIFNAME, &request) == 0 && ioctl(file, SIOCGIFFLAGS, &request) == 0;
    close(file);
    if (!known) return CARRIER_UNKNOWN;
    const int needs = IFF_UP | IFF_RUNNING;
    return (request.ifr_flags & needs) == needs ? CARRIER_UP : CARRIER_DOWN;
}
