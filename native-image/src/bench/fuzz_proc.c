#include <stdlib.h>
#include <string.h>

#include "bench/proc.h"
#include "bench/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* What begins with `cpu` and was read has a number that can be; a character that was read lies within the text. */
static void try_line(const char *line) {
    struct proc_cpu cpu;
    int number;
    uint64_t value;
    if (proc_cpu_line(line, &number, &cpu) && (number < PROC_ALL_CPUS || strncmp(line, "cpu", 3) != 0)) abort();
    if (proc_number(line, "UDP:", "mem", &value) && strstr(line, "mem") == NULL) abort();
    if (proc_number(line, "VmRSS:", NULL, &value) && strncmp(line, "VmRSS:", 6) != 0) abort();
    const char *end = line + strlen(line), *at = line;
    while (*at != '\0') {
        const char *before = at;
        utf8_next(&at);
        if (at <= before || at > end || at - before > 4) abort();
    }
}

/* Any text, line by line, each in memory of its own length. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    size_t from = 0;
    for (size_t i = 0; i <= length; i++) {
        if (i < length && bytes[i] != '\n' && bytes[i] != '\0') continue;
        char *line = malloc(i - from + 1);
        if (line == NULL) return 0;
        memcpy(line, bytes + from, i - from);
        line[i - from] = '\0';
        try_line(line);
        free(line);
        from = i + 1;
    }
    return 0;
}
