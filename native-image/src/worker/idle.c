#include "worker/idle.h"

#include <sys/prctl.h>
#include <time.h>

uint32_t idle_round(struct idle *idle, unsigned work) {
    if (work > 0 || !idle->adaptive) {
        idle->empty = 0;
        idle->pause_ns = 0;
        return 0;
    }
    if (idle->empty < IDLE_ROUNDS) {
        idle->empty++;
        return 0;
    }
    idle->pause_ns = idle->pause_ns == 0 ? IDLE_FIRST_NS : idle->pause_ns * 2;
    if (idle->pause_ns > IDLE_LONGEST_NS) idle->pause_ns = IDLE_LONGEST_NS;
    return idle->pause_ns;
}

void idle_prepare_thread(void) {
    prctl(PR_SET_TIMERSLACK, 1000ul, 0ul, 0ul, 0ul);
}

void idle_pause(uint32_t ns) {
    struct timespec pause = {.tv_nsec = (long)ns};
    nanosleep(&pause, NULL);
}
