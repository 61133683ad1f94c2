#ifndef PANTHEON_CONFIG_SCHEMA_H
#define PANTHEON_CONFIG_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/document.h"
#include "config/report.h"

/*
 * From settings to typed values, by a table: one row a key says what it must be and where it goes. A mistake is one
 * line with file, line, key, what was found and what to write; the value then stays zero.
 *
 * The same rows read dpdk.conf, whose values are unquoted words, and config.toml, whose values have types.
 */

enum field_kind {
    FIELD_BOOLEAN, /* bool */
    FIELD_NUMBER,  /* uint32_t from least to most */
    FIELD_TEXT,    /* const char *, in the document's arena; `accepts` says what it may be */
    FIELD_CHOICE,  /* unsigned: the index in `choices`, which ends with NULL */
    FIELD_CPUS,    /* struct cpu_list */
};

struct field {
    const char *section;
    const char *key;
    enum field_kind kind;
    bool optional;
    bool hot; /* may change while the node runs (main/reload.h) */
    uint32_t least, most;
    const char *const *choices;
    bool (*accepts)(const char *text);
    const char *remedy; /* FIELD_TEXT: `must be one word …` */
    size_t offset;      /* in the target */
    size_t present;     /* offset of a bool that says whether the key was there; 0: nobody asks */
};

struct schema {
    const struct field *fields;
    size_t count;
};

/*
 * Reads every setting of `section` into `target` and reports unknown keys and missing ones. A missing section is its
 * missing keys' mistake: pass NULL for it.
 */
void schema_read_section(const struct schema *schema, const struct document *document, const char *name,
                         const struct section *section, void *target, struct report *report);

/* Reports sections that no field has. */
void schema_unknown_sections(const struct schema *schema, const struct document *document, struct report *report);

/* `[network.dpdk] burst_size`, as lines name it, written into `text`. */
const char *schema_key(const char *section, const char *key, char text[96]);

/* For mistakes that a table cannot find. */
void schema_mistake(const struct document *document, const char *section, const struct setting *setting,
                    const char *remedy, struct report *report);

#endif
