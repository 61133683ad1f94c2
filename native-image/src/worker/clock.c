#include "worker/clock.h"

uint64_t clock_measure(void) {
    const struct timespec pause = {.tv_nsec = 20000000};
    uint64_t start_ns = clock_kernel_ns(CLOCK_MONOTONIC_RAW), start = __builtin_ia32_rdtsc();
    nanosleep(&pause, NULL);
    uint64_t ns = clock_kernel_ns(CLOCK_MONOTONIC_RAW) - start_ns, ticks = __builtin_ia32_rdtsc() - start;
    return (uint64_t)((double)ticks * 1e9 / (double)ns);
}
