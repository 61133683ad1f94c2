#ifndef PANTHEON_BENCH_SIMULATED_H
#define PANTHEON_BENCH_SIMULATED_H

#include "bench/system.h"

/*
 * A system under test in virtual time, for the tests of the kit: a sender with a pacer, one queue of limited room, one
 * server that needs the same time for each packet. Its true rate without loss is 1 / service_ns, so what the kit finds
 * can be compared with the truth. A second of it takes no second.
 */
struct simulated {
    struct bench_system system; /* the seam; first */
    uint64_t service_ns;        /* of a packet */
    uint64_t wire_ns;           /* from the server to the receiver */
    unsigned room;              /* packets that may wait */
    uint64_t send_ns;           /* of a packet, by the sender: it offers no more than 1 / send_ns */
    unsigned burst;             /* of its pacer */
    uint64_t stall_at_ns;       /* the sender stands still once, from then on */
    uint64_t stall_ns;          /* for so long; 0: not at all */
    double noise;               /* chance that a trial loses one packet, whatever its rate */
    uint64_t random;            /* state, not 0 */
    const char *proc;           /* a folder with a `stat`, written anew with each trial; NULL: none */
    unsigned stolen_trials;     /* so many of the first ones lose ticks of CPU 1 … */
    uint64_t steal;             /* … so many each; in real time a trial takes some milliseconds */
    uint64_t stolen;            /* so far */
    unsigned trials;            /* run so far */
};

/* 100,000 packets a second, 50 us on the wire, room for 1,000, nothing disturbed. */
struct simulated simulated_make(void);

/* Writes `proc`'s stat, as the kernel does. */
void simulated_write_stat(const struct simulated *simulated);

#endif
