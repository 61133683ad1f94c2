#ifndef PANTHEON_CONFIG_CONFIGURATION_H
#define PANTHEON_CONFIG_CONFIGURATION_H

#include <stdbool.h>

#include "config/arena.h"
#include "config/config_toml.h"
#include "config/dpdk_conf.h"
#include "config/placement.h"
#include "config/report.h"

/* The two files of a node, read and found right together. */
struct configuration {
    struct arena arena;
    struct dpdk_conf dpdk_conf;
    struct config_toml config_toml;
};

/*
 * Reads config.toml, and dpdk.conf from where it says or from `dpdk_conf` unless that is NULL. Every mistake of both
 * files is reported; what they mean together, only where each by itself is right, and what they stand for in a pod
 * (`placement`; NULL: this is none), only after that. False where there was one.
 */
bool configuration_load(const char *config_toml, const char *dpdk_conf, const struct placement *placement,
                        struct configuration *configuration, struct report *report);

void configuration_release(struct configuration *configuration);

#endif
