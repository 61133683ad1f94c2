#ifndef PANTHEON_BENCH_COMMANDS_H
#define PANTHEON_BENCH_COMMANDS_H

#include "bench/options.h"

/* Runs the command that the options name. Answers enum bench_exit. */
int command_run(const struct options *options);

/* One file each: command_NAME.c. They answer enum bench_exit. */
int command_tx_throughput(const struct options *options);
int command_consensus_stress(const struct options *options);
int command_network_latency(const struct options *options);
int command_packet_rate(const struct options *options);
int command_compare(const struct options *options);
int command_forwarding(const struct options *options);
int command_cycles(const struct options *options);
int command_hostile_peer(const struct options *options);
int command_start_time(const struct options *options);
int command_memory(const struct options *options);
int command_cpu_time(const struct options *options);

#endif
