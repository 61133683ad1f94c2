#ifndef PANTHEON_BENCH_MESH_KINDS_H
#define PANTHEON_BENCH_MESH_KINDS_H

#include "bench/mesh.h"
#include "net/endpoint.h"

/* What the two kinds of mesh have to have; for mesh.c and themselves alone. */
struct mesh {
    bool (*send)(struct mesh *mesh, uint32_t from, const uint8_t *bytes, uint16_t length, const uint32_t *to,
                 unsigned count);
    unsigned (*receive)(struct mesh *mesh, struct mesh_datagram *list, uint64_t now_ns);
    void (*count)(struct mesh *mesh, struct mesh_counters *counters);
    void (*close)(struct mesh *mesh);
};

struct mesh *mesh_memif_open(unsigned endpoints, struct failure *why);
struct mesh *mesh_loopback_open(unsigned endpoints, struct failure *why);

/* Addresses ascend with the endpoints: 10.77.0.1, 10.77.0.2, …, one port for all. */
struct endpoint mesh_endpoint(uint32_t endpoint);
/* The endpoint that has such an address, or a number that none has. */
uint32_t mesh_endpoint_of(const struct endpoint *endpoint);

#endif
