#ifndef PANTHEON_BENCH_SUBJECT_H
#define PANTHEON_BENCH_SUBJECT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "bench/wire.h"
#include "config/failure.h"

/*
 * What is measured: a pantheon-node of its own process, started by the benchmark with two configuration files that it
 * writes for it, on one end of a wire (bench/wire.h). It is the same program, protocol and configuration on both wires;
 * only dpdk_enabled differs.
 *
 * It lives in a folder of its own under the system's folder for temporary files, which subject_stop removes, and dies
 * with the benchmark (PR_SET_PDEATHSIG).
 */
struct subject_settings {
    const char *program; /* pantheon-node, or where `testpmd` dpdk-testpmd (subject_testpmd.h) */
    bool testpmd;
    enum wire_kind kind;
    bool per_packet; /* loopback only: one system call a datagram, no GRO, no GSO */
    unsigned connections;
    unsigned cpu;     /* of its one worker, which does the transaction pool's work too */
    unsigned our_cpu; /* of the benchmark; testpmd's main thread sleeps there */
    bool adaptive;    /* poll_mode; else busy-wait */
    uint32_t limit;   /* transactions a second of one peer; 0: more than any can send */
    uint16_t longest; /* bytes of a datagram */
};

struct subject {
    pid_t pid;        /* 0: none */
    const char *name; /* of the program, for people */
    bool testpmd;
    int ready; /* socket that it tells READY=1 to */
    char folder[64];
    char memif[96]; /* the socket of its port, which the wire's other end needs */
};

/* Started, and for memif its port as well, which has no link before the wire is open. */
bool subject_start(struct subject *subject, const struct subject_settings *settings, struct failure *why);

/* It has said READY=1, which testpmd does not: it is ready when it is started. False with its last lines where it
 * ended, or did not within 20 s. */
bool subject_wait(struct subject *subject, struct failure *why);

/* False, with its last line, where it has ended. */
bool subject_lives(struct subject *subject, struct failure *why);

/* The number behind the first `words` that it has written so far. False where it has not. */
bool subject_wrote(const struct subject *subject, const char *words, double *number);

/* Ends it, with 10 s for a good end. Safe where it was not started. */
void subject_stop(struct subject *subject);

#endif
