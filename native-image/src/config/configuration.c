#include "config/configuration.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "config/eal_command.h"
#include "config/ini.h"
#include "config/mistakes.h"
#include "config/schema.h"
#include "config/toml.h"

/* NULL where the file cannot be read, which is reported. */
static const char *read_file(const char *path, struct arena *arena, size_t *length, struct report *report) {
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        report_line(report, "%s: cannot be opened (%s); write it, or let this user read it", path, strerror(errno));
        return NULL;
    }
    size_t room = 0, got = 0;
    char *text = arena_grow(arena, NULL, 0, &room, 4096);
    room *= 4096;
    size_t chunk;
    while ((chunk = fread(text + got, 1, room - got, file)) > 0 && got + chunk <= DOCUMENT_MAX_BYTES) {
        got += chunk;
        if (got == room) text = arena_grow(arena, text, got, &room, 1);
    }
    bool failed = ferror(file) != 0;
    fclose(file);
    if (failed) report_line(report, "%s: cannot be read (%s); is it a file?", path, strerror(errno));
    if (chunk > 0) report_line(report, "%s: is larger than %u bytes; it is no configuration", path, DOCUMENT_MAX_BYTES);
    *length = got;
    return failed || chunk > 0 ? NULL : text;
}

static void not_built(const struct document *document, const char *section, const char *key, const char *remedy,
                      struct report *report) {
    schema_mistake(document, section, document_setting(document, document_section(document, section), key), remedy,
                   report);
}

/* What a right file may ask for and this program cannot do yet. */
static void refuse_not_built(const struct document *toml, const struct document *ini,
                             const struct configuration *configuration, struct report *report) {
    if (configuration->config_toml.performance.network_threads > EAL_COMMAND_MAX_WORKERS)
        not_built(toml, "performance", "network_threads", "EAL has 127 lcores for them; write 127 at most", report);
    const struct dpdk_conf *conf = &configuration->dpdk_conf;
    if (!conf->has_bonding || !conf->bonding.enabled) return;
    if (conf->bonding.mode != BONDING_ACTIVE_BACKUP)
        not_built(ini, "bonding", "mode", "of the modes only active-backup is built; write that", report);
    if (conf->ports.count > 2)
        not_built(ini, "ports", "num-ports", "with [bonding] the bond is all there is; describe its two ports", report);
}

bool configuration_load(const char *config_toml, const char *dpdk_conf, const struct placement *placement,
                        struct configuration *configuration, struct report *report) {
    *configuration = (struct configuration){0};
    struct arena *arena = &configuration->arena;
    struct document toml = {.file = config_toml, .arena = arena}, ini = {.arena = arena};
    size_t length;
    const char *text = read_file(config_toml, arena, &length, report);
    if (text != NULL) {
        toml_read(text, length, &toml, report);
        config_toml_read(&toml, &configuration->config_toml, report);
    }
    ini.file = dpdk_conf != NULL ? dpdk_conf : configuration->config_toml.network.dpdk_config;
    if (ini.file == NULL) return false;
    text = read_file(ini.file, arena, &length, report);
    if (text != NULL) {
        ini_read(text, length, &ini, report);
        dpdk_conf_read(&ini, &configuration->dpdk_conf, report);
    }
    if (report->count > 0) return false;
    mistakes_find(&configuration->dpdk_conf, &configuration->config_toml, report);
    refuse_not_built(&toml, &ini, configuration, report);
    if (report->count == 0)
        placement_apply(placement, arena, &configuration->dpdk_conf, &configuration->config_toml, report);
    return report->count == 0;
}

void configuration_release(struct configuration *configuration) {
    arena_release(&configuration->arena);
}
