#include "port/failover.h"

static bool is_up(const struct failover *failover, enum failover_port port) {
    return counter_read(&failover->up[port]) != 0;
}

static enum failover_port other(enum failover_port port) {
    return port == FAILOVER_PRIMARY ? FAILOVER_SECONDARY : FAILOVER_PRIMARY;
}

static enum failover_port active(const struct failover *failover) {
    return failover_active(failover_order(failover));
}

/* Makes a port the active one, and the first worker say on the link where the node is. */
static void announce(struct failover *failover, enum failover_port port, uint64_t now_ns) {
    uint32_t count = (failover_order(failover) >> 1) + 1;
    atomic_store_explicit(&failover->order, count << 1 | (port == FAILOVER_SECONDARY), memory_order_relaxed);
    failover->announced_ns = now_ns;
    if (failover->announcements > 0) failover->announcements--;
}

static void start_announcing(struct failover *failover, enum failover_port port, uint64_t now_ns) {
    failover->announcements = FAILOVER_ANNOUNCEMENTS;
    announce(failover, port, now_ns);
}

void failover_start(struct failover *failover, uint32_t interval_ms, const bool up[FAILOVER_PORTS], uint64_t now_ns) {
    failover->stable_ns = (uint64_t)interval_ms * FAILOVER_STABLE_INTERVALS * 1000000u;
    for (unsigned port = 0; port < FAILOVER_PORTS; port++) {
        counter_set(&failover->up[port], up[port]);
        failover->since_ns[port] = now_ns;
    }
    bool secondary = !up[FAILOVER_PRIMARY] && up[FAILOVER_SECONDARY];
    start_announcing(failover, secondary ? FAILOVER_SECONDARY : FAILOVER_PRIMARY, now_ns);
}

static enum failover_port choose(const struct failover *failover, uint64_t now_ns) {
    enum failover_port now = active(failover);
    if (!is_up(failover, now)) return is_up(failover, other(now)) ? other(now) : now;
    bool stable =
        is_up(failover, FAILOVER_PRIMARY) && now_ns - failover->since_ns[FAILOVER_PRIMARY] >= failover->stable_ns;
    return stable ? FAILOVER_PRIMARY : now;
}

/* Answers which links changed. */
static unsigned take_links(struct failover *failover, const bool up[FAILOVER_PORTS], uint64_t now_ns) {
    unsigned events = 0;
    for (unsigned port = 0; port < FAILOVER_PORTS; port++) {
        if (is_up(failover, port) == up[port]) continue;
        counter_set(&failover->up[port], up[port]);
        failover->since_ns[port] = now_ns;
        events |= port == FAILOVER_PRIMARY ? FAILOVER_LINK_PRIMARY : FAILOVER_LINK_SECONDARY;
    }
    return events;
}

static void change(struct failover *failover, enum failover_port to, uint64_t now_ns) {
    counter_add(is_up(failover, other(to)) ? &failover->returns : &failover->failovers, 1);
    counter_set(&failover->changed_ns, now_ns);
    start_announcing(failover, to, now_ns);
}

unsigned failover_look(struct failover *failover, const bool up[FAILOVER_PORTS], uint64_t now_ns) {
    enum failover_port before = active(failover), to;
    unsigned events = take_links(failover, up, now_ns);
    unsigned own = before == FAILOVER_PRIMARY ? FAILOVER_LINK_PRIMARY : FAILOVER_LINK_SECONDARY;
    if ((to = choose(failover, now_ns)) != before) {
        change(failover, to, now_ns);
        return events | FAILOVER_CHANGED;
    }
    /* Its link is back: the switch may have forgotten the node. */
    if ((events & own) != 0 && is_up(failover, before))
        start_announcing(failover, before, now_ns);
    else if (failover->announcements > 0 && now_ns - failover->announced_ns >= FAILOVER_ANNOUNCE_NS)
        announce(failover, before, now_ns);
    return events;
}
