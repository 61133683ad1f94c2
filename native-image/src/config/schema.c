#include "config/schema.h"

#include <stdio.h>
#include <string.h>

#include "config/patterns.h"
#include "config/suggest.h"

enum { KNOWN = 160 };

const char *schema_key(const char *section, const char *key, char text[96]) {
    snprintf(text, 96, "[%s] %s", section, key);
    return text;
}

void schema_mistake(const struct document *document, const char *section, const struct setting *setting,
                    const char *remedy, struct report *report) {
    char key[96];
    report_at(report, document->file, setting->line, schema_key(section, setting->key, key), setting->raw, "%s",
              remedy);
}

static bool read_boolean(const struct setting *setting, bool *value, char *remedy, size_t room) {
    snprintf(remedy, room, "must be true or false");
    if (setting->kind == SETTING_BOOLEAN) return *value = setting->boolean, true;
    if (setting->kind != SETTING_WORD) return false;
    *value = strcmp(setting->text, "true") == 0;
    return *value || strcmp(setting->text, "false") == 0;
}

static bool read_number(const struct field *field, const struct setting *setting, uint32_t *value, char *remedy,
                        size_t room) {
    snprintf(remedy, room, "must be a whole number from %u to %u", field->least, field->most);
    uint32_t number = 0;
    if (setting->kind == SETTING_WORD) {
        if (!pattern_number(setting->text, &number)) return false;
    } else if (setting->kind == SETTING_NUMBER && setting->number >= 0 && setting->number <= UINT32_MAX) {
        number = (uint32_t)setting->number;
    } else {
        return false;
    }
    if (number < field->least || number > field->most) return false;
    *value = number;
    return true;
}

static bool read_text(const struct field *field, const struct setting *setting, const char **value, char *remedy,
                      size_t room) {
    snprintf(remedy, room, "%s", field->remedy);
    if (setting->kind != SETTING_TEXT && setting->kind != SETTING_WORD) return false;
    if (!field->accepts(setting->text)) return false;
    *value = setting->text;
    return true;
}

static bool read_choice(const struct field *field, const struct setting *setting, unsigned *value, char *remedy,
                        size_t room) {
    size_t length = (size_t)snprintf(remedy, room, "must be ");
    for (unsigned i = 0; field->choices[i] != NULL; i++) {
        if ((setting->kind == SETTING_TEXT || setting->kind == SETTING_WORD) &&
            strcmp(setting->text, field->choices[i]) == 0)
            return *value = i, true;
        if (length < room)
            length += (size_t)snprintf(remedy + length, room - length, "%s%s", i > 0 ? " or " : "", field->choices[i]);
    }
    return false;
}

static bool read_cpus(const struct setting *setting, struct cpu_list *value, char *remedy, size_t room) {
    snprintf(remedy, room, "must be a list of CPUs below %u, each once, such as [2, 3]", CPU_LIST_MAX);
    if (setting->kind != SETTING_NUMBERS || setting->number_count == 0) return false;
    struct cpu_list cpus = {.count = 0};
    for (size_t i = 0; i < setting->number_count; i++) {
        int64_t cpu = setting->numbers[i];
        if (cpu < 0 || cpu >= CPU_LIST_MAX || cpu_list_has(&cpus, (unsigned)cpu)) return false;
        cpu_list_add(&cpus, (unsigned)cpu);
    }
    *value = cpus;
    return true;
}

static bool read_value(const struct field *field, const struct setting *setting, void *to, char *remedy, size_t room) {
    switch (field->kind) {
    case FIELD_BOOLEAN: return read_boolean(setting, to, remedy, room);
    case FIELD_NUMBER: return read_number(field, setting, to, remedy, room);
    case FIELD_TEXT: return read_text(field, setting, to, remedy, room);
    case FIELD_CHOICE: return read_choice(field, setting, to, remedy, room);
    case FIELD_CPUS: return read_cpus(setting, to, remedy, room);
    }
    return false;
}

static void read_field(const struct field *field, const struct document *document, const struct section *section,
                       void *target, struct report *report) {
    const struct setting *setting = section == NULL ? NULL : document_setting(document, section, field->key);
    if (setting == NULL) {
        if (field->optional) return;
        char key[96];
        unsigned line = section == NULL ? document->lines : section->line;
        report_at(report, document->file, line, schema_key(field->section, field->key, key), NULL,
                  section == NULL ? "write the section with this key" : "write this key in the section");
        return;
    }
    if (setting->kind == SETTING_REFUSED) return;
    char remedy[256];
    char *bytes = target;
    if (!read_value(field, setting, bytes + field->offset, remedy, sizeof remedy))
        return schema_mistake(document, field->section, setting, remedy, report);
    if (field->present != 0) *(bool *)(void *)(bytes + field->present) = true;
}

static bool is_known(const struct schema *schema, const char *section, const char *key) {
    for (size_t i = 0; i < schema->count; i++) {
        const struct field *field = &schema->fields[i];
        if (strcmp(field->section, section) == 0 && strcmp(field->key, key) == 0) return true;
    }
    return false;
}

static void refuse_unknown(const struct schema *schema, const struct document *document, const char *section,
                           const struct setting *setting, struct report *report) {
    const char *known[KNOWN];
    size_t count = 0;
    for (size_t i = 0; i < schema->count && count < KNOWN; i++)
        if (strcmp(schema->fields[i].section, section) == 0) known[count++] = schema->fields[i].key;
    char remedy[512] = "is no key here; ";
    size_t length = strlen(remedy);
    suggest(setting->key, known, count, remedy + length, sizeof remedy - length);
    schema_mistake(document, section, setting, remedy, report);
}

void schema_read_section(const struct schema *schema, const struct document *document, const char *name,
                         const struct section *section, void *target, struct report *report) {
    for (size_t i = 0; section != NULL && i < section->count; i++) {
        const struct setting *setting = &document->settings[section->first + i];
        if (!is_known(schema, name, setting->key)) refuse_unknown(schema, document, name, setting, report);
    }
    for (size_t i = 0; i < schema->count; i++)
        if (strcmp(schema->fields[i].section, name) == 0)
            read_field(&schema->fields[i], document, section, target, report);
}

void schema_unknown_sections(const struct schema *schema, const struct document *document, struct report *report) {
    const char *known[KNOWN];
    size_t count = 0;
    for (size_t i = 0; i < schema->count && count < KNOWN; i++)
        if (i == 0 || strcmp(schema->fields[i].section, schema->fields[i - 1].section) != 0)
            known[count++] = schema->fields[i].section;
    for (size_t i = 0; i < document->section_count; i++) {
        const struct section *section = &document->sections[i];
        bool found = false;
        for (size_t k = 0; k < count; k++) found = found || strcmp(known[k], section->name) == 0;
        if (found || section->element > 0) continue;
        char key[96], remedy[512] = "is no section here; ";
        snprintf(key, sizeof key, section->array ? "[[%s]]" : "[%s]", section->name);
        size_t length = strlen(remedy);
        suggest(section->name, known, count, remedy + length, sizeof remedy - length);
        report_at(report, document->file, section->line, "section", key, "%s", remedy);
    }
}
