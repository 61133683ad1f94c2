#ifndef PANTHEON_MAIN_OPTIONS_H
#define PANTHEON_MAIN_OPTIONS_H

#include <stdbool.h>

#include "config/failure.h"
#include "main/levels.h"
#include "main/seccomp.h"

/* The command line. */
struct options {
    const char *config;
    const char *dpdk_config; /* NULL: where config.toml says */
    const char *datadir;     /* NULL: not given */
    bool check_config;
    bool dpdk_enabled; /* config.toml must say so too */
    bool per_packet;   /* of the kernel's sockets: one system call a datagram */
    bool in_pod; /* config/placement.h */
    bool version;
    bool help;
    unsigned link_seconds;
    const char *user; /* privileges.h; NULL: not given */
    enum seccomp_mode seccomp;
    struct levels levels; /* of --log-level */
};

/*
 * How long the links may take before the start is given up. A virtual function of igb has its link some seconds after
 * the start, a switch port with spanning tree after 30 to 50 (IEEE 802.1D: two forward delays of 15 s and 20 s of age).
 */
#define OPTIONS_LINK_SECONDS 60u

/* False where the command line is wrong. */
bool options_read(int count, char *const *arguments, struct options *options, struct failure *why);

extern const char OPTIONS_HELP[];

#endif
