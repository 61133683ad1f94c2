#include "config/ini.h"

#include <string.h>

#include "config/lines.h"

struct reader {
    struct document *document;
    struct report *report;
    bool in_section; /* false before the first and in one that was refused */
    bool refused;    /* the settings of a refused section belong nowhere */
};

static void refuse(struct reader *reader, const char *key, struct piece found, const char *remedy) {
    lines_refuse(reader->document, reader->report, reader->document->lines, key, found, remedy);
}

static void refuse_twice(struct reader *reader, const char *key, struct piece found, unsigned other) {
    lines_refuse_twice(reader->document, reader->report, reader->document->lines, key, found, other);
}

static void read_section(struct reader *reader, struct piece line) {
    struct document *document = reader->document;
    reader->in_section = false;
    reader->refused = true;
    if (line.start[line.length - 1] != ']') return refuse(reader, "section", line, "close it with ]");
    struct piece name = piece_trim((struct piece){line.start + 1, line.length - 2});
    if (!piece_is_name(name)) return refuse(reader, "section", line, "write a name such as [ports]");
    const char *text = arena_text(document->arena, name.start, name.length);
    const struct section *same = document_section(document, text);
    if (same != NULL) return refuse_twice(reader, "section", line, same->line);
    if (document_add_section(document, text, document->lines, false) == NULL)
        return refuse(reader, "section", line, "too many sections; dpdk.conf has six");
    reader->in_section = true;
}

static void read_setting(struct reader *reader, struct piece line) {
    struct document *document = reader->document;
    const char *equals = memchr(line.start, '=', line.length);
    if (equals == NULL) return refuse(reader, "line", line, "write [section] or key = value");
    struct piece key = piece_trim((struct piece){line.start, (size_t)(equals - line.start)});
    struct piece value = piece_trim((struct piece){equals + 1, line.length - (size_t)(equals + 1 - line.start)});
    if (!piece_is_name(key)) return refuse(reader, "line", line, "write a key such as num-ports before =");
    if (!reader->in_section) {
        if (!reader->refused) refuse(reader, "line", line, "stands in no section; write [section] above it");
        return;
    }
    const struct section *section = &document->sections[document->section_count - 1];
    const char *name = arena_text(document->arena, key.start, key.length);
    const struct setting *same = document_setting(document, section, name);
    if (same != NULL) return refuse_twice(reader, name, value, same->line);
    struct setting *setting = document_add_setting(document, name, document->lines);
    if (setting == NULL) return refuse(reader, name, value, "too many keys in one section");
    setting->kind = value.length == 0 ? SETTING_REFUSED : SETTING_WORD;
    if (value.length == 0) return refuse(reader, name, value, "write a value behind =, or leave the key out");
    setting->raw = setting->text = arena_text(document->arena, value.start, value.length);
}

void ini_read(const char *text, size_t length, struct document *document, struct report *report) {
    struct reader reader = {.document = document, .report = report};
    struct piece rest = {text, length}, line;
    while (lines_next(&rest, &line, document, report)) {
        const char *comment = line.length > 0 ? memchr(line.start, '#', line.length) : NULL;
        if (comment != NULL) line.length = (size_t)(comment - line.start);
        line = piece_trim(line);
        if (line.length == 0) continue;
        if (line.start[0] == '[')
            read_section(&reader, line);
        else
            read_setting(&reader, line);
    }
}
