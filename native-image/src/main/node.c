#include "main/node.h"

#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>

#include "main/bonding.h"
#include "main/eal.h"
#include "main/exception_path.h"
#include "main/log.h"
#include "main/notify.h"
#include "main/pages.h"
#include "main/peer_to_peer.h"
#include "main/peers_change.h"
#include "main/plane.h"
#include "main/plane_dpdk.h"
#include "main/plane_udp.h"
#include "main/plane_wire.h"
#include "main/port_renewal.h"
#include "main/privileges.h"
#include "main/profiling.h"
#include "main/reload.h"
#include "main/seccomp.h"
#include "main/tell.h"
#include "main/wait.h"
#include "port/removal.h"
#include "port/reset.h"
#include "port/xdp.h"
#include "statistics/telemetry.h"
#include "worker/clock.h"

/* How often links and removals are looked at, and how often STATUS= is written: people read it, nobody reacts to it. */
enum { LOOK_MS = 1000, LOOKS_A_STATUS = 5, LINK_LOOK_MS = 200 };

struct node {
    const struct options *options;
    const struct placement *placement;
    struct configuration *configuration; /* of the start */
    const struct configuration *runs_by;
    struct plane plane;
    struct removal removal;
    struct reset reset;
    struct wait wait;
    struct telemetry telemetry;
    bool uses_dpdk; /* EAL runs */
    struct pages pages;
    struct profiling profiling;
    struct scrape scrape;
    struct configuration taken; /* that it runs by since it was read again; else the one of the start */
    struct counter reloads, refused_reloads;
    struct configuration fresh; /* that was read again */
};

static void say(const char *line) {
    log_line(LOG_LINE_WARNING, "%s", line);
}

static enum node_exit give_up(const struct failure *why) {
    log_line(LOG_LINE_ERROR, "pantheon-node: %s", why->text);
    notify("STATUS=%s", why->text);
    return NODE_FAILED;
}

static enum node_exit port_taken(const struct node *node) {
    const struct port *port = removal_taken(&node->removal);
    log_line(LOG_LINE_ERROR, "pantheon-node: port %u (%s) was taken away; give it back and start again", port->index,
             port->name);
    notify("STATUS=port %u (%s) was taken away", port->index, port->name);
    return NODE_PORT_TAKEN;
}

static uint64_t now_ns(void) {
    return clock_kernel_ns(CLOCK_MONOTONIC);
}

/* True where every link is up; else `*result` is what the program ends with. */
static bool wait_for_links(struct node *node, enum node_exit *result) {
    uint64_t start = now_ns(), said = UINT64_MAX;
    const struct port *down;
    struct failure why;
    while ((down = plane_port_down(&node->plane)) != NULL) {
        uint64_t waited = (now_ns() - start) / 1000000000u;
        if (waited >= node->options->link_seconds) {
            failed(&why, "port %u (%s, %s): no link after %u s; plug it in, or set its physical function up",
                   down->index, down->name, down->driver, node->options->link_seconds);
            return *result = give_up(&why), false;
        }
        if (waited != said) {
            notify("STATUS=waiting for the link of port %u (%s), %" PRIu64 " s of %u", down->index, down->name, waited,
                   node->options->link_seconds);
            said = waited;
        }
        enum wait_result event = wait_for(&node->wait, node->removal.wake, LINK_LOOK_MS);
        if (event == WAIT_STOP) return *result = NODE_STOPPED, false;
        if (removal_taken(&node->removal) != NULL) return *result = port_taken(node), false;
        if (!port_renewal_look(&node->plane, &node->reset, now_ns(), &why)) return *result = give_up(&why), false;
    }
    return true;
}

static void say_reload(bool refused, const char *line) {
    log_of(LOG_CONFIG, refused ? LOG_LINE_WARNING : LOG_LINE_NOTICE, "%s", line);
}

/*
 * The levels of --log-level come from the command line and eal-args, limits and poll_mode go to the workers; peers are
 * exchanged first, since that alone may fail. All keys that need a restart are those of the start still, to which the
 * plane goes on holding.
 */
static bool take_over(struct node *node, struct failure *why) {
    struct levels levels;
    if (!plane_can_take_over(&node->plane))
        return failed(why, "workers have not all taken over the last one; send SIGHUP again");
    if (peers_differ(&node->plane, &node->fresh) && !peers_change(&node->plane, &node->fresh, why)) return false;
    plane_take_over(&node->plane, &node->fresh);
    profiling_take_over(&node->profiling, &node->fresh.config_toml, now_ns());
    levels_make(&levels, &node->fresh.dpdk_conf.global.eal, &node->options->levels);
    log_set_levels(&levels);
    configuration_release(&node->taken);
    node->taken = node->fresh;
    node->fresh = (struct configuration){0};
    node->runs_by = &node->taken;
    return true;
}

