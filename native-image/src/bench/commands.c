#include "bench/commands.h"

#include <stdio.h>
#include <string.h>

int command_run(const struct options *options) {
    static const struct {
        const char *name;
        int (*run)(const struct options *options);
    } COMMANDS[] = {
        {"tx-throughput", command_tx_throughput},
        {"consensus-stress", command_consensus_stress},
        {"network-latency", command_network_latency},
        {"packet-rate", command_packet_rate},
        {"compare", command_compare},
        {"forwarding", command_forwarding},
        {"cycles", command_cycles},
        {"hostile-peer", command_hostile_peer},
        {"start-time", command_start_time},
        {"memory", command_memory},
        {"cpu-time", command_cpu_time},
    };
    for (size_t i = 0; i < sizeof COMMANDS / sizeof *COMMANDS; i++)
        if (strcmp(COMMANDS[i].name, options->command->name) == 0) return COMMANDS[i].run(options);
    /* Only where command_table.c has a command that is not here. */
    fprintf(stderr, "pantheon-bench: %s has no code\n", options->command->name);
    return BENCH_FAILED;
}
