#include "main/bonding.h"

#include <inttypes.h>
#include <stdio.h>

#include "main/log.h"
#include "worker/clock.h"

bool bonding_open(struct plane *plane, struct failure *why) {
    unsigned index[FAILOVER_PORTS];
    if (!bond_of(&plane->configuration->dpdk_conf, index)) return true;
    struct port *primary = &plane->ports[index[FAILOVER_PRIMARY]],
                *secondary = &plane->ports[index[FAILOVER_SECONDARY]];
    plane->bonded = bond_open(&plane->bond, &plane->configuration->dpdk_conf, primary, secondary, why);
    return plane->bonded;
}

void bonding_start(struct plane *plane) {
    if (plane->bonded) bond_start(&plane->bond, clock_kernel_ns(CLOCK_MONOTONIC));
}

struct pollfd bonding_file(const struct plane *plane) {
    return (struct pollfd){.fd = plane->bonded ? plane->bond.wake : -1, .events = POLLIN};
}

int bonding_ms(const struct plane *plane, int most) {
    return plane->bonded && (int)plane->bond.interval_ms < most ? (int)plane->bond.interval_ms : most;
}

static void say_link(const struct plane *plane, enum failover_port which) {
    const struct port *port = plane->bond.ports[which];
    bool up = counter_read(&plane->bond.failover.up[which]) != 0;
    log_line(up ? LOG_LINE_NOTICE : LOG_LINE_WARNING, "port %u (%s): link %s", port->index, port->name,
             up ? "up" : "down");
}

static bool has_link(const struct failover *failover) {
    return counter_read(&failover->up[FAILOVER_PRIMARY]) != 0 || counter_read(&failover->up[FAILOVER_SECONDARY]) != 0;
}

static void say_change(const struct plane *plane) {
    const struct failover *failover = &plane->bond.failover;
    const struct port *port = bond_active(&plane->bond);
    bool back = counter_read(&failover->up[FAILOVER_SECONDARY]) != 0 && port == plane->bond.ports[FAILOVER_PRIMARY];
    log_line(back ? LOG_LINE_NOTICE : LOG_LINE_WARNING,
             "bonding: sends over port %u (%s) from now on%s; %" PRIu64 " failovers, %" PRIu64 " returns", port->index,
             port->name, back ? ", the primary, whose link is stable again" : "", counter_read(&failover->failovers),
             counter_read(&failover->returns));
}

void bonding_look(struct plane *plane, uint64_t now_ns) {
    if (!plane->bonded) return;
    unsigned events = bond_look(&plane->bond, now_ns);
    if ((events & FAILOVER_LINK_PRIMARY) != 0) say_link(plane, FAILOVER_PRIMARY);
    if ((events & FAILOVER_LINK_SECONDARY) != 0) say_link(plane, FAILOVER_SECONDARY);
    if ((events & FAILOVER_CHANGED) != 0) say_change(plane);
    if ((events & ~FAILOVER_CHANGED) != 0 && !has_link(&plane->bond.failover))
        log_line(LOG_LINE_WARNING, "bonding: neither port has a link; whichever comes first is taken");
}

void bonding_say(const struct plane *plane) {
    if (!plane->bonded) return;
    const struct port *primary = plane->bond.ports[FAILOVER_PRIMARY],
                      *secondary = plane->bond.ports[FAILOVER_SECONDARY];
    log_line(LOG_LINE_INFO, "bonding: port %u (%s) with port %u (%s) as its backup, looked at every %u ms%s",
             primary->index, primary->name, secondary->index, secondary->name, plane->bond.interval_ms,
             memcmp(primary->mac, secondary->mac, sizeof primary->mac) == 0
                 ? ""
                 : "; the backup's MAC address cannot be set, so it keeps its own");
}

void bonding_status(const struct plane *plane, char *text, size_t room) {
    text[0] = '\0';
    if (!plane->bonded) return;
    const struct port *active = bond_active(&plane->bond);
    int length = snprintf(text, room, "sends over port %u (%s), ", active->index, active->name);
    for (unsigned i = 0; i < FAILOVER_PORTS && length >= 0 && (size_t)length < room; i++) {
        const struct port *port = plane->bond.ports[i];
        if (counter_read(&plane->bond.failover.up[i]) != 0) continue;
        length +=
            snprintf(text + length, room - (size_t)length, "link of port %u (%s) is down, ", port->index, port->name);
    }
}
