#include "config/toml.h"

#include <string.h>

#include "config/lines.h"
#include "config/toml_value.h"

struct reader {
    struct document *document;
    struct report *report;
    struct piece rest;
    bool in_table;
    bool refused;
};

static void refuse(struct reader *reader, unsigned line, const char *key, struct piece found, const char *remedy) {
    lines_refuse(reader->document, reader->report, line, key, found, remedy);
}

static void refuse_twice(struct reader *reader, unsigned line, const char *key, struct piece found, unsigned other) {
    lines_refuse_twice(reader->document, reader->report, line, key, found, other);
}

/* Bare keys with dots between: `network.dpdk`. */
static bool is_table_name(struct piece name) {
    while (name.length > 0) {
        const char *dot = memchr(name.start, '.', name.length);
        size_t length = dot == NULL ? name.length : (size_t)(dot - name.start);
        if (!piece_is_name((struct piece){name.start, length})) return false;
        if (dot == NULL) return true;
        name = (struct piece){dot + 1, name.length - length - 1};
    }
    return false;
}

static void read_table(struct reader *reader, struct piece line) {
    struct document *document = reader->document;
    unsigned number = document->lines;
    reader->in_table = false;
    reader->refused = true;
    const char *comment = memchr(line.start, '#', line.length);
    if (comment != NULL) line = piece_trim((struct piece){line.start, (size_t)(comment - line.start)});
    bool array = line.length > 1 && line.start[1] == '[';
    size_t brackets = array ? 2 : 1;
    const char *closing = array ? "]]" : "]";
    if (line.length < 2 * brackets || memcmp(line.start + line.length - brackets, closing, brackets) != 0)
        return refuse(reader, number, "table", line, array ? "close it with ]]" : "close it with ]");
    struct piece name = piece_trim((struct piece){line.start + brackets, line.length - 2 * brackets});
    if (!is_table_name(name)) return refuse(reader, number, "table", line, "write a name such as [network.dpdk]");
    const char *text = arena_text(document->arena, name.start, name.length);
    const struct section *same = document_section(document, text);
    if (same != NULL && !(array && same->array)) return refuse_twice(reader, number, "table", line, same->line);
    if (document_add_section(document, text, number, array) == NULL)
        return refuse(reader, number, "table", line, "too many tables; config.toml has five");
    reader->in_table = true;
}

/* A list may go on over the next lines: takes them until the value has its end. */
static enum toml_value_state read_value(struct reader *reader, struct piece line, struct toml_value *value) {
    enum toml_value_state state = toml_value_start(value, line);
    while (state == TOML_VALUE_OPEN && lines_next(&reader->rest, &line, reader->document, reader->report))
        state = toml_value_go_on(value, line);
    return state;
}

static void store(struct setting *setting, const struct toml_value *value) {
    setting->kind = value->kind;
    setting->text = value->text;
    setting->number = value->number;
    setting->boolean = value->boolean;
    setting->numbers = value->numbers;
    setting->number_count = value->number_count;
}

/* Puts a value that was read, or refused, into the table that is open. */
static void add_setting(struct reader *reader, unsigned number, const char *name, struct piece shown,
                        const struct toml_value *value) {
    struct document *document = reader->document;
    if (!reader->in_table) {
        if (!reader->refused && value->kind != SETTING_REFUSED)
            refuse(reader, number, name, shown, "stands in no table; write [table] above it");
        return;
    }
    const struct section *table = &document->sections[document->section_count - 1];
    const struct setting *same = document_setting(document, table, name);
    if (same != NULL) return refuse_twice(reader, number, name, shown, same->line);
    struct setting *setting = document_add_setting(document, name, number);
    if (setting == NULL) return refuse(reader, number, name, shown, "too many keys in one table");
    setting->raw = shown.start;
    store(setting, value);
}

static void read_setting(struct reader *reader, struct piece line) {
    struct document *document = reader->document;
    unsigned number = document->lines;
    const char *equals = memchr(line.start, '=', line.length);
    if (equals == NULL) return refuse(reader, number, "line", line, "write [table] or key = value");
    struct piece key = piece_trim((struct piece){line.start, (size_t)(equals - line.start)});
    struct piece behind = piece_trim((struct piece){equals + 1, line.length - (size_t)(equals + 1 - line.start)});
    if (!piece_is_name(key)) return refuse(reader, number, "line", line, "write a bare key such as max_peers before =");

    const char *name = arena_text(document->arena, key.start, key.length);
    struct toml_value value = {.arena = document->arena};
    enum toml_value_state state = read_value(reader, behind, &value);
    struct piece shown = {toml_value_raw(&value), strlen(toml_value_raw(&value))};
    if (state == TOML_VALUE_OPEN) value.mistake = "close the list with ]";
    if (state != TOML_VALUE_WHOLE) {
        value.kind = SETTING_REFUSED;
        refuse(reader, number, name, shown, value.mistake);
    }
    add_setting(reader, number, name, shown, &value);
}

void toml_read(const char *text, size_t length, struct document *document, struct report *report) {
    struct reader reader = {.document = document, .report = report, .rest = {text, length}};
    struct piece line;
    while (lines_next(&reader.rest, &line, document, report)) {
        line = piece_trim(line);
        if (line.length == 0 || line.start[0] == '#') continue;
        if (line.start[0] == '[')
            read_table(&reader, line);
        else
            read_setting(&reader, line);
    }
}
