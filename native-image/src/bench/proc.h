#ifndef PANTHEON_BENCH_PROC_H
#define PANTHEON_BENCH_PROC_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What /proc tells, proc(5). The readers of lines are pure; the others open files under `root`, "/proc" but in tests.
 */

/* Clock ticks of one CPU, or of all, since the system started. `user` has guests' time in it. */
struct proc_cpu {
    uint64_t user;
    uint64_t nice;
    uint64_t system;
    uint64_t idle;
    uint64_t iowait;
    uint64_t irq;
    uint64_t softirq;
    uint64_t steal;
};

#define PROC_ALL_CPUS (-1)

/* A line of /proc/stat: `cpu …` (number is PROC_ALL_CPUS) or `cpu3 …`. False for any other, and for a kernel without
 * steal. */
bool proc_cpu_line(const char *line, int *number, struct proc_cpu *cpu);

/* The number behind `word` in a line that begins with `begin`: ("UDP: inuse 4 mem 2", "UDP:", "mem") is 2. No word: the
 * first. */
bool proc_number(const char *line, const char *begin, const char *word, uint64_t *number);

/*
 * The sum of all CPUs, and of each CPU number below `room` its ticks in list[number]; where a CPU is not there, zeros.
 * Answers how many of the list are used, 0 where the file cannot be read.
 */
unsigned proc_cpus(const char *root, struct proc_cpu *all, struct proc_cpu *list, unsigned room);

/* The first such line of a file. False where there is none. */
bool proc_find(const char *root, const char *file, const char *begin, const char *word, uint64_t *number);

#endif
