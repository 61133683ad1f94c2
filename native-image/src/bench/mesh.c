#include "bench/mesh.h"

#include <stddef.h>

#include "bench/mesh_kinds.h"

/* 250 endpoints a /24, so that none is 0 or 255; a node's port. */
enum { IN_ONE_NET = 250, PORT = 30900 };

struct endpoint mesh_endpoint(uint32_t endpoint) {
    const uint8_t address[4] = {10, 77, (uint8_t)(endpoint / IN_ONE_NET), (uint8_t)(endpoint % IN_ONE_NET + 1)};
    return endpoint_ipv4(address, PORT);
}

uint32_t mesh_endpoint_of(const struct endpoint *endpoint) {
    return endpoint->address[2] * IN_ONE_NET + endpoint->address[3] - 1u;
}

const char *mesh_name(enum wire_kind kind) {
    return kind == WIRE_MEMIF ? "memif (two ports of one process, frames copied into shared memory and out of it)"
                              : "loopback (UDP over lo, a socket for each validator)";
}

struct mesh *mesh_open(enum wire_kind kind, unsigned endpoints, struct failure *why) {
    return kind == WIRE_MEMIF ? mesh_memif_open(endpoints, why) : mesh_loopback_open(endpoints, why);
}

void mesh_close(struct mesh *mesh) {
    if (mesh != NULL) mesh->close(mesh);
}

bool mesh_send(struct mesh *mesh, uint32_t from, const uint8_t *bytes, uint16_t length, const uint32_t *to,
               unsigned count) {
    return mesh->send(mesh, from, bytes, length, to, count);
}

unsigned mesh_receive(struct mesh *mesh, struct mesh_datagram list[MESH_BURST], uint64_t now_ns) {
    return mesh->receive(mesh, list, now_ns);
}

void mesh_count(struct mesh *mesh, struct mesh_counters *counters) {
    mesh->count(mesh, counters);
}
