#ifndef PANTHEON_CONFIG_DOCUMENT_H
#define PANTHEON_CONFIG_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/arena.h"
#include "config/cpu_list.h"

/*
 * What both readers (ini.h, toml.h) make of a file: its sections and settings with their lines, values as they were
 * written. What they mean is the schema's part (schema.h).
 */

enum setting_kind {
    SETTING_WORD, /* dpdk.conf: everything behind `=`, unquoted, of no type yet */
    SETTING_TEXT,
    SETTING_NUMBER,
    SETTING_BOOLEAN,
    SETTING_NUMBERS,
    SETTING_REFUSED, /* its value was reported already; it only says that the key is there */
};

struct section {
    const char *name; /* `network.dpdk` */
    unsigned element; /* of an array of tables, counted from 0 */
    unsigned line;
    bool array;   /* [[name]] */
    size_t first; /* its settings, which stand together */
    size_t count;
};

struct setting {
    const char *key;
    unsigned line;
    enum setting_kind kind;
    const char *raw;  /* as written, for `found` */
    const char *text; /* SETTING_WORD, SETTING_TEXT */
    int64_t number;   /* SETTING_NUMBER */
    bool boolean;     /* SETTING_BOOLEAN */
    const int64_t *numbers;
    size_t number_count; /* SETTING_NUMBERS */
};

struct document {
    const char *file; /* for the lines of mistakes */
    struct arena *arena;
    struct section *sections;
    size_t section_count, section_room;
    size_t names; /* different ones */
    struct setting *settings;
    size_t setting_count, setting_room;
    unsigned lines;
};

/* The last one of this name, of an array its last element. NULL where there is none. */
const struct section *document_section(const struct document *document, const char *name);

/* NULL where it is not there. */
const struct setting *document_setting(const struct document *document, const struct section *section, const char *key);

/* NULL where there are DOCUMENT_MAX_NAMES already. Moves the others: pointers to sections end here. */
struct section *document_add_section(struct document *document, const char *name, unsigned line, bool array);

/* In the section added last, which there must be. NULL where it has DOCUMENT_MAX_KEYS already. */
struct setting *document_add_setting(struct document *document, const char *key, unsigned line);

/* The two files have 11 names of sections and 140 keys in the longest: what is far above is no configuration, and
 * looking for duplicates in it would take for ever. */
#define DOCUMENT_MAX_NAMES 64u
#define DOCUMENT_MAX_KEYS 256u

/* Larger files are not read: 100,000 peers of 100 bytes fit (max_peers' limit). */
#define DOCUMENT_MAX_BYTES (16u << 20)
/* Longer lines are mistakes: EAL arguments and keys of RSS need a tenth of it. */
#define DOCUMENT_MAX_LINE 4096u

#endif
