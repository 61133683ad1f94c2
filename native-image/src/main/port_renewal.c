#include "main/port_renewal.h"

#include <inttypes.h>

#include "main/log.h"
#include "worker/clock.h"
#include "worker/idle.h"

/* As peers_change.c: a round of the loop takes microseconds, a pause 50 ms at most. */
enum { HALT_MS = 1000 };

static bool renew(struct plane *plane, struct port *port, struct failure *why) {
    if (!port_renew(port, &plane->configuration->dpdk_conf, &plane->pools, why)) return false;
    if (plane->bonded) bond_renewed(&plane->bond, port);
    return true;
}

static bool renew_halted(struct plane *plane, struct port *port, struct failure *why) {
    halt_announce(&plane->halt);
    idle_pause(IDLE_LONGEST_NS + IDLE_FIRST_NS); /* after that nobody is in a pause */
    bool halted = halt_begin(&plane->halt, plane->workers.count, HALT_MS);
    bool renewed = halted && renew(plane, port, why);
    halt_end(&plane->halt);
    return renewed || (!halted && failed(why, "a network thread does not come to a halt"));
}

static bool renew_one(struct plane *plane, struct port *port, struct failure *why) {
    log_line(LOG_LINE_WARNING,
             "port %u (%s): its card was reset, with its physical function or by itself; it is made anew", port->index,
             port->name);
    uint64_t before = clock_kernel_ns(CLOCK_MONOTONIC);
    if (!(plane->running ? renew_halted : renew)(plane, port, why)) return false;
    port->renewed_ns = clock_kernel_ns(CLOCK_MONOTONIC);
    counter_add(&plane->port_resets, 1);
    log_line(LOG_LINE_NOTICE, "port %u (%s): made anew, in %" PRIu64 " us", port->index, port->name,
             (port->renewed_ns - before) / 1000);
    return true;
}

bool port_renewal_look(struct plane *plane, struct reset *reset, uint64_t now_ns, struct failure *why) {
    for (unsigned i = 0; i < plane->port_count; i++) {
        struct port *port = &plane->ports[i];
        bool returned = port_take_return(port);
        if (!reset_take(reset, port->id) && !returned) continue;
        if (port->renewed_ns != 0 && now_ns < port->renewed_ns + RENEWAL_NS)
            reset_put_back(reset, port->id);
        else if (!renew_one(plane, port, why))
            return false;
    }
    return true;
}
