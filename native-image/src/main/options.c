#include "main/options.h"

#include <getopt.h>
#include <stdint.h>
#include <stdlib.h>

#include "config/patterns.h"

const char OPTIONS_HELP[] =
    "usage: pantheon-node --config FILE [options]\n"
    "       pantheon-node status|health [--help]     how a node that runs is\n"
    "\n"
    "  --config FILE        config.toml; it says where dpdk.conf is\n"
    "  --dpdk-config FILE   read dpdk.conf from here instead\n"
    "  --datadir DIR        the node's data; must be a folder (nothing is written there yet)\n"
    "  --dpdk-enabled       start only with dpdk_enabled = true; with false the kernel's sockets are used\n"
    "  --per-packet         with the kernel's sockets: one system call a datagram, for comparison\n"
    "  --in-pod             CPUs in the files are counted among those that the process may use, from 0; the address of\n"
    "                       a port may be $NAME or $NAME[1], an item of what a device plugin has set\n"
    "  --link-seconds N     how long the links may take at start, 1 to 3600; 60 if not given\n"
    "  --user USER          become this user once everything is open (only root can)\n"
    "  --seccomp MODE       system calls that are not needed: enforce refuses them (if not given), log only logs them,\n"
    "                       off does nothing\n"
    "  --log-level LEVEL    how much is said: emergency, alert, critical, error, warning, notice, info (if not given),\n"
    "                       debug; with NAME=LEVEL by node, config, eal, port, protocol, consensus, transactions,\n"
    "                       metrics, bench, or a pattern of DPDK's log types such as pmd.net.*; may be given again\n"
    "  --check-config       only read both files: 0 accepted, 78 refused\n"
    "  --version            print the version\n"
    "  --help               print this\n"
    "\n"
    "exit codes: 0 stopped as asked, 1 failed, 2 wrong usage, 69 a port was taken away, 78 configuration refused\n";

enum name {
    CONFIG = 1,
    DPDK_CONFIG,
    DATADIR,
    DPDK_ENABLED,
    PER_PACKET,
    IN_POD,
    LINK_SECONDS,
    USER,
    SECCOMP,
    LOG_LEVEL,
    CHECK_CONFIG,
    VERSION,
    HELP
};

static const struct option NAMES[] = {
    {"config", required_argument, NULL, CONFIG},
    {"dpdk-config", required_argument, NULL, DPDK_CONFIG},
    {"datadir", required_argument, NULL, DATADIR},
    {"dpdk-enabled", no_argument, NULL, DPDK_ENABLED},
    {"per-packet", no_argument, NULL, PER_PACKET},
    {"in-pod", no_argument, NULL, IN_POD},
    {"link-seconds", required_argument, NULL, LINK_SECONDS},
    {"user", required_argument, NULL, USER},
    {"seccomp", required_argument, NULL, SECCOMP},
    {"log-level", required_argument, NULL, LOG_LEVEL},
    {"check-config", no_argument, NULL, CHECK_CONFIG},
    {"version", no_argument, NULL, VERSION},
    {"help", no_argument, NULL, HELP},
    {NULL, 0, NULL, 0},
};

static bool take(int name, const char *argument, struct options *options, struct failure *why) {
    uint32_t seconds;
    switch (name) {
    case CONFIG: options->config = argument; return true;
    case DPDK_CONFIG: options->dpdk_config = argument; return true;
    case DATADIR: options->datadir = argument; return true;
    case LOG_LEVEL: return levels_add(&options->levels, argument, why);
    case USER: options->user = argument; return true;
    case SECCOMP:
        if (seccomp_mode_read(argument, &options->seccomp)) return true;
        return failed(why, "--seccomp: found %.40s; must be enforce, log or off", argument);
    case DPDK_ENABLED: return options->dpdk_enabled = true;
    case PER_PACKET: return options->per_packet = true;
    case IN_POD: return options->in_pod = true;
    case CHECK_CONFIG: return options->check_config = true;
    case VERSION: return options->version = true;
    case HELP: return options->help = true;
    case LINK_SECONDS:
        if (!pattern_number(argument, &seconds) || seconds < 1 || seconds > 3600)
            return failed(why, "--link-seconds: found %.40s; must be from 1 to 3600", argument);
        options->link_seconds = seconds;
        return true;
    default: return false;
    }
}

bool options_read(int count, char *const *arguments, struct options *options, struct failure *why) {
    *options = (struct options){.link_seconds = OPTIONS_LINK_SECONDS};
    opterr = 0;
    optind = 0;
    int name;
    while ((name = getopt_long(count, arguments, ":", NAMES, NULL)) != -1) {
        if (name == ':') return failed(why, "%.80s lacks its value; see --help", arguments[optind - 1]);
        if (name == '?') return failed(why, "%.80s is no option of pantheon-node; see --help", arguments[optind - 1]);
        if (!take(name, optarg, options, why)) return false;
    }
    if (optind < count) return failed(why, "%.80s belongs to no option; see --help", arguments[optind]);
    if (options->config == NULL && !options->version && !options->help)
        return failed(why, "--config is missing; name config.toml with it");
    return true;
}
