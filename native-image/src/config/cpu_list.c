#include "config/cpu_list.h"

#include <stdio.h>
#include <string.h>

/* At most five digits, as in the TypeScript twin (components/host/cpu-set.ts). */
static bool read_number(const char **at, unsigned *number) {
    const char *start = *at;
    *number = 0;
    while (**at >= '0' && **at <= '9' && *at - start < 5) *number = *number * 10 + (unsigned)(*(*at)++ - '0');
    return *at > start;
}

static void skip_blanks(const char **at) {
    while (**at == ' ' || **at == '\t') (*at)++;
}

static bool read_range(const char **at, unsigned *first, unsigned *last) {
    skip_blanks(at);
    if (!read_number(at, first)) return false;
    *last = *first;
    if (**at == '-') {
        (*at)++;
        if (!read_number(at, last)) return false;
    }
    skip_blanks(at);
    return *first <= *last && *last < CPU_LIST_MAX;
}

bool cpu_list_parse(const char *text, struct cpu_list *list) {
    bool named[CPU_LIST_MAX] = {false};
    for (const char *at = text;; at++) {
        unsigned first, last;
        if (!read_range(&at, &first, &last)) return false;
        memset(named + first, true, last - first + 1);
        if (*at == '\0') break;
        if (*at != ',') return false;
    }
    list->count = 0;
    for (uint16_t cpu = 0; cpu < CPU_LIST_MAX; cpu++)
        if (named[cpu]) list->cpus[list->count++] = cpu;
    return true;
}

void cpu_list_format(const struct cpu_list *list, char text[CPU_LIST_TEXT]) {
    size_t length = 0;
    text[0] = '\0';
    for (unsigned i = 0, first = 0; i < list->count; i++) {
        if (i + 1 < list->count && list->cpus[i + 1] == list->cpus[i] + 1) continue;
        const char *comma = length > 0 ? "," : "";
        size_t room = CPU_LIST_TEXT - length;
        length +=
            (size_t)(first == i ? snprintf(text + length, room, "%s%u", comma, list->cpus[i])
                                : snprintf(text + length, room, "%s%u-%u", comma, list->cpus[first], list->cpus[i]));
        first = i + 1;
    }
}

bool cpu_list_add(struct cpu_list *list, unsigned cpu) {
    if (cpu >= CPU_LIST_MAX) return false;
    unsigned at = 0;
    while (at < list->count && list->cpus[at] < cpu) at++;
    if (at < list->count && list->cpus[at] == cpu) return true;
    memmove(list->cpus + at + 1, list->cpus + at, (list->count - at) * sizeof list->cpus[0]);
    list->cpus[at] = (uint16_t)cpu;
    list->count++;
    return true;
}

bool cpu_list_has(const struct cpu_list *list, unsigned cpu) {
    for (unsigned i = 0; i < list->count; i++)
        if (list->cpus[i] == cpu) return true;
    return false;
}

bool cpu_list_equal(const struct cpu_list *a, const struct cpu_list *b) {
    return a->count == b->count && memcmp(a->cpus, b->cpus, a->count * sizeof a->cpus[0]) == 0;
}

void cpu_list_difference(const struct cpu_list *a, const struct cpu_list *b, struct cpu_list *result) {
    struct cpu_list left = {.count = 0};
    for (unsigned i = 0; i < a->count; i++)
        if (!cpu_list_has(b, a->cpus[i])) left.cpus[left.count++] = a->cpus[i];
    *result = left;
}