/* RELOADING=1 and the READY=1 that follows are what `systemctl reload` waits for (Type=notify-reload). */
static void reload(struct node *node) {
    struct reload changes;
    struct failure why;
    notify("RELOADING=1\nMONOTONIC_USEC=%" PRIu64, now_ns() / 1000);
    enum reload_result result = reload_read(node->options->config, node->options->dpdk_config, node->placement,
                                            node->runs_by, &node->fresh, &changes, say_reload);
    if (result == RELOAD_TAKEN && take_over(node, &why)) {
        reload_say_taken(&changes, say_reload);
        counter_add(&node->reloads, 1);
    } else if (result == RELOAD_TAKEN) {
        reload_say_failed(&why, say_reload);
        result = RELOAD_REFUSED;
    }
    if (result == RELOAD_REFUSED) counter_add(&node->refused_reloads, 1);
    node->pages.metrics.reloads = counter_read(&node->reloads);
    node->pages.metrics.refused_reloads = counter_read(&node->refused_reloads);
    configuration_release(&node->fresh);
    tell_status(&node->plane, "READY=1\n");
}

/* Until the next look at links, or until what is looked at more often. */
static int ms_to_wait(const struct node *node) {
    int ms = exception_ms(&node->plane.exception, now_ns(), bonding_ms(&node->plane, LOOK_MS));
    return scrape_ms(&node->scrape, now_ns(), ms);
}

/* The control thread's loop, while the workers work. */
static enum node_exit watch(struct node *node) {
    struct pollfd files[SCRAPE_FILES + 3], *bond = &files[SCRAPE_FILES], *exception = &files[SCRAPE_FILES + 1];
    struct failure why;
    files[SCRAPE_FILES + 2] = (struct pollfd){.fd = node->reset.wake, .events = POLLIN};
    uint64_t look_ns = now_ns();
    for (unsigned looks = 1;;) {
        scrape_files(&node->scrape, files);
        *bond = bonding_file(&node->plane);
        *exception = exception_file(&node->plane.exception);
        enum wait_result event =
            wait_for_files(&node->wait, node->removal.wake, files, SCRAPE_FILES + 3, ms_to_wait(node));
        if (event == WAIT_STOP) return NODE_STOPPED;
        if (removal_taken(&node->removal) != NULL) return port_taken(node);
        if (!port_renewal_look(&node->plane, &node->reset, now_ns(), &why)) return give_up(&why);
        bonding_look(&node->plane, now_ns());
        exception_path_look(&node->plane, *exception, now_ns());
        if (event == WAIT_RELOAD) reload(node);
        scrape_handle(&node->scrape, files, now_ns());
        profiling_look(&node->profiling, now_ns());
        if (now_ns() - look_ns < LOOK_MS * 1000000ull) continue;
        look_ns = now_ns();
        tell_link_changes(&node->plane);
        peer_to_peer_say(&node->plane);
        plane_wire_look(&node->plane);
        if (looks++ % LOOKS_A_STATUS == 0) tell_status(&node->plane, "");
    }
}

static bool has_xdp(const struct plane *plane) {
    for (unsigned i = 0; i < plane->port_count; i++)
        if (strcmp(plane->ports[i].driver, XDP_DRIVER) == 0) return true;
    return false;
}

/* Metrics are there, and what an intruder could want is not. */
static bool close_up(struct node *node, struct failure *why) {
    const char *listen = node->configuration->config_toml.metrics.listen;
    const char *files = node->uses_dpdk ? rte_eal_get_runtime_dir() : NULL;
    pages_open(&node->pages, &node->plane, node->configuration->config_toml.network.network_id);
    bool others = false;
    if (!privileges_drop(node->options->user, files, why) ||
        (listen != NULL && !scrape_open(&node->scrape, listen, &node->pages.scrape, why)) ||
        !seccomp_install(node->options->seccomp, has_xdp(&node->plane), &others, why))
        return false;
    if (others)
        log_line(LOG_LINE_NOTICE, "the service manager's filter of system calls stays, since it lets no other one in");
    return true;
}

