#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "config/configuration.h"
#include "main/cpu_node.h"
#include "main/eal.h"
#include "main/log.h"
#include "main/node.h"
#include "main/options.h"
#include "main/status.h"
#include "version.h"

static bool is_folder(const char *path) {
    struct stat found;
    return stat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

static int refuse(struct report *report) {
    log_lines(LOG_LINE_ERROR, report_text(report));
    report_release(report);
    return NODE_REFUSED;
}

/* Guides for DPDK name them; DPDK reads none of them. */
static void say_unread_variables(void) {
    static const char *const NAMES[] = {"DPDK_LOG_LEVEL", "DPDK_EAL_LOG_LEVEL", "DPDK_PMD_LOG_LEVEL",
                                        "DPDK_MBUF_LOG_LEVEL"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (getenv(NAMES[i]) != NULL)
            log_of(LOG_CONFIG, LOG_LINE_WARNING, "%s is set, and DPDK reads no such variable; write --log-level",
                   NAMES[i]);
}

static void set_levels(const struct configuration *configuration, const struct options *options) {
    struct levels levels;
    levels_make(&levels, &configuration->dpdk_conf.global.eal, &options->levels);
    log_set_levels(&levels);
}

static const char *variable(const char *name) {
    return getenv(name);
}

static int start(const struct options *options) {
    static struct configuration configuration; /* telemetry and ports name things in it */
    static struct placement placement;
    struct report report = {0};
    placement = (struct placement){.in_pod = options->in_pod, .variable = variable, .node = cpu_node};
    if (options->in_pod && !eal_affinity(&placement.own)) {
        log_line(LOG_LINE_ERROR, "pantheon-node: --in-pod: the process's CPUs cannot be read: %s", strerror(errno));
        return NODE_FAILED;
    }
    if (!configuration_load(options->config, options->dpdk_config, &placement, &configuration, &report))
        return refuse(&report);
    if (options->dpdk_enabled && !configuration.config_toml.network.dpdk_enabled) {
        log_line(LOG_LINE_ERROR, "pantheon-node: --dpdk-enabled: config.toml says dpdk_enabled = false; write true, or "
                                 "leave the flag out");
        return NODE_USAGE;
    }
    if (options->check_config) {
        puts("configuration accepted");
        return NODE_STOPPED;
    }
    set_levels(&configuration, options);
    say_unread_variables();
    if (options->datadir != NULL && !is_folder(options->datadir)) {
        log_line(LOG_LINE_ERROR, "pantheon-node: --datadir: found %.200s; must be a folder, make it", options->datadir);
        return NODE_FAILED;
    }
    return node_run(&configuration, options, &placement);
}

static bool asks_another(int count, char *const *arguments) {
    return count > 1 && (strcmp(arguments[1], "status") == 0 || strcmp(arguments[1], "health") == 0);
}

int main(int count, char **arguments) {
    struct options options;
    struct failure why;
    if (asks_another(count, arguments)) return (int)status_main(count - 1, arguments + 1, stdout, stderr);
    log_open();
    if (!options_read(count, arguments, &options, &why)) {
        log_line(LOG_LINE_ERROR, "pantheon-node: %s", why.text);
        return NODE_USAGE;
    }
    if (options.help || options.version) {
        fputs(options.help ? OPTIONS_HELP : "pantheon-node " PANTHEON_VERSION "\n", stdout);
        return NODE_STOPPED;
    }
    return start(&options);
}
