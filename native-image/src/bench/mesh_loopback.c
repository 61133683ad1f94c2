#include <stdlib.h>
#include <string.h>

#include "bench/mesh_kinds.h"
#include "io/udp.h"

/* Buffers of each endpoint: a burst, whose bytes stay until the next one. */
enum { SLOTS = 2 * MESH_BURST };

struct loopback {
    struct mesh mesh;
    unsigned endpoints;
    unsigned next; /* that is asked next, in turns */
    struct io **ios;
    struct peer *peers; /* all endpoints, in their order: one table does for all of them */
    uint64_t *slots;
    struct peers table;
    struct datagram held[MESH_BURST]; /* of the last burst */
    unsigned held_count;
    struct io *held_of;
};

static struct loopback *of(struct mesh *mesh) {
    return (struct loopback *)(void *)mesh; /* its first member */
}

static bool send_bytes(struct mesh *mesh, uint32_t from, const uint8_t *bytes, uint16_t length, const uint32_t *to,
                       unsigned count) {
    struct io *io = of(mesh)->ios[from];
    return io->operations->spread(io, bytes, length, to, count) > 0;
}

static void give_back(struct loopback *loopback) {
    if (loopback->held_count > 0)
        loopback->held_of->operations->drop(loopback->held_of, loopback->held, loopback->held_count);
    loopback->held_count = 0;
}

/* A burst of the next endpoint that has something. */
static unsigned receive_burst(struct mesh *mesh, struct mesh_datagram *list, uint64_t now_ns) {
    struct loopback *loopback = of(mesh);
    give_back(loopback);
    for (unsigned asked = 0; asked < loopback->endpoints && loopback->held_count == 0; asked++) {
        uint32_t to = loopback->next;
        struct io *io = loopback->held_of = loopback->ios[to];
        loopback->held_count = io->operations->receive(io, loopback->held, MESH_BURST, now_ns);
        loopback->next = to + 1 < loopback->endpoints ? to + 1 : 0;
        for (unsigned i = 0; i < loopback->held_count; i++) {
            const struct datagram *datagram = &loopback->held[i];
            list[i] = (struct mesh_datagram){datagram->bytes, datagram->length, datagram->peer, to};
        }
    }
    return loopback->held_count;
}

static void count_all(struct mesh *mesh, struct mesh_counters *counters) {
    struct loopback *loopback = of(mesh);
    *counters = (struct mesh_counters){0};
    for (unsigned i = 0; i < loopback->endpoints; i++) {
        const struct io_counters *one = loopback->ios[i]->counters;
        counters->sent += counter_read(&one->transmitted);
        counters->received += counter_read(&one->received);
        counters->refused += counter_read(&one->refused);
        counters->lost_below += counter_read(&one->lost_below);
    }
}

static void close_mesh(struct mesh *mesh) {
    struct loopback *loopback = of(mesh);
    give_back(loopback);
    for (unsigned i = 0; loopback->ios != NULL && i < loopback->endpoints; i++)
        if (loopback->ios[i] != NULL) udp_close(loopback->ios[i]);
    free(loopback->ios);
    free(loopback->peers);
    free(loopback->slots);
    free(loopback);
}

static bool open_sockets(struct loopback *loopback, struct failure *why) {
    struct udp_settings settings = {.mode = UDP_BURSTS,
                                    .workers = 1,
                                    .listen_count = 1,
                                    .peers = &loopback->table,
                                    .slots = SLOTS,
                                    .room = MESH_BYTES,
                                    .socket_buffer = UDP_SOCKET_BUFFER};
    for (unsigned i = 0; i < loopback->endpoints; i++) {
        settings.listen[0] = mesh_endpoint(i);
        if (!udp_open(&settings, &loopback->ios[i], why)) return false;
    }
    return true;
}

struct mesh *mesh_loopback_open(unsigned endpoints, struct failure *why) {
    struct loopback *loopback = calloc(1, sizeof *loopback);
    if (loopback == NULL) return failed(why, "no memory for %u endpoints", endpoints), NULL;
    loopback->mesh = (struct mesh){send_bytes, receive_burst, count_all, close_mesh};
    loopback->endpoints = endpoints;
    loopback->ios = calloc(endpoints, sizeof(struct io *));
    loopback->peers = calloc(endpoints, sizeof *loopback->peers);
    loopback->slots = calloc(peers_slots(endpoints), sizeof *loopback->slots);
    if (loopback->ios == NULL || loopback->peers == NULL || loopback->slots == NULL) {
        failed(why, "no memory for %u endpoints", endpoints);
        close_mesh(&loopback->mesh);
        return NULL;
    }
    for (unsigned i = 0; i < endpoints; i++) loopback->peers[i] = (struct peer){.endpoint = mesh_endpoint(i)};
    loopback->table = (struct peers){.list = loopback->peers, .count = endpoints};
    peers_index(&loopback->table, loopback->slots);
    if (open_sockets(loopback, why)) return &loopback->mesh;
    close_mesh(&loopback->mesh);
    return NULL;
}
