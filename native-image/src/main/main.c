#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "config/configuration.h"
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

static int start(const struct options *options) {
    static struct configuration configuration; /* telemetry and ports name things in it */
    struct report report = {0};
    if (!configuration_load(options->config, options->dpdk_config, &configuration, &report)) return refuse(&report);
    if (options->check_config) {
        puts("configuration accepted");
        return NODE_STOPPED;
    }
    if (options->datadir != NULL && !is_folder(options->datadir)) {
        log_line(LOG_LINE_ERROR, "pantheon-node: --datadir: found %.200s; must be a folder, make it", options->datadir);
        return NODE_FAILED;
    }
    return node_run(&configuration, options);
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
