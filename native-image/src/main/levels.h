#ifndef PANTHEON_MAIN_LEVELS_H
#define PANTHEON_MAIN_LEVELS_H

#include <stdbool.h>
#include <stdint.h>

#include "config/eal_arguments.h"
#include "config/failure.h"

/*
 * How much is said, by component: settings in the order in which they were given, of which the last that matches a
 * component counts. Ours are called `pantheon.NAME` beside DPDK's own log types (`lib.eal`, `pmd.net.memif`), so one
 * place speaks of both, and dataPlane.logLevels of the fleet file, which becomes EAL's `--log-level=PATTERN:LEVEL` in
 * eal-args, reaches ours too. There is no variable DPDK_LOG_LEVEL: DPDK reads none.
 *
 *     --log-level debug             everything, ours and DPDK's
 *     --log-level port=debug        a component of ours; of `port` also DPDK's drivers and buses, of `eal` its
 * libraries
 *     --log-level 'lib.mbuf=info'   a pattern (glob) of DPDK's log types
 */
enum log_component {
    LOG_NODE, /* starts, ends, links */
    LOG_CONFIG,
    LOG_EAL,
    LOG_PORT,
    LOG_PROTOCOL,
    LOG_CONSENSUS,
    LOG_TRANSACTIONS,
    LOG_METRICS,
    LOG_BENCH,
    LOG_COMPONENTS
};

enum level_kind {
    LEVEL_GLOB,
    LEVEL_REGEXP, /* `PATTERN,LEVEL` of EAL; concerns DPDK's types alone */
    LEVEL_GLOBAL, /* `LEVEL` of EAL: the most that any of DPDK's types says */
};

struct level_setting {
    enum level_kind kind;
    uint8_t level; /* syslog's, 0 emergency to 7 debug; EAL's are one more */
    char pattern[64];
};

#define LEVELS_OF_COMMAND_LINE 64u
#define LEVELS_MOST (EAL_MAX_ARGUMENTS + LEVELS_OF_COMMAND_LINE)

struct levels {
    unsigned count;
    struct level_setting list[LEVELS_MOST];
};

/* Without settings, and what is said at the start until they are known. */
#define LEVELS_DEFAULT 6u /* info */

/* What stands behind --log-level on the node's command line. */
bool levels_add(struct levels *levels, const char *text, struct failure *why);

/*
 * What eal-args say, then what the command line says, which counts more. A --log-level that EAL would not understand
 * is passed over: EAL says so itself.
 */
void levels_make(struct levels *levels, const struct eal_arguments *eal, const struct levels *command_line);

/* The level up to which the component speaks. */
uint8_t levels_of(const struct levels *levels, enum log_component component);

#endif
