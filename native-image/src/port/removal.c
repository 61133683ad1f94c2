#include "port/removal.h"

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <rte_dev.h>
#include <rte_errno.h>
#include <rte_ethdev.h>

#include "config/patterns.h"

static void take(struct removal *removal, unsigned index) {
    int none = -1;
    uint64_t one = 1;
    if (!atomic_compare_exchange_strong(&removal->taken, &none, (int)index)) return;
    if (write(removal->wake, &one, sizeof one) != sizeof one) return; /* the control thread looks every second anyway */
}

static void on_device_event(const char *device, enum rte_dev_event_type event, void *argument) {
    struct removal *removal = argument;
    if (event != RTE_DEV_EVENT_REMOVE || device == NULL) return;
    for (unsigned i = 0; i < removal->count; i++)
        if (strcmp(removal->ports[i].name, device) == 0) take(removal, i);
}

static int on_port_event(uint16_t id, enum rte_eth_event_type event, void *argument, void *result) {
    struct removal *removal = argument;
    (void)event;
    (void)result;
    for (unsigned i = 0; i < removal->count; i++)
        if (removal->ports[i].id == id) take(removal, i);
    return 0;
}

/* What the kernel tells about PCI devices; a process without privileges may be refused, and then goes on without. */
static void listen_to_kernel(struct removal *removal, void (*say)(const char *line)) {
    bool pci = false;
    for (unsigned i = 0; i < removal->count; i++) pci = pci || pattern_pci(removal->ports[i].name);
    removal->listening = rte_dev_event_monitor_start() == 0;
    if (!removal->listening)
        say("the kernel's device events cannot be listened to; a port that is unplugged shows as a lost link, one that "
            "is unbound from vfio-pci is still noticed");
    /* Survives a touch of a device that is gone. Only PCI has such memory. */
    if (pci && rte_dev_hotplug_handle_enable() != 0)
        say("the handling of unplugged devices cannot be switched on; a port that is unplugged may end the program");
}

bool removal_watch(struct removal *removal, const struct port *ports, unsigned count, void (*say)(const char *line),
                   struct failure *why) {
    *removal = (struct removal){.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), .ports = ports, .count = count};
    atomic_store(&removal->taken, -1);
    if (removal->wake < 0) return failed(why, "eventfd: %s", strerror(errno));
    if (rte_dev_event_callback_register(NULL, on_device_event, removal) != 0)
        return failed(why, "EAL takes no callback for device events: %s", rte_strerror(rte_errno));
    if (rte_eth_dev_callback_register(RTE_ETH_ALL, RTE_ETH_EVENT_INTR_RMV, on_port_event, removal) != 0)
        say("EAL takes no callback for ports that are taken away; device events are left");
    listen_to_kernel(removal, say);
    return true;
}

const struct port *removal_taken(const struct removal *removal) {
    int index = atomic_load(&removal->taken);
    return index < 0 ? NULL : &removal->ports[index];
}

void removal_unwatch(struct removal *removal) {
    rte_dev_event_callback_unregister(NULL, on_device_event, removal);
    rte_eth_dev_callback_unregister(RTE_ETH_ALL, RTE_ETH_EVENT_INTR_RMV, on_port_event, removal);
    if (removal->listening) rte_dev_event_monitor_stop();
    if (removal->wake >= 0) close(removal->wake);
    removal->wake = -1;
}
