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
         OPTIONS_OF_ALL | OPTION_PACKET_SIZE | OPTION_PAIRS | OPTION_CONNECTIONS | OPTION_TRAFFIC, 0, 64},
        {"forwarding", "64-byte frames, against DPDK's testpmd on the same memif",
         OPTION_JSON | OPTION_MAX_STEAL | OPTION_PAIRS, 0, 0},
        {"cycles", "what a node does with a packet, in cycles above a bare receive and send",
         OPTION_JSON | OPTION_PEERS | OPTION_PAIRS, 0, 0},
        {"hostile-peer", "transactions of honest peers while another one floods",
         OPTION_BACKEND | OPTION_JSON | OPTION_MAX_STEAL | OPTION_DURATION | OPTION_PEERS | OPTION_PAIRS, 2 * SECOND,
         0},
        {"start-time", "from exec to the first answered datagram, and how much of it is EAL's",
         OPTION_JSON | OPTION_PEERS | OPTION_PAIRS, 0, 0},
        {"memory", "of a node, for each 1,000 peers: its own and the kernel's", OPTION_JSON | OPTION_PAIRS, 0, 0},
        {"cpu-time", "CPU time for 1 and 10 Gbit/s of payload, softirq included",
         OPTION_JSON | OPTION_MAX_STEAL | OPTION_DURATION | OPTION_PAIRS, 5 * SECOND, 0},
    };
    *count = sizeof COMMANDS / sizeof COMMANDS[0];
    return COMMANDS;
}
