#include "main/exception_path.h"

#include <string.h>

#include <rte_ether.h>

#include "exception/tap.h"
#include "main/log.h"

static const char *name_of(const struct plane *plane) {
    return plane->configuration->config_toml.network.exception_path;
}

/* One byte more than a frame has, see exception.h. */
static bool make_rings(struct plane *plane, unsigned longest) {
    for (unsigned i = 0; i < plane->worker_count; i++) {
        plane->to_kernel[i] = frame_ring_make(EXCEPTION_RING, (uint16_t)(longest + 1));
        if (plane->to_kernel[i] == NULL) return false;
    }
    plane->exception.from_kernel = frame_ring_make(EXCEPTION_RING, (uint16_t)(longest + 1));
    return plane->exception.from_kernel != NULL;
}

bool exception_path_open(struct plane *plane, struct failure *why) {
    struct exception *exception = &plane->exception;
    const char *name = name_of(plane);
    unsigned longest = port_longest_frame(&plane->configuration->dpdk_conf);
    if (name == NULL) return true;
    if (!make_rings(plane, longest)) return failed(why, "exception_path %s: no memory for its rings", name);
    plane->kernel_port = plane_main_port(plane);
    exception->file =
        exception_tap_open(name, plane->kernel_port->mac, longest - RTE_ETHER_HDR_LEN - RTE_ETHER_CRC_LEN, why);
    exception->open = exception->file >= 0;
    exception->workers = plane->worker_count;
    exception->to_kernel = plane->to_kernel;
    return exception->open;
}

static void follow_bond(struct plane *plane) {
    const struct port *active = bond_active(&plane->bond), *before = plane->kernel_port;
    struct failure why;
    plane->kernel_port = active;
    if (active == before || memcmp(active->mac, before->mac, sizeof active->mac) == 0) return;
    if (!exception_tap_address(plane->exception.file, name_of(plane), active->mac, &why))
        log_line(LOG_LINE_WARNING, "%s; what is sent to the kernel may not reach it", why.text);
}

void exception_path_look(struct plane *plane, struct pollfd file, uint64_t now_ns) {
    if (!plane->exception.open) return;
    if (plane->bonded) follow_bond(plane);
    if (exception_handle(&plane->exception, file, now_ns)) return;
    log_line(LOG_LINE_WARNING, "exception_path %s: the interface was taken away; the kernel gets nothing any more",
             name_of(plane));
}

void exception_path_close(struct plane *plane) {
    exception_close(&plane->exception);
    for (unsigned i = 0; i < plane->worker_count; i++) frame_ring_release(plane->to_kernel[i]);
    frame_ring_release(plane->exception.from_kernel);
    plane->exception.from_kernel = NULL;
    memset(plane->to_kernel, 0, sizeof plane->to_kernel);
}
