#ifndef PANTHEON_BENCH_COMMAND_H
#define PANTHEON_BENCH_COMMAND_H

#include <stdint.h>

/* Exit codes; the help has the same table. */
enum bench_exit {
    BENCH_MEASURED = 0,
    BENCH_FAILED = 1, /* could not be run */
    BENCH_USAGE = 2,
    BENCH_UNCERTAIN = 75, /* EX_TEMPFAIL of sysexits.h: ran, but did not converge, or too much was discarded */
    BENCH_REFUSED = 78,   /* EX_CONFIG: the configuration was refused, as pantheon-node does */
};

/* What a command may be given, beside --help. Bits, so that a command names its own. */
enum bench_option {
    OPTION_BACKEND = 1u << 0,
    OPTION_CONFIG = 1u << 1,
    OPTION_JSON = 1u << 2,
    OPTION_SVG = 1u << 3,
    OPTION_MAX_STEAL = 1u << 4,
    OPTION_DURATION = 1u << 5,
    OPTION_CONNECTIONS = 1u << 6,
    OPTION_TX_RATE = 1u << 7,
    OPTION_VALIDATORS = 1u << 8,
    OPTION_BLOCK_TIME = 1u << 9,
    OPTION_PEERS = 1u << 10,
    OPTION_PACKET_SIZE = 1u << 11,
    OPTION_PAIRS = 1u << 12,
    OPTION_LOSS = 1u << 13,
    OPTION_BLOCK_SIZE = 1u << 14,
    OPTION_TRAFFIC = 1u << 15,
};
#define OPTIONS_OF_ALL (OPTION_BACKEND | OPTION_CONFIG | OPTION_JSON | OPTION_SVG | OPTION_MAX_STEAL)

/* What the command line knows of a command; commands.h runs it. */
struct bench_command {
    const char *name;
    const char *help;     /* one line */
    uint32_t options;     /* enum bench_option */
    uint64_t duration_ns; /* --duration, if not given: the seed's; what it is the duration of, `help` says */
    uint32_t packet_size; /* likewise; 0: it has none */
};

/* In the order of the help; `count` is written. */
const struct bench_command *bench_commands(unsigned *count);

#endif
