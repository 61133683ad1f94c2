#include "bench/command.h"

static const uint64_t SECOND = 1000000000;

const struct bench_command *bench_commands(unsigned *count) {
    static const struct bench_command COMMANDS[] = {
        {"tx-throughput", "transactions a second that arrive in the pool, and their latency",
         OPTIONS_OF_ALL | OPTION_DURATION | OPTION_CONNECTIONS | OPTION_TX_RATE, 60 * SECOND, 0},
        {"consensus-stress", "blocks and votes among many validators: propagation, response, missed rounds",
         OPTION_BACKEND | OPTION_JSON | OPTION_MAX_STEAL | OPTION_DURATION | OPTION_VALIDATORS | OPTION_BLOCK_TIME |
             OPTION_BLOCK_SIZE | OPTION_LOSS,
         300 * SECOND, 0},
        {"network-latency", "round trips to many peers, at several loads",
         OPTIONS_OF_ALL | OPTION_DURATION | OPTION_PEERS | OPTION_PACKET_SIZE, 60 * SECOND, 1024},
        {"packet-rate", "the largest rate without loss (NDR) and with 0.5 % (PDR)", OPTIONS_OF_ALL | OPTION_PACKET_SIZE,
         0, 64},
        {"compare", "both backends in turns: ratios with their spread",
         OPTIONS_OF_ALL | OPTION_PACKET_SIZE | OPTION_PAIRS | OPTION_CONNECTIONS, 0, 64},
    };
    *count = sizeof COMMANDS / sizeof COMMANDS[0];
    return COMMANDS;
}
