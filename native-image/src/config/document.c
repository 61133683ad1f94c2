#include "config/document.h"

#include <string.h>

const struct section *document_section(const struct document *document, const char *name) {
    for (size_t i = document->section_count; i > 0; i--) {
        const struct section *section = &document->sections[i - 1];
        if (strcmp(section->name, name) == 0) return section;
    }
    return NULL;
}

const struct setting *document_setting(const struct document *document, const struct section *section,
                                       const char *key) {
    for (size_t i = 0; i < section->count; i++) {
        const struct setting *setting = &document->settings[section->first + i];
        if (strcmp(setting->key, key) == 0) return setting;
    }
    return NULL;
}

struct section *document_add_section(struct document *document, const char *name, unsigned line, bool array) {
    const struct section *same = document_section(document, name);
    unsigned element = same == NULL ? 0 : same->element + 1;
    if (same == NULL && ++document->names > DOCUMENT_MAX_NAMES) return NULL;
    document->sections = arena_grow(document->arena, document->sections, document->section_count,
                                    &document->section_room, sizeof *document->sections);
    struct section *section = &document->sections[document->section_count++];
    *section = (struct section){
        .name = name, .element = element, .line = line, .array = array, .first = document->setting_count};
    return section;
}

struct setting *document_add_setting(struct document *document, const char *key, unsigned line) {
    struct section *section = &document->sections[document->section_count - 1];
    if (section->count == DOCUMENT_MAX_KEYS) return NULL;
    document->settings = arena_grow(document->arena, document->settings, document->setting_count,
                                    &document->setting_room, sizeof *document->settings);
    struct setting *setting = &document->settings[document->setting_count++];
    section->count++;
    *setting = (struct setting){.key = key, .line = line};
    return setting;
}
