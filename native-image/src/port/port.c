#include "port/port.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_ethdev.h>

#include "config/mistakes.h"
#include "config/patterns.h"
#include "port/carrier.h"
#include "port/memif.h"
#include "port/rss.h"

/* `port 0 (0000:01:10.0, net_e1000_igb_vf): …` */
__attribute__((format(printf, 3, 4))) static bool port_fail(struct failure *why, const struct port *port,
                                                            const char *format, ...) {
    char phrase[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(phrase, sizeof phrase, format, arguments);
    va_end(arguments);
    return failed(why, "port %u (%s%s%s): %s", port->index, port->name, port->driver[0] != '\0' ? ", " : "",
                  port->driver, phrase);
}

bool port_find(struct port *port, const struct dpdk_conf *conf, unsigned index, struct failure *why) {
    *port = (struct port){.index = index, .name = conf->ports.list[index].pci};
    if (rte_eth_dev_get_port_by_name(port->name, &port->id) == 0) {
        struct rte_eth_dev_info info;
        port->found = true;
        if (rte_eth_dev_info_get(port->id, &info) == 0 && info.driver_name != NULL)
            snprintf(port->driver, sizeof port->driver, "%s", info.driver_name);
        return true;
    }
    if (pattern_pci(port->name))
        return port_fail(why, port,
                         "EAL did not take it; bind it to vfio-pci, let this user open /dev/vfio, and read "
                         "EAL's lines above");
    return port_fail(why, port, "no such virtual device; write it as --vdev in eal-args");
}

static bool sends_segments(const struct rte_eth_dev_info *info) {
    struct memif memif;
    if ((info->tx_offload_capa & RTE_ETH_TX_OFFLOAD_MULTI_SEGS) == 0) return false;
    return !memif_read(info, &memif) || memif.sends_segments;
}

/*
 * Segments, where they are wanted. Checksums where the card computes them; what it does not say of a frame is computed
 * in software. Never RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE, which wants one pool and one user of each buffer (io/dpdk.h,
 * sharing).
 */
static void ask_offloads(struct port *port, const struct dpdk_conf *conf, const struct rte_eth_dev_info *info,
                         struct rte_eth_conf *ask) {
    port->segments = port->segments && sends_segments(info);
    if (port->segments) ask->txmode.offloads |= RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
    const uint64_t checksums = RTE_ETH_RX_OFFLOAD_IPV4_CKSUM | RTE_ETH_RX_OFFLOAD_UDP_CKSUM;
    if (!conf->advanced.enable_hw_checksum) return;
    ask->rxmode.offloads |= checksums & info->rx_offload_capa;
    port->sums_udp = (info->tx_offload_capa & RTE_ETH_TX_OFFLOAD_UDP_CKSUM) != 0;
    if (port->sums_udp) ask->txmode.offloads |= RTE_ETH_TX_OFFLOAD_UDP_CKSUM;
}

uint32_t port_longest_frame(const struct dpdk_conf *conf) {
    uint32_t asked = conf->advanced.max_rx_pkt_len;
    return asked > RTE_ETHER_MAX_LEN ? asked : RTE_ETHER_MAX_LEN;
}

/* A buffer holds a frame without its checksum. There is no MTU to ask for. */
static bool check_buffer(const struct port *port, const struct dpdk_conf *conf, const struct memif *memif,
                         struct failure *why) {
    uint32_t longest = port_longest_frame(conf);
    if (memif->buffer >= longest - RTE_ETHER_CRC_LEN) return true;
    return port_fail(
        why, port,
        "max-rx-pkt-len %u: its buffers have %u bytes, and longer frames would be cut; write bsize=%u behind "
        "it in eal-args, at both ends",
        longest, memif->buffer, mistakes_data_room(longest));
}

static bool ask_mtu(const struct port *port, const struct dpdk_conf *conf, const struct rte_eth_dev_info *info,
                    struct rte_eth_conf *ask, struct failure *why) {
    struct memif memif;
    if (memif_read(info, &memif)) return check_buffer(port, conf, &memif, why);
    if (!conf->advanced.enable_jumbo_frames || conf->advanced.max_rx_pkt_len <= RTE_ETHER_MAX_LEN) return true;
    uint32_t mtu = conf->advanced.max_rx_pkt_len - RTE_ETHER_HDR_LEN - RTE_ETHER_CRC_LEN;
    if (info->max_mtu != 0 && mtu > info->max_mtu)
        return port_fail(why, port,
                         "max-rx-pkt-len %u is an MTU of %u and the card takes %u at most; write a smaller "
                         "one, or enable-jumbo-frames = false",
                         conf->advanced.max_rx_pkt_len, mtu, info->max_mtu);
    ask->rxmode.mtu = mtu;
    return true;
}

static bool check_limits(const struct port *port, const struct dpdk_port *asked, const struct rte_eth_dev_info *info,
                         struct failure *why) {
    if (port->receive > info->max_rx_queues || asked->queues > info->max_tx_queues)
        return port_fail(why, port, "port-%u-queues %u: the card has %u receive and %u transmit queues; write fewer",
                         port->index, asked->queues, info->max_rx_queues, info->max_tx_queues);
    uint16_t rx = (uint16_t)asked->rx_desc, tx = (uint16_t)asked->tx_desc;
    int error = rte_eth_dev_adjust_nb_rx_tx_desc(port->id, &rx, &tx);
    if (error == 0 && rx == asked->rx_desc && tx == asked->tx_desc) return true;
    return port_fail(why, port, "%u receive and %u transmit descriptors: the card would take %u and %u; write those",
                     asked->rx_desc, asked->tx_desc, rx, tx);
}

static bool set_up_queues(struct port *port, const struct dpdk_port *asked, struct failure *why) {
    unsigned node = (unsigned)rte_eth_dev_socket_id(port->id);
    for (uint16_t queue = 0; queue < port->receive; queue++) {
        int error = rte_eth_rx_queue_setup(port->id, queue, (uint16_t)asked->rx_desc, node, NULL, port->pool);
        if (error != 0)
            return port_fail(why, port, "receive queue %u of %u descriptors: %s; try fewer", queue, asked->rx_desc,
                             rte_strerror(-error));
    }
    for (uint16_t queue = 0; queue < asked->queues; queue++) {
        int error = rte_eth_tx_queue_setup(port->id, queue, (uint16_t)asked->tx_desc, node, NULL);
        if (error != 0)
            return port_fail(why, port, "transmit queue %u of %u descriptors: %s; try fewer", queue, asked->tx_desc,
                             rte_strerror(-error));
    }
    return true;
}

bool port_configure(struct port *port, const struct dpdk_conf *conf, struct mempools *pools, struct failure *why) {
    const struct dpdk_port *asked = &conf->ports.list[port->index];
    struct rte_eth_dev_info info;
    struct rte_eth_conf ask = {0};
    struct failure reason;
    uint8_t key[RSS_MAX_KEY];
    int error = rte_eth_dev_info_get(port->id, &info);
    if (error != 0) return port_fail(why, port, "says nothing about itself: %s", rte_strerror(-error));
    /* Without RSS frames come to queue 0 alone (a virtual function of igb cannot spread): the others only send. */
    port->receive = conf->advanced.enable_rss ? (uint16_t)asked->queues : 1;
    if (conf->advanced.enable_rss && asked->queues > 1 && !rss_ask(conf, &info, &ask, key, &reason))
        return port_fail(why, port, "%s", reason.text);
    ask_offloads(port, conf, &info, &ask);
    ask.intr_conf.lsc =
        port->wants_link_events && info.dev_flags != NULL && (*info.dev_flags & RTE_ETH_DEV_INTR_LSC) != 0;
    port->interface = info.if_index;
    ask.intr_conf.rmv = info.dev_flags != NULL && (*info.dev_flags & RTE_ETH_DEV_INTR_RMV) != 0;
    if (!ask_mtu(port, conf, &info, &ask, why) || !check_limits(port, asked, &info, why)) return false;
    error = rte_eth_dev_configure(port->id, port->receive, (uint16_t)asked->queues, &ask);
    if (error != 0)
        return port_fail(why, port, "refuses %u receive and %u transmit queues%s: %s", port->receive, asked->queues,
                         ask.rxmode.mtu > 0 ? " with jumbo frames" : "", rte_strerror(-error));
    port->pool = mempools_on(pools, conf, rte_eth_dev_socket_id(port->id), why);
    return port->pool != NULL && set_up_queues(port, asked, why);
}

bool port_start(struct port *port, struct failure *why) {
    int error = rte_eth_dev_start(port->id);
    if (error != 0)
        return port_fail(why, port, "does not start: %s; is its physical function up, and read EAL's lines above",
                         rte_strerror(-error));
    port->started = true;
    port->had_link = port->returned = false;
    struct rte_ether_addr mac;
    error = rte_eth_macaddr_get(port->id, &mac);
    if (error != 0) return port_fail(why, port, "has no MAC address: %s", rte_strerror(-error));
    memcpy(port->mac, mac.addr_bytes, sizeof port->mac);
    return true;
}

/* Stopped, and configured where its PMD can reset its card; one that cannot (igbvf) does so whenever it starts it. */
static bool stop_for_renewal(struct port *port, const struct dpdk_conf *conf, struct mempools *pools,
                             struct failure *why) {
    int error = rte_eth_dev_reset(port->id);
    bool configured = error == -ENOTSUP;
    if (configured) error = rte_eth_dev_stop(port->id);
    if (error != 0) return port_fail(why, port, "does not come out of its reset: %s", rte_strerror(-error));
    port->started = false;
    return configured || port_configure(port, conf, pools, why);
}

bool port_renew(struct port *port, const struct dpdk_conf *conf, struct mempools *pools, struct failure *why) {
    if (!stop_for_renewal(port, conf, pools, why) || !port_start(port, why)) return false;
    /* The card's own counters are 0 again: igbvf would take that for 2^32 frames more. */
    rte_eth_stats_reset(port->id);
    return true;
}

bool port_link(struct port *port) {
    struct rte_eth_link link = {0};
    bool was = port->up;
    port->up = rte_eth_link_get_nowait(port->id, &link) == 0 && link.link_status == RTE_ETH_LINK_UP;
    if (port->up && port->interface != 0) port->up = carrier_of(port->interface) != CARRIER_DOWN;
    port->returned = port->returned || (port->up && !was && port->had_link);
    port->had_link = port->had_link || port->up;
    return port->up;
}

bool port_take_return(struct port *port) {
    bool returned = port->returned && strcmp(port->driver, "net_e1000_igb_vf") == 0;
    port->returned = false;
    return returned;
}

void port_close(struct port *port) {
    if (port->started) rte_eth_dev_stop(port->id);
    if (port->found) rte_eth_dev_close(port->id);
    port->started = port->found = port->up = false;
}
