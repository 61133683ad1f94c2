#ifndef PANTHEON_PORT_REMOVAL_H
#define PANTHEON_PORT_REMOVAL_H

#include <stdatomic.h>
#include <stdbool.h>

#include "port/port.h"

/*
 * Notices that a port is taken away while it runs, and only notices: EAL's interrupt thread writes down which one and
 * wakes the control thread, which stops the workers and closes the port. Three ways lead here:
 *   - VFIO asks for the device back (its driver is being unbound): EAL's PCI bus answers the request with a device
 *     event. The kernel waits until the device is let go.
 *   - the kernel says that the device is gone (uevent), where this process may listen to it;
 *   - the PMD says so (RTE_ETH_EVENT_INTR_RMV).
 */
struct removal {
    int wake;         /* an eventfd that becomes readable */
    atomic_int taken; /* the port's index, -1 while none */
    const struct port *ports;
    unsigned count;
    bool listening; /* to the kernel's events */
};

/* False where not even the first way is open. `say` is called with one line about each of the others that is not. */
bool removal_watch(struct removal *removal, const struct port *ports, unsigned count, void (*say)(const char *line),
                   struct failure *why);

/* The port that was taken away, NULL while none was. */
const struct port *removal_taken(const struct removal *removal);

void removal_unwatch(struct removal *removal);

#endif
