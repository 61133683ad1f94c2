#include "main/reload.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/field.h"

__attribute__((format(printf, 3, 4))) static void add(struct reload *reload, bool hot, const char *format, ...) {
    va_list arguments;
    reload->changes++;
    reload->restarts += !hot;
    if (reload->kept == RELOAD_LINES) return;
    struct reload_change *change = &reload->list[reload->kept++];
    change->hot = hot;
    va_start(arguments, format);
    vsnprintf(change->text, sizeof change->text, format, arguments);
    va_end(arguments);
}

/* Every key of a schema but those of one section, whose rows are of another struct, and but one key. */
static void compare_fields(const struct schema *schema, const char *file, const char *but, const char *before,
                           const void *old, const void *new, struct reload *reload) {
    char was[FIELD_SHOWN], is[FIELD_SHOWN];
    for (size_t i = 0; i < schema->count; i++) {
        const struct field *field = &schema->fields[i];
        if (strcmp(field->section, but) == 0 || strcmp(field->key, but) == 0) continue;
        if (field_same(field, old, new)) continue;
        field_show(field, old, was);
        field_show(field, new, is);
        add(reload, field->hot, "%s [%s] %s%s: was %s, is %s", file, field->section, before, field->key, was, is);
    }
}

static void compare_ports(const struct dpdk_conf *old, const struct dpdk_conf *new, struct reload *reload) {
    unsigned count =
        old->ports.count < new->ports.count ? old->ports.count : new->ports.count; /* num-ports says more */
    for (unsigned i = 0; i < count; i++) {
        char before[24];
        snprintf(before, sizeof before, "port-%u-", i);
        compare_fields(&DPDK_PORT_SCHEMA, "dpdk.conf", "", before, &old->ports.list[i], &new->ports.list[i], reload);
    }
}

static bool is_level(const char *argument) {
    return strncmp(argument, "--log-level", 11) == 0;
}

/* The next argument at or behind `*at` that is a level, or none; NULL at the end. */
static const char *next_argument(const struct eal_arguments *eal, bool level, unsigned *at) {
    while (*at < eal->more_count)
        if (is_level(eal->more[(*at)++]) == level) return eal->more[*at - 1];
    return NULL;
}

static bool same_arguments(const struct eal_arguments *old, const struct eal_arguments *new, bool level) {
    unsigned a = 0, b = 0;
    for (;;) {
        const char *was = next_argument(old, level, &a), *is = next_argument(new, level, &b);
        if (was == NULL || is == NULL) return was == is;
        if (strcmp(was, is) != 0) return false;
    }
}

static void compare_eal(const struct eal_arguments *old, const struct eal_arguments *new, struct reload *reload) {
    bool same = cpu_list_equal(&old->lcores, &new->lcores) && old->memory_channels == new->memory_channels &&
                old->process == new->process &&same_arguments(old, new, false);
    if (!same) add(reload, false, "dpdk.conf [global] eal-args: other arguments than --log-level have changed");
    if (!same_arguments(old, new, true)) add(reload, true, "dpdk.conf [global] eal-args: other levels of --log-level");
}

static int by_name(const void *a, const void *b) {
    const struct peer_conf *const *one = a, *const *other = b;
    return strcmp((*one)->name, (*other)->name);
}

/* The peers in the order of their names. */
static const struct peer_conf **sorted(const struct config_toml *config, struct arena *arena) {
    size_t count = config->network.peer_count;
    const struct peer_conf **list = arena_take(arena, (count + 1) * sizeof *list);
    for (size_t i = 0; i < count; i++) list[i] = &config->network.peers[i];
    qsort(list, count, sizeof *list, by_name);
    return list; /* ends with NULL: arena_take's memory is zero */
}

static const char *mac_of(const struct peer_conf *peer) {
    return peer->mac_text != NULL ? peer->mac_text : "without mac";
}

static void compare_peer(const struct peer_conf *was, const struct peer_conf *is, bool hot, struct reload *reload) {
    bool same = endpoint_compare(&was->endpoint, &is->endpoint) == 0 && memcmp(was->mac, is->mac, sizeof was->mac) == 0;
    if (same) return;
    add(reload, hot, "config.toml [[network.peers]] %s: was %s:%u %s, is %s:%u %s", was->name, was->address_text,
        was->port, mac_of(was), is->address_text, is->port, mac_of(is));
}

/* A node without peers has none of the threads that are for them. */
static bool peers_are_hot(const struct config_toml *old, const struct config_toml *new) {
    return old->network.peer_count > 0 && new->network.peer_count > 0;
}

