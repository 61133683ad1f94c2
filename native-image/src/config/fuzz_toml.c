#include <stdlib.h>

#include "config/addresses.h"
#include "config/config_toml.h"
#include "config/toml.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* A text of any bytes is read or refused with lines, and what was read without mistakes is whole. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    static struct config_toml values;
    struct arena arena = {0};
    struct report report = {0};
    struct document document = {.file = "file", .arena = &arena};
    toml_read((const char *)bytes, length, &document, &report);
    for (size_t i = 0; i < document.setting_count; i++) {
        const struct setting *setting = &document.settings[i];
        if (setting->line == 0 || setting->line > document.lines || setting->key[0] == '\0') abort();
        if (setting->raw == NULL && setting->kind != SETTING_REFUSED) abort();
    }
    config_toml_read(&document, &values, &report);
    if (report.count > 0 && report_text(&report) == NULL) abort();
    if (report.count == 0 && (values.network.network_id == NULL || values.dpdk.cpu_cores.count == 0)) abort();
    if (report.count == 0) addresses_mistakes(&values, &report);
    report_release(&report);
    arena_release(&arena);
    return 0;
}
