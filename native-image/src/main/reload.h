#ifndef PANTHEON_MAIN_RELOAD_H
#define PANTHEON_MAIN_RELOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "config/configuration.h"
#include "config/failure.h"
#include "config/report.h"

/*
 * What a changed pair of files means for a node that runs. A change is hot where `.hot` stands in the key's row of
 * config_toml.c (peers' limits, poll_mode, what has no effect), for EAL's --log-level, and for [[network.peers]]
 * (main/peers_change.h) but the first peer and the last one, with which threads come and go; any other needs a
 * restart: ports, queues, pools, threads, addresses and CPUs are taken once. A new key needs one until its row says
 * otherwise, because the rows are what is compared.
 *
 * A pair is taken as a whole or not at all.
 */

/* Lines that are kept; a pair with other 100,000 peers must not fill a journal. The counts are of all. */
#define RELOAD_LINES 64u
#define RELOAD_TEXT 256u

struct reload_change {
    bool hot;
    char text[RELOAD_TEXT]; /* config.toml [network] max_peers: was 500, is 600 */
};

struct reload {
    size_t changes;
    size_t restarts; /* those of them that need one */
    unsigned kept;
    struct reload_change list[RELOAD_LINES]; /* the first ones; peers, which can be many, come last */
};

/* Pure. The two were each found right. */
void reload_compare(const struct configuration *old, const struct configuration *new, struct reload *reload);

enum reload_result {
    RELOAD_REFUSED, /* the old configuration stays; `fresh` is empty again */
    RELOAD_SAME,    /* likewise, but nothing is wrong */
    RELOAD_TAKEN,   /* `fresh` is to be used from now on, and nothing is said yet */
};

/*
 * Reads both files again, from where the node read them at its start, and compares them with what it runs by. `say` is
 * called with each line of what came of it, the first of which says it all:
 *
 *     configuration read again: nothing has changed
 *     configuration read again and refused, the old one stays: 1 of 3 changes needs a restart
 *     configuration read again and refused, the old one stays: 2 mistakes
 *
 * Of RELOAD_TAKEN whoever takes it tells: reload_say_taken, or reload_say_failed where that was not possible after all.
 *
 *     configuration read again: 2 changes are taken
 *     configuration read again and refused, the old one stays: no memory for 500 peers beside the 400 that there are; ...
 */
enum reload_result reload_read(const char *config_toml, const char *dpdk_conf, const struct placement *placement,
                               const struct configuration *old, struct configuration *fresh, struct reload *reload,
                               void (*say)(bool refused, const char *line));
void reload_say_taken(const struct reload *reload, void (*say)(bool refused, const char *line));
void reload_say_failed(const struct failure *why, void (*say)(bool refused, const char *line));

#endif