static void compare_peers(const struct config_toml *old, const struct config_toml *new, struct reload *reload) {
    bool hot = peers_are_hot(old, new);
    struct arena arena = {0};
    const struct peer_conf **was = sorted(old, &arena), **is = sorted(new, &arena);
    while (*was != NULL || *is != NULL) {
        int order = *was == NULL ? 1 : *is == NULL ? -1 : strcmp((*was)->name, (*is)->name);
        if (order == 0) compare_peer(*was, *is, hot, reload);
        if (order < 0) add(reload, hot, "config.toml [[network.peers]] %s: gone", (*was)->name);
        if (order > 0)
            add(reload, hot, "config.toml [[network.peers]] %s: new, %s:%u", (*is)->name, (*is)->address_text,
                (*is)->port);
        was += order <= 0;
        is += order >= 0;
    }
    arena_release(&arena);
}

void reload_compare(const struct configuration *old, const struct configuration *new, struct reload *reload) {
    reload->changes = reload->restarts = 0;
    reload->kept = 0;
    compare_fields(&DPDK_CONF_SCHEMA, "dpdk.conf", "eal-args", "", &old->dpdk_conf, &new->dpdk_conf, reload);
    compare_ports(&old->dpdk_conf, &new->dpdk_conf, reload);
    compare_eal(&old->dpdk_conf.global.eal, &new->dpdk_conf.global.eal, reload);
    compare_fields(&CONFIG_TOML_SCHEMA, "config.toml", "network.peers", "", &old->config_toml, &new->config_toml,
                   reload);
    compare_peers(&old->config_toml, &new->config_toml, reload);
}

static const char REFUSED[] = "configuration read again and refused, the old one stays";

static void say_mistakes(struct report *report, void (*say)(bool refused, const char *line)) {
    char line[2048]; /* report.c's longest */
    snprintf(line, sizeof line, "%s: %u mistake%s", REFUSED, report->count, report->count == 1 ? "" : "s");
    say(true, line);
    for (const char *at = report_text(report); *at != '\0'; at += *at == '\n') {
        size_t length = strcspn(at, "\n");
        snprintf(line, sizeof line, "%.*s", (int)length, at);
        say(true, line);
        at += length;
    }
}

static void say_changes(const struct reload *reload, void (*say)(bool refused, const char *line)) {
    char line[RELOAD_TEXT + 64];
    bool refused = reload->restarts > 0;
    for (unsigned i = 0; i < reload->kept; i++) {
        const char *effect = reload->list[i].hot ? "" : "; needs a restart";
        snprintf(line, sizeof line, "%s%s", reload->list[i].text, effect);
        say(refused, line);
    }
    if (reload->changes == reload->kept) return;
    snprintf(line, sizeof line, "and %zu more changes", reload->changes - reload->kept);
    say(refused, line);
}

static void say_restarts(const struct reload *reload, void (*say)(bool refused, const char *line)) {
    char line[RELOAD_TEXT];
    snprintf(line, sizeof line, "%s: %zu of %zu changes need%s a restart", REFUSED, reload->restarts, reload->changes,
             reload->restarts == 1 ? "s" : "");
    say(true, line);
    say_changes(reload, say);
}

void reload_say_taken(const struct reload *reload, void (*say)(bool refused, const char *line)) {
    char line[RELOAD_TEXT];
    snprintf(line, sizeof line, "configuration read again: %zu change%s taken", reload->changes,
             reload->changes == 1 ? " is" : "s are");
    say(false, line);
    say_changes(reload, say);
}

void reload_say_failed(const struct failure *why, void (*say)(bool refused, const char *line)) {
    char line[sizeof REFUSED + sizeof why->text + 2];
    snprintf(line, sizeof line, "%s: %s", REFUSED, why->text);
    say(true, line);
}

enum reload_result reload_read(const char *config_toml, const char *dpdk_conf, const struct placement *placement,
                               const struct configuration *old, struct configuration *fresh, struct reload *reload,
                               void (*say)(bool refused, const char *line)) {
    struct report report = {0};
    enum reload_result result = RELOAD_REFUSED;
    if (!configuration_load(config_toml, dpdk_conf, placement, fresh, &report)) {
        say_mistakes(&report, say);
    } else {
        reload_compare(old, fresh, reload);
        result = reload->changes == 0 ? RELOAD_SAME : reload->restarts > 0 ? RELOAD_REFUSED : RELOAD_TAKEN;
        if (result == RELOAD_SAME) say(false, "configuration read again: nothing has changed");
        if (result == RELOAD_REFUSED) say_restarts(reload, say);
    }
    report_release(&report);
    if (result != RELOAD_TAKEN) configuration_release(fresh);
    return result;
}
