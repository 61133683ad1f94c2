#ifndef PANTHEON_MAIN_NODE_H
#define PANTHEON_MAIN_NODE_H

#include "config/configuration.h"
#include "main/options.h"

/* What a node answers to whoever started it. */
enum node_exit {
    NODE_STOPPED = 0,
    NODE_FAILED = 1,
    NODE_USAGE = 2,
    NODE_PORT_TAKEN = 69, /* EX_UNAVAILABLE of sysexits.h */
    NODE_REFUSED = 78,    /* EX_CONFIG */
};

/* From EAL's start to its end, on the control thread. `placement` is what the configuration was read with. */
enum node_exit node_run(struct configuration *configuration, const struct options *options,
                        const struct placement *placement);

#endif