/* Which backend config.toml asks for. */
static const struct backend *backend_of(const struct node *node) {
    if (node->configuration->config_toml.network.dpdk_enabled) return &plane_dpdk;
    return node->options->per_packet ? &plane_udp_packets : &plane_udp;
}

static enum node_exit work(struct node *node) {
    struct failure why;
    enum node_exit result;
    if (node->uses_dpdk && !reset_watch(&node->reset, &why)) return give_up(&why);
    /* A pod has its interfaces for itself, and a container before this one may have left a program there. */
    if (node->uses_dpdk && node->options->in_pod && !xdp_take_away_programs(&why)) return give_up(&why);
    if (!plane_open(&node->plane, node->configuration, backend_of(node), &why)) return give_up(&why);
    if (node->uses_dpdk && !removal_watch(&node->removal, node->plane.ports, node->plane.port_count, say, &why))
        return give_up(&why);
    if (!wait_for_links(node, &result)) return result;
    if (!plane_run(&node->plane, &why)) return give_up(&why);
    node->telemetry =
        (struct telemetry){.workers = &node->plane.workers,
                           .exception = &node->plane.exception,
                           .bond = node->plane.bonded ? &node->plane.bond : NULL,
                           .pools = {node->plane.pool_threads, node->plane.pool_thread_count},
                           .consensus = node->plane.consensus,
                           .handshake = node->plane.peer_thread == NULL ? NULL : node->plane.peer_thread->handshake,
                           .network_id = node->configuration->config_toml.network.network_id,
                           .reloads = &node->reloads,
                           .refused_reloads = &node->refused_reloads,
                           .port_resets = &node->plane.port_resets,
                           .ticks_per_second = node->plane.ticks_per_second,
                           .started_ns = now_ns()};
    if (node->uses_dpdk && !telemetry_register(&node->telemetry)) {
        failed(&why, "telemetry takes no commands; is it switched off?");
        return give_up(&why);
    }
    profiling_open(&node->profiling, &node->plane, &node->configuration->config_toml, now_ns());
    if (!close_up(node, &why)) return give_up(&why);
    tell_ports(&node->plane);
    tell_status(&node->plane, "READY=1\n");
    return watch(node);
}

static enum node_exit end(struct node *node, enum node_exit result) {
    if (result == NODE_STOPPED) notify("STOPPING=1\nSTATUS=stopping");
    if (node->uses_dpdk) telemetry_close();
    scrape_close(&node->scrape);
    struct node_totals totals = totals_of_node(&node->plane.workers);
    if (!plane_stop(&node->plane)) {
        /* Its port cannot be closed under it; the kernel takes back what the process holds. */
        log_line(LOG_LINE_ERROR, "pantheon-node: a network thread does not stop; ending without closing the ports");
        _Exit(result == NODE_PORT_TAKEN ? NODE_PORT_TAKEN : NODE_FAILED);
    }
    profiling_close(&node->profiling);
    if (node->uses_dpdk) removal_unwatch(&node->removal);
    if (node->uses_dpdk) reset_unwatch(&node->reset);
    unsigned missing = plane_close(&node->plane);
    /* What stands in net_af_xdp's fill queue the driver keeps (rte_eth_af_xdp.c, eth_dev_close). */
    if (missing > 0 && !has_xdp(&node->plane))
        log_line(LOG_LINE_WARNING, "%u buffers did not come back from the ports", missing);
    log_line(LOG_LINE_NOTICE, "stopped: sent %" PRIu64 ", received %" PRIu64 ", lost %" PRIu64, totals.sent,
             totals.received, totals.lost);
    if (node->uses_dpdk) rte_eal_cleanup();
    return result;
}

enum node_exit node_run(struct configuration *configuration, const struct options *options,
                        const struct placement *placement) {
    static struct node node; /* ports and their callbacks outlive every function */
    struct failure why;
    node.options = options;
    node.placement = placement;
    node.configuration = configuration;
    node.runs_by = configuration;
    node.removal.wake = node.reset.wake = -1;
    if (!wait_open(&node.wait)) {
        failed(&why, "signals cannot be read");
        return give_up(&why);
    }
    node.uses_dpdk = configuration->config_toml.network.dpdk_enabled;
    atomic_store(&node.removal.taken, -1);
    if (!privileges_limit(&why)) return give_up(&why);
    notify("STATUS=starting");
    if (node.uses_dpdk && !eal_start(configuration, &why)) return give_up(&why);
    return end(&node, work(&node));
}
