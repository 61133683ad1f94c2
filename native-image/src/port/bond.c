#include "port/bond.h"

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <rte_errno.h>
#include <rte_ethdev.h>

bool bond_of(const struct dpdk_conf *conf, unsigned index[FAILOVER_PORTS]) {
    if (!conf->has_bonding || !conf->bonding.enabled) return false;
    for (unsigned i = 0; i < conf->ports.count; i++) {
        if (strcmp(conf->ports.list[i].pci, conf->bonding.primary_port) == 0) index[FAILOVER_PRIMARY] = i;
        if (strcmp(conf->ports.list[i].pci, conf->bonding.secondary_port) == 0) index[FAILOVER_SECONDARY] = i;
    }
    return true;
}

/* EAL's interrupt thread. */
static int on_link_event(uint16_t id, enum rte_eth_event_type event, void *argument, void *result) {
    const struct bond *bond = argument;
    uint64_t one = 1;
    (void)id;
    (void)event;
    (void)result;
    if (write(bond->wake, &one, sizeof one) != sizeof one) return 0; /* it is looked at within an interval anyway */
    return 0;
}

static void share_mac(const struct port *primary, struct port *secondary) {
    struct rte_ether_addr mac;
    memcpy(mac.addr_bytes, primary->mac, sizeof mac.addr_bytes);
    if (rte_eth_dev_default_mac_addr_set(secondary->id, &mac) == 0)
        memcpy(secondary->mac, primary->mac, sizeof secondary->mac);
}

static void ask_links(struct bond *bond, bool up[FAILOVER_PORTS]) {
    for (unsigned i = 0; i < FAILOVER_PORTS; i++) up[i] = port_link(bond->ports[i]);
}

bool bond_open(struct bond *bond, const struct dpdk_conf *conf, struct port *primary, struct port *secondary,
               struct failure *why) {
    *bond = (struct bond){.ports = {primary, secondary}, .interval_ms = conf->bonding.link_monitor_interval};
    share_mac(primary, secondary);
    int wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (wake < 0) {
        bond->ports[0] = NULL;
        return failed(why, "eventfd: %s", strerror(errno));
    }
    bond->wake = wake;
    for (unsigned i = 0; i < FAILOVER_PORTS; i++)
        rte_eth_dev_callback_register(bond->ports[i]->id, RTE_ETH_EVENT_INTR_LSC, on_link_event, bond);
    return true;
}

void bond_start(struct bond *bond, uint64_t now_ns) {
    bool up[FAILOVER_PORTS];
    ask_links(bond, up);
    failover_start(&bond->failover, bond->interval_ms, up, now_ns);
}

unsigned bond_look(struct bond *bond, uint64_t now_ns) {
    bool up[FAILOVER_PORTS];
    uint64_t events;
    /* Emptied before the question: what happens behind it wakes again. */
    if (read(bond->wake, &events, sizeof events) < 0) events = 0;
    ask_links(bond, up);
    return failover_look(&bond->failover, up, now_ns);
}

void bond_renewed(const struct bond *bond, const struct port *port) {
    struct port *secondary = bond->ports[FAILOVER_SECONDARY];
    if (port == secondary) share_mac(bond->ports[FAILOVER_PRIMARY], secondary);
}

void bond_close(struct bond *bond) {
    if (bond->ports[0] == NULL) return;
    for (unsigned i = 0; i < FAILOVER_PORTS; i++)
        rte_eth_dev_callback_unregister(bond->ports[i]->id, RTE_ETH_EVENT_INTR_LSC, on_link_event, bond);
    close(bond->wake);
    bond->ports[0] = NULL;
}
