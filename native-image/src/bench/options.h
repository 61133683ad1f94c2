#ifndef PANTHEON_BENCH_OPTIONS_H
#define PANTHEON_BENCH_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "bench/command.h"
#include "config/failure.h"

/* The command line: `pantheon-bench COMMAND [options]`. */
enum bench_backend { BACKEND_DPDK = 1, BACKEND_KERNEL = 2, BACKEND_BOTH = 3 };
enum compared_traffic { COMPARED_PACKETS = 1, COMPARED_TRANSACTIONS = 2, COMPARED_BOTH = 3 };

struct options {
    const struct bench_command *command; /* NULL: --help or --version of the program */
    bool help;                           /* of the command, where there is one */
    bool version;
    enum bench_backend backend;
    enum compared_traffic traffic;
    const char *config; /* NULL: not given, likewise the next two */
    const char *json;
    const char *svg;
    double most_steal; /* disturbance.h */
    uint64_t duration_ns;
    uint64_t block_time_ns;
    uint32_t block_bytes;
    double loss; /* a share; OPTIONS_EACH_LOSS: not given */
    uint32_t connections;
    uint32_t tx_rate; /* transactions a second, over all connections */
    uint32_t validators;
    uint32_t peers;
    uint32_t packet_size; /* of the frame on an Ethernet with its four bytes of FCS, as RFC 2544 counts */
    uint32_t pairs;
};

/*
 * What a run on a shared machine may lose of one CPU: less than the few per cent by which repeated runs differ anyway.
 * Where more is stolen all the time, --max-steal says so in the report instead of in a footnote.
 */
#define OPTIONS_MOST_STEAL 0.02

/* Without loss and with 1 %, one after the other. */
#define OPTIONS_EACH_LOSS (-1.0)

/* False where the command line is wrong, with one line. */
bool options_read(int count, char *const *arguments, struct options *options, struct failure *why);

/* The help of `command`, or of the program where it is NULL. */
void options_help(FILE *file, const struct bench_command *command);

#endif
