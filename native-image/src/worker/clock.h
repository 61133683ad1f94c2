#ifndef PANTHEON_WORKER_CLOCK_H
#define PANTHEON_WORKER_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Nanoseconds from the processor's time stamp counter, without a system call. The counter's start is any. */
struct clock {
    uint64_t ns_per_tick; /* times 2^32 */
};

static inline struct clock clock_make(uint64_t ticks_per_second) {
    return (struct clock){(1000000000ull << 32) / ticks_per_second};
}

static inline uint64_t clock_ns(const struct clock *clock, uint64_t ticks) {
    __extension__ typedef unsigned __int128 wide;
    return (uint64_t)((wide)ticks * clock->ns_per_tick >> 32);
}

static inline uint64_t clock_now(const struct clock *clock) {
    return clock_ns(clock, __builtin_ia32_rdtsc());
}

/* One of the kernel's clocks, in ns. The vDSO answers without a system call, but for those of CPU time. */
static inline uint64_t clock_kernel_ns(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}

/* How many ticks a second has, measured against the kernel's clock for 20 ms: at start, and where there is no EAL to ask. */
uint64_t clock_measure(void);

#endif
