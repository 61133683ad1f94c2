#include "main/levels.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* EAL's words, which are the fleet file's. */
static const char *const WORDS[] = {"emergency", "alert", "critical", "error", "warning", "notice", "info", "debug"};

static const struct component {
    const char *name;
    const char *dpdk[2]; /* what of DPDK belongs to it */
} COMPONENTS[LOG_COMPONENTS] = {
    [LOG_NODE] = {.name = "node"},
    [LOG_CONFIG] = {.name = "config"},
    [LOG_EAL] = {.name = "eal", .dpdk = {"lib.*"}},
    [LOG_PORT] = {.name = "port", .dpdk = {"pmd.*", "bus.*"}},
    [LOG_PROTOCOL] = {.name = "protocol"},
    [LOG_CONSENSUS] = {.name = "consensus"},
    [LOG_TRANSACTIONS] = {.name = "transactions"},
    [LOG_METRICS] = {.name = "metrics"},
    [LOG_BENCH] = {.name = "bench"},
};

static bool read_level(const char *text, uint8_t *level) {
    for (unsigned i = 0; i < LENGTH(WORDS); i++)
        if (strcmp(WORDS[i], text) == 0) return *level = (uint8_t)i, true;
    return false;
}

/* EAL takes the first letters of a word too, and its own numbers. */
static bool read_eal_level(const char *text, uint8_t *level) {
    if (text[0] >= '1' && text[0] <= '8' && text[1] == '\0') return *level = (uint8_t)(text[0] - '1'), true;
    for (unsigned i = 0; i < LENGTH(WORDS); i++)
        if (text[0] != '\0' && strncmp(WORDS[i], text, strlen(text)) == 0) return *level = (uint8_t)i, true;
    return false;
}

static bool append(struct levels *levels, enum level_kind kind, const char *pattern, uint8_t level) {
    if (levels->count == LEVELS_MOST) return false;
    struct level_setting *setting = &levels->list[levels->count];
    *setting = (struct level_setting){.kind = kind, .level = level};
    if (strlen(pattern) >= sizeof setting->pattern) return false;
    strcpy(setting->pattern, pattern);
    levels->count++;
    return true;
}

static bool append_component(struct levels *levels, const struct component *component, uint8_t level) {
    char name[64];
    snprintf(name, sizeof name, "pantheon.%s", component->name);
    bool fits = append(levels, LEVEL_GLOB, name, level);
    for (unsigned i = 0; i < LENGTH(component->dpdk) && component->dpdk[i] != NULL; i++)
        fits = append(levels, LEVEL_GLOB, component->dpdk[i], level) && fits;
    return fits;
}

static bool append_name(struct levels *levels, const char *name, uint8_t level, struct failure *why) {
    for (unsigned i = 0; i < LOG_COMPONENTS; i++)
        if (strcmp(COMPONENTS[i].name, name) == 0) return append_component(levels, &COMPONENTS[i], level);
    if (strpbrk(name, ".*") != NULL && append(levels, LEVEL_GLOB, name, level)) return true;
    return failed(
        why,
        "--log-level: found %.60s; must be node, config, eal, port, protocol, consensus, transactions, metrics "
        "or bench, or a pattern of DPDK's log types such as lib.eal",
        name);
}

bool levels_add(struct levels *levels, const char *text, struct failure *why) {
    char name[64] = "*";
    const char *equal = strchr(text, '='), *word = equal == NULL ? text : equal + 1;
    uint8_t level;
    if (equal != NULL) snprintf(name, sizeof name, "%.*s", (int)(equal - text), text);
    if (!read_level(word, &level))
        return failed(why,
                      "--log-level: found %.60s; must be emergency, alert, critical, error, warning, notice, info or "
                      "debug, alone or behind NAME=",
                      text);
    if (levels->count + 4 > LEVELS_OF_COMMAND_LINE) return failed(why, "--log-level: is given too often");
    return append_name(levels, name, level, why);
}

/* EAL's order (eal_parse_log_level): `,` makes a regular expression, else `:` a glob. */
static void add_eal(struct levels *levels, const char *text) {
    char pattern[64];
    const char *comma = strchr(text, ','), *split = comma != NULL ? comma : strchr(text, ':');
    uint8_t level;
    if (!read_eal_level(split == NULL ? text : split + 1, &level)) return;
    if (split - text >= (long)sizeof pattern) return;
    snprintf(pattern, sizeof pattern, "%.*s", split == NULL ? 0 : (int)(split - text), text);
    append(levels, split == NULL ? LEVEL_GLOBAL : comma != NULL ? LEVEL_REGEXP : LEVEL_GLOB, pattern, level);
}

void levels_make(struct levels *levels, const struct eal_arguments *eal, const struct levels *command_line) {
    static const char OPTION[] = "--log-level=";
    levels->count = 0;
    for (unsigned i = 0; i < eal->more_count; i++)
        if (strncmp(eal->more[i], OPTION, sizeof OPTION - 1) == 0) add_eal(levels, eal->more[i] + sizeof OPTION - 1);
    for (unsigned i = 0; i < command_line->count; i++) {
        const struct level_setting *setting = &command_line->list[i];
        append(levels, setting->kind, setting->pattern, setting->level);
    }
}

uint8_t levels_of(const struct levels *levels, enum log_component component) {
    char name[64];
    uint8_t level = LEVELS_DEFAULT;
    snprintf(name, sizeof name, "pantheon.%s", COMPONENTS[component].name);
    for (unsigned i = 0; i < levels->count; i++) {
        const struct level_setting *setting = &levels->list[i];
        if (setting->kind == LEVEL_GLOB && fnmatch(setting->pattern, name, 0) == 0) level = setting->level;
    }
    return level;
}
