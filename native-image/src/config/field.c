#include "config/field.h"

#include <stdio.h>
#include <string.h>

#include "config/cpu_list.h"

static void show_text(const char *value, char text[FIELD_SHOWN]) {
    snprintf(text, FIELD_SHOWN, strlen(value) < FIELD_SHOWN ? "%s" : "%.60s...", value);
}

void field_show(const struct field *field, const void *values, char text[FIELD_SHOWN]) {
    const char *at = (const char *)values + field->offset;
    snprintf(text, FIELD_SHOWN, "nothing");
    switch (field->kind) {
    case FIELD_BOOLEAN: snprintf(text, FIELD_SHOWN, "%s", *(const bool *)(const void *)at ? "true" : "false"); return;
    case FIELD_NUMBER: {
        uint32_t number = *(const uint32_t *)(const void *)at;
        if (number != 0 || !field->optional) /* no optional number may be 0 */
            snprintf(text, FIELD_SHOWN, "%u", number);
        return;
    }
    case FIELD_TEXT: {
        const char *value = *(const char *const *)(const void *)at;
        if (value != NULL) show_text(value, text);
        return;
    }
    case FIELD_CHOICE: snprintf(text, FIELD_SHOWN, "%s", field->choices[*(const unsigned *)(const void *)at]); return;
    case FIELD_CPUS: {
        char cpus[CPU_LIST_TEXT];
        cpu_list_format((const struct cpu_list *)(const void *)at, cpus);
        show_text(cpus, text);
        return;
    }
    }
}

bool field_same(const struct field *field, const void *old, const void *new) {
    const char *a = (const char *)old + field->offset, *b = (const char *)new + field->offset;
    switch (field->kind) {
    case FIELD_BOOLEAN: return *(const bool *)(const void *)a == *(const bool *)(const void *)b;
    case FIELD_NUMBER: return *(const uint32_t *)(const void *)a == *(const uint32_t *)(const void *)b;
    case FIELD_CHOICE: return *(const unsigned *)(const void *)a == *(const unsigned *)(const void *)b;
    case FIELD_CPUS:
        return cpu_list_equal((const struct cpu_list *)(const void *)a, (const struct cpu_list *)(const void *)b);
    case FIELD_TEXT: {
        const char *text = *(const char *const *)(const void *)a, *other = *(const char *const *)(const void *)b;
        return text == other || (text != NULL && other != NULL && strcmp(text, other) == 0);
    }
    }
    return false;
}
