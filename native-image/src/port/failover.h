#ifndef PANTHEON_PORT_FAILOVER_H
#define PANTHEON_PORT_FAILOVER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "statistics/counter.h"

/*
 * Active-backup over two ports: frames are received on both and sent over one, the primary while it has a link. This is
 * the decision alone, pure: it is told who has a link and what time it is. port/bond.h asks the cards, io/dpdk_bond.h
 * is what workers do with it.
 *
 * Why not DPDK's net_bonding, whose mode 1 this is (read at 22.11.11):
 *   - it goes back to the primary the moment that has a link again, so one that flaps takes the node with it;
 *   - a port whose PMD does not know its link (AF_PACKET, AF_XDP: link_update does nothing) never fails over;
 *   - it announces nothing: switches and peers learn where the node went from the next frame that happens to be sent;
 *   - its list of usable ports is changed by the interrupt thread under the workers that read it, without atomics;
 *   - an image has the PMDs of its fleet's cards and no others, and 23.11 renames its options, so the two bases would
 * differ. What it has and this has not: the other four modes, and ports that come and go while it runs.
 *
 * Who may call what: failover_start and failover_look the control thread; everything else any thread.
 */
enum failover_port { FAILOVER_PRIMARY, FAILOVER_SECONDARY, FAILOVER_PORTS };

/*
 * For so many intervals the primary must have had its link without a break before frames go over it again, a second at
 * the seed's 100 ms. Waiting costs nothing, the secondary carries everything; going back too early costs an outage. A
 * switch port that runs spanning tree carries nothing for its first 30 s (IEEE 802.1D): give ports of hosts no spanning
 * tree, or take a longer interval.
 */
#define FAILOVER_STABLE_INTERVALS 10u

/* MAX_NEIGHBOR_ADVERTISEMENT and RETRANS_TIMER of RFC 4861, 10: one that gets lost is made up for by the next. */
#define FAILOVER_ANNOUNCEMENTS 3u
#define FAILOVER_ANNOUNCE_NS 1000000000ull

struct failover {
    /* What workers read once a round: the active port in bit 0; the bits above count announcements. */
    _Alignas(64) _Atomic uint32_t order;

    /* Written by the control thread, read by any. */
    _Alignas(64) struct counter up[FAILOVER_PORTS]; /* 1: has a link */
    struct counter failovers;                       /* the active port lost its link and the other one took over */
    struct counter returns;                         /* to the primary, which was stable again */
    struct counter changed_ns;                      /* when the active port changed last, 0: never */

    /* The control thread's own. */
    uint64_t stable_ns;
    uint64_t since_ns[FAILOVER_PORTS]; /* when its link came or went last */
    unsigned announcements;            /* still to be made */
    uint64_t announced_ns;
};

/* What a look found; several at once. */
enum failover_event {
    FAILOVER_LINK_PRIMARY = 1, /* its link came or went */
    FAILOVER_LINK_SECONDARY = 2,
    FAILOVER_CHANGED = 4, /* the other port is the active one from now on */
};

/* All zero before. The primary is active unless it has no link and the secondary has. Announces. */
void failover_start(struct failover *failover, uint32_t interval_ms, const bool up[FAILOVER_PORTS], uint64_t now_ns);

/*
 * At least once an interval, and whenever a card says that its link changed. Without a link on either port nothing
 * changes: whichever comes first is the active one at once. Answers enum failover_event, or-ed.
 */
unsigned failover_look(struct failover *failover, const bool up[FAILOVER_PORTS], uint64_t now_ns);

/* The order as a whole: workers compare it with the last one that they followed. */
static inline uint32_t failover_order(const struct failover *failover) {
    return atomic_load_explicit(&failover->order, memory_order_relaxed);
}

static inline enum failover_port failover_active(uint32_t order) {
    return (order & 1) != 0 ? FAILOVER_SECONDARY : FAILOVER_PRIMARY;
}

#endif
