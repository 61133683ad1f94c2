#include "io/dpdk_bond.h"

#include <string.h>

#include <rte_ethdev.h>

#include "io/dpdk_parts.h"
#include "net/announcement.h"

static void make_announcement(const struct endpoint *address, const uint8_t mac[6], struct dpdk_announcement *made) {
    if (address->family != 0) made->length = (uint16_t)announcement_write(address, mac, made->bytes);
}

void dpdk_bond_make(struct dpdk_bond *bond, const struct dpdk_wire *wire) {
    bond->one_mac = memcmp(bond->macs[FAILOVER_PRIMARY], bond->macs[FAILOVER_SECONDARY], 6) == 0;
    for (unsigned port = 0; port < FAILOVER_PORTS; port++) {
        make_announcement(&wire->self4, bond->macs[port], &bond->announcements[port][0]);
        make_announcement(&wire->self6, bond->macs[port], &bond->announcements[port][1]);
    }
}

/* Once each: the control thread has it repeated. */
static void announce(struct dpdk_io *dpdk, const struct dpdk_announcement *announcement) {
    struct rte_mbuf *frame = announcement->length == 0 ? NULL : rte_pktmbuf_alloc(dpdk->pool);
    if (frame == NULL) return;
    memcpy(rte_pktmbuf_mtod(frame, uint8_t *), announcement->bytes, announcement->length);
    frame->data_len = announcement->length;
    frame->pkt_len = announcement->length;
    if (rte_eth_tx_burst(dpdk->port, dpdk->transmit_of[dpdk->port], &frame, 1) == 0) rte_pktmbuf_free(frame);
}

void dpdk_bond_follow(struct dpdk_io *dpdk, uint32_t order) {
    const struct dpdk_bond *bond = dpdk->wire->bond;
    enum failover_port active = failover_active(order);
    dpdk->order = order;
    dpdk->port = bond->ports[active];
    dpdk->source_mac = bond->one_mac ? NULL : bond->macs[active];
    if (!dpdk->first) return;
    neighbours_tell(dpdk->wire->neighbours, bond->macs[active]);
    for (unsigned family = 0; family < DPDK_BOND_FAMILIES; family++)
        announce(dpdk, &bond->announcements[active][family]);
}
