#include "main/node.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <rte_eal.h>

#include "main/eal.h"
#include "main/log.h"
#include "main/notify.h"
#include "main/plane.h"
#include "main/plane_dpdk.h"
#include "main/plane_wire.h"
#include "port/removal.h"
#include "main/wait.h"
#include "statistics/telemetry.h"

/* How often links and removals are looked at, and how often STATUS= is written: people read it, nobody reacts to it. */
enum { LOOK_MS = 1000, LOOKS_A_STATUS = 5, LINK_LOOK_MS = 200 };

struct node {
    const struct options *options;
    struct configuration *configuration;
    struct plane plane;
    struct removal removal;
    struct wait wait;
    struct telemetry telemetry;
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
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static time_t seconds(void) {
    return (time_t)(now_ns() / 1000000000u);
}

/* True where every link is up; else `*result` is what the program ends with. */
static bool wait_for_links(struct node *node, enum node_exit *result) {
    time_t start = seconds(), said = -1;
    const struct port *down;
    while ((down = plane_port_down(&node->plane)) != NULL) {
        time_t waited = seconds() - start;
        if (waited >= (time_t)node->options->link_seconds) {
            struct failure why;
            failed(&why, "port %u (%s, %s): no link after %u s; plug it in, or set its physical function up",
                   down->index, down->name, down->driver, node->options->link_seconds);
            return *result = give_up(&why), false;
        }
        if (waited != said) {
            notify("STATUS=waiting for the link of port %u (%s), %ld s of %u", down->index, down->name, (long)waited,
                   node->options->link_seconds);
            said = waited;
        }
        enum wait_result event = wait_for(&node->wait, node->removal.wake, LINK_LOOK_MS);
        if (event == WAIT_STOP) return *result = NODE_STOPPED, false;
        if (removal_taken(&node->removal) != NULL) return *result = port_taken(node), false;
    }
    return true;
}

static void say_status(struct node *node, const char *before) {
    const struct port *down = plane_port_down(&node->plane);
    struct node_totals totals = totals_of_node(&node->plane.workers);
    char link[128] = "";
    if (down != NULL) snprintf(link, sizeof link, "link of port %u (%s) is down, ", down->index, down->name);
    notify("%sSTATUS=%ssent %" PRIu64 ", received %" PRIu64 ", lost %" PRIu64, before, link, totals.sent,
           totals.received, totals.lost);
}

static void say_ports(const struct node *node) {
    for (unsigned i = 0; i < node->plane.port_count; i++) {
        const struct port *port = &node->plane.ports[i];
        const uint8_t *mac = port->mac;
        log_line(LOG_LINE_INFO, "port %u (%s, %s): link up, %02x:%02x:%02x:%02x:%02x:%02x, %u receiving queues",
                 port->index, port->name, port->driver, mac[0], mac[1], mac[2], mac[3], mac[4], mac[5], port->receive);
    }
    const struct config_toml *config = &node->configuration->config_toml;
    unsigned idle = config->performance.network_threads - node->plane.workers.count;
    if (idle > 0)
        log_line(LOG_LINE_WARNING,
                 "%u of %u network threads have no queue to poll (enable-rss = false) and are not "
                 "started",
                 idle, config->performance.network_threads);
    if (config->debug.enable_profiling)
        log_line(LOG_LINE_WARNING, "enable_profiling = true: profiling is not built yet, nothing is written");
    log_line(LOG_LINE_NOTICE, "%zu peers, %u network threads, ready", config->network.peer_count,
             node->plane.workers.count);
}

static void say_link_changes(struct node *node) {
    for (unsigned i = 0; i < node->plane.port_count; i++) {
        struct port *port = &node->plane.ports[i];
        bool was = port->up;
        if (port_link(port) != was)
            log_line(port->up ? LOG_LINE_NOTICE : LOG_LINE_WARNING, "port %u (%s): link %s", port->index, port->name,
                     port->up ? "up" : "down");
    }
}

static void pass_exceptions(struct node *node, struct pollfd file) {
    if (exception_handle(&node->plane.exception, file, now_ns())) return;
    log_line(LOG_LINE_WARNING, "exception_path %s: the interface was taken away; the kernel gets nothing any more",
             node->configuration->config_toml.network.exception_path);
}

/* The control thread's loop, while the workers work. */
static enum node_exit watch(struct node *node) {
    uint64_t look_ns = now_ns();
    for (unsigned looks = 1;;) {
        struct pollfd file = exception_file(&node->plane.exception);
        int ms = exception_ms(&node->plane.exception, now_ns(), LOOK_MS);
        enum wait_result event = wait_for_files(&node->wait, node->removal.wake, &file, 1, ms);
        if (event == WAIT_STOP) return NODE_STOPPED;
        if (removal_taken(&node->removal) != NULL) return port_taken(node);
        pass_exceptions(node, file);
        if (now_ns() - look_ns < LOOK_MS * 1000000ull) continue;
        look_ns = now_ns();
        say_link_changes(node);
        plane_wire_look(&node->plane);
        if (looks++ % LOOKS_A_STATUS == 0) say_status(node, "");
    }
}

static enum node_exit work(struct node *node) {
    struct failure why;
    enum node_exit result;
    if (!plane_open(&node->plane, node->configuration, &plane_dpdk, &why)) return give_up(&why);
    if (!removal_watch(&node->removal, node->plane.ports, node->plane.port_count, say, &why)) return give_up(&why);
    if (!wait_for_links(node, &result)) return result;
    if (!plane_run(&node->plane, &why)) return give_up(&why);
    node->telemetry = (struct telemetry){.workers = &node->plane.workers,
                                         .exception = &node->plane.exception,
                                         .network_id = node->configuration->config_toml.network.network_id};
    clock_gettime(CLOCK_MONOTONIC, &node->telemetry.started);
    if (!telemetry_register(&node->telemetry)) {
        failed(&why, "telemetry takes no commands; is it switched off?");
        return give_up(&why);
    }
    say_ports(node);
    say_status(node, "READY=1\n");
    return watch(node);
}

static enum node_exit end(struct node *node, enum node_exit result) {
    if (result == NODE_STOPPED) notify("STOPPING=1\nSTATUS=stopping");
    telemetry_close();
    struct node_totals totals = totals_of_node(&node->plane.workers);
    if (!plane_stop(&node->plane)) {
        /* Its port cannot be closed under it; the kernel takes back what the process holds. */
        log_line(LOG_LINE_ERROR, "pantheon-node: a network thread does not stop; ending without closing the ports");
        _Exit(result == NODE_PORT_TAKEN ? NODE_PORT_TAKEN : NODE_FAILED);
    }
    removal_unwatch(&node->removal);
    unsigned missing = plane_close(&node->plane);
    if (missing > 0) log_line(LOG_LINE_WARNING, "%u buffers did not come back from the ports", missing);
    log_line(LOG_LINE_NOTICE, "stopped: sent %" PRIu64 ", received %" PRIu64 ", lost %" PRIu64, totals.sent,
             totals.received, totals.lost);
    rte_eal_cleanup();
    return result;
}

enum node_exit node_run(struct configuration *configuration, const struct options *options) {
    static struct node node; /* ports and their callbacks outlive every function */
    struct failure why;
    node.options = options;
    node.configuration = configuration;
    node.removal.wake = -1;
    if (!wait_open(&node.wait)) {
        failed(&why, "signals cannot be read");
        return give_up(&why);
    }
    notify("STATUS=starting EAL");
    if (!eal_start(configuration, &why)) return give_up(&why);
    return end(&node, work(&node));
}
