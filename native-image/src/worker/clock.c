#include "worker/clock.h"

#include <time.h>

static uint64_t kernel_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_RAW, &now);
    return (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}

uint64_t clock_measure(void) {
    const struct timespec pause = {.tv_nsec = 20000000};
    uint64_t start_ns = kernel_ns(), start = __builtin_ia32_rdtsc();
    nanosleep(&pause, NULL);
    uint64_t ns = kernel_ns() - start_ns, ticks = __builtin_ia32_rdtsc() - start;
    return (uint64_t)((double)ticks * 1e9 / (double)ns);
}
