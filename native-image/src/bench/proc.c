#include "bench/proc.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* A whole number and what follows it; NULL where there is none, or it has more than 64 bits. */
static const char *digits(const char *at, uint64_t *number) {
    uint64_t value = 0;
    if (!isdigit((unsigned char)*at)) return NULL;
    for (; isdigit((unsigned char)*at); at++) {
        if (__builtin_mul_overflow(value, 10u, &value)) return NULL;
        if (__builtin_add_overflow(value, (uint64_t)(*at - '0'), &value)) return NULL;
    }
    *number = value;
    return at;
}

static const char *behind_blanks(const char *at) {
    return at + strspn(at, " \t");
}

bool proc_cpu_line(const char *line, int *number, struct proc_cpu *cpu) {
    static const uint64_t MOST_CPUS = 1u << 20; /* more than any kernel has; keeps the number an int */
    uint64_t read, *fields[] = {&cpu->user,   &cpu->nice, &cpu->system,  &cpu->idle,
                                &cpu->iowait, &cpu->irq,  &cpu->softirq, &cpu->steal};
    if (strncmp(line, "cpu", 3) != 0) return false;
    const char *at = line + 3;
    *number = PROC_ALL_CPUS;
    if (*at != ' ') {
        at = digits(at, &read);
        if (at == NULL || read >= MOST_CPUS) return false;
        *number = (int)read;
    }
    for (unsigned i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (*at != ' ') return false;
        at = digits(behind_blanks(at), fields[i]);
        if (at == NULL) return false;
    }
    return true;
}

bool proc_number(const char *line, const char *begin, const char *word, uint64_t *number) {
    size_t length = strlen(begin);
    if (strncmp(line, begin, length) != 0) return false;
    const char *at = line + length;
    while (word != NULL) {
        at = behind_blanks(at);
        size_t found = strcspn(at, " \t\n");
        if (found == 0) return false;
        bool here = found == strlen(word) && memcmp(at, word, found) == 0;
        at += found;
        if (here) break;
    }
    return digits(behind_blanks(at), number) != NULL;
}

static FILE *open_under(const char *root, const char *file) {
    char path[512];
    int length = snprintf(path, sizeof path, "%s/%s", root, file);
    return length > 0 && (size_t)length < sizeof path ? fopen(path, "re") : NULL;
}

unsigned proc_cpus(const char *root, struct proc_cpu *all, struct proc_cpu *list, unsigned room) {
    char line[512];
    unsigned used = 0;
    int number;
    struct proc_cpu cpu;
    FILE *file = open_under(root, "stat");
    if (file == NULL) return 0;
    *all = (struct proc_cpu){0};
    memset(list, 0, room * sizeof *list);
    while (fgets(line, sizeof line, file) != NULL && proc_cpu_line(line, &number, &cpu)) {
        if (number == PROC_ALL_CPUS) {
            *all = cpu;
        } else if ((unsigned)number < room) {
            list[number] = cpu;
            if ((unsigned)number >= used) used = (unsigned)number + 1;
        }
    }
    fclose(file);
    return used;
}

bool proc_find(const char *root, const char *name, const char *begin, const char *word, uint64_t *number) {
    char line[512];
    bool found = false;
    FILE *file = open_under(root, name);
    if (file == NULL) return false;
    while (!found && fgets(line, sizeof line, file) != NULL) found = proc_number(line, begin, word, number);
    fclose(file);
    return found;
}
