#ifndef PANTHEON_CONFIG_CPU_LIST_H
#define PANTHEON_CONFIG_CPU_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* glibc's cpu_set_t, and so EAL's rte_cpuset_t, ends here (CPU_SETSIZE): a larger number cannot be asked for. */
#define CPU_LIST_MAX 1024u

/* CPU numbers in ascending order, each once. Its text is the kernel's CPU list: `0-3,8`. */
struct cpu_list {
    uint16_t count;
    uint16_t cpus[CPU_LIST_MAX];
};

/* Long enough for every list: ranges save, single CPUs take five characters at most. */
#define CPU_LIST_TEXT (CPU_LIST_MAX * 5 + 1)

/* False where the text is no CPU list, is empty, or names a CPU of CPU_LIST_MAX or above. */
bool cpu_list_parse(const char *text, struct cpu_list *list);

/* Ranges wherever it can. */
void cpu_list_format(const struct cpu_list *list, char text[CPU_LIST_TEXT]);

/* Puts a CPU in its place; one that is there already stays once. False where it is too large. */
bool cpu_list_add(struct cpu_list *list, unsigned cpu);

bool cpu_list_has(const struct cpu_list *list, unsigned cpu);

bool cpu_list_equal(const struct cpu_list *a, const struct cpu_list *b);

/* What is in `a` and not in `b`. */
void cpu_list_difference(const struct cpu_list *a, const struct cpu_list *b, struct cpu_list *result);

#endif
