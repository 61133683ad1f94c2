#ifndef PANTHEON_BENCH_WIRE_KINDS_H
#define PANTHEON_BENCH_WIRE_KINDS_H

#include "bench/wire.h"
#include "net/packet.h"

/* What the two kinds of wire have to have; for wire.c, and frames.c, which writes frames to a memif itself. */
struct wire {
    unsigned (*send)(struct wire *wire, const struct wire_datagram *list, unsigned count);
    unsigned (*receive)(struct wire *wire, struct wire_datagram *list, unsigned most);
    void (*close)(struct wire *wire);
};

struct wire *wire_memif_open(const struct wire_settings *settings, struct failure *why);
struct wire *wire_loopback_open(const struct wire_settings *settings, struct failure *why);

/* Of a memif: DPDK's number of its port; what stands in front of what connection 0 sends. */
uint16_t wire_memif_port(const struct wire *wire);
const struct packet_template *wire_memif_template(const struct wire *wire);

#endif
