#ifndef PANTHEON_MAIN_STATUS_H
#define PANTHEON_MAIN_STATUS_H

#include <jansson.h>
#include <stdio.h>

/*
 * How a running node is, asked over its telemetry socket by a process of its own:
 *
 *     pantheon-node status [--runtime DIR] [--json]     ports, peers, workers and drops, for people or as JSON
 *     pantheon-node health [--runtime DIR]              one line; for the health check of a container
 *
 * DIR is the node's RUNTIME_DIRECTORY: what the variable of that name says, else /run/pantheonchain, the service's.
 */
enum status_exit {
    STATUS_HEALTHY = 0,
    STATUS_UNHEALTHY = 1, /* not ready, or a port without link (of a bond both); of `health` also: not running */
    STATUS_USAGE = 2,
    STATUS_NOT_RUNNING = 69, /* EX_UNAVAILABLE of sysexits.h */
};

/* `arguments[0]` is `status` or `health`. Writes to `out`, mistakes to `errors`. */
enum status_exit status_main(int count, char *const *arguments, FILE *out, FILE *errors);

/*
 * The tables of what was found: {"healthy", "reason", "node", "ports", "bonding", "peers", "workers", "drops"}. Columns are the
 * keys that the node gave, so a counter that a later node has is shown too.
 */
void status_print(const json_t *status, FILE *out);

#endif
