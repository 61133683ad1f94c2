#include "port/xdp.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <rte_ethdev.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* rtnetlink(7): no program (-1) in place of the one that is there; without one too. */
struct no_program {
    struct nlmsghdr head;
    struct ifinfomsg interface;
    struct rtattr xdp;
    struct rtattr fd;
    int32_t value;
};

/* 0 or a code of errno: what the kernel says to it. */
static int answer_to(int file, const struct no_program *request) {
    struct {
        struct nlmsghdr head;
        struct nlmsgerr error;
    } answer;
    if (send(file, request, sizeof *request, 0) < 0) return errno;
    ssize_t length = recv(file, &answer, sizeof answer, 0);
    if (length < 0) return errno;
    return length == sizeof answer && answer.head.nlmsg_type == NLMSG_ERROR ? -answer.error.error : EPROTO;
}

/* 0 or a code of errno. */
static int take_away(unsigned interface) {
    const struct no_program request = {
        .head = {.nlmsg_len = sizeof request, .nlmsg_type = RTM_SETLINK, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK},
        .interface = {.ifi_family = AF_UNSPEC, .ifi_index = (int)interface},
        .xdp = {.rta_len = sizeof request.xdp + sizeof request.fd + sizeof request.value,
                .rta_type = IFLA_XDP | NLA_F_NESTED},
        .fd = {.rta_len = sizeof request.fd + sizeof request.value, .rta_type = IFLA_XDP_FD},
        .value = -1,
    };
    int file = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (file < 0) return errno;
    int code = answer_to(file, &request);
    close(file);
    return code;
}

bool xdp_take_away_programs(struct failure *why) {
    for (uint16_t id = 0; id < RTE_MAX_ETHPORTS; id++) {
        struct rte_eth_dev_info info;
        char name[IF_NAMESIZE] = "?";
        if (!rte_eth_dev_is_valid_port(id) || rte_eth_dev_info_get(id, &info) != 0 || info.driver_name == NULL)
            continue;
        if (strcmp(info.driver_name, XDP_DRIVER) != 0) continue;
        int code = take_away(info.if_index);
        if (code != 0)
            return failed(why, "interface %s: its XDP program cannot be taken away: %s; give the container NET_ADMIN",
                          if_indextoname(info.if_index, name) == NULL ? "?" : name, strerror(code));
    }
    return true;
}
