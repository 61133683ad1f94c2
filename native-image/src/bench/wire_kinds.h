#ifndef PANTHEON_BENCH_WIRE_KINDS_H
#define PANTHEON_BENCH_WIRE_KINDS_H

#include "bench/wire.h"

/* What the two kinds of wire have to have; for wire.c alone. */
struct wire {
    unsigned (*send)(struct wire *wire, const struct wire_datagram *list, unsigned count);
    unsigned (*receive)(struct wire *wire, struct wire_datagram *list, unsigned most);
    void (*close)(struct wire *wire);
};

struct wire *wire_memif_open(const struct wire_settings *settings, struct failure *why);
struct wire *wire_loopback_open(const struct wire_settings *settings, struct failure *why);

#endif
