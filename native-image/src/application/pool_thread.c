#include "application/pool_thread.h"

/* At once from one worker: what two bursts of the default size bring. */
enum { BURST = 64 };

unsigned pool_thread_take(struct pool_thread *thread) {
    unsigned work = 0;
    for (unsigned i = 0; i < thread->workers; i++) {
        unsigned count = handoff_take(thread->handoffs[i], thread->taken, BURST);
        if (count == 0) continue;
        desk_take(&thread->desk, thread->taken, count, thread->back);
        handoff_give_back(thread->handoffs[i], thread->back, count);
        work += count;
    }
    if (work == 0) desk_take(&thread->desk, thread->taken, 0, thread->back);
    return work;
}

/* It may pause for as long as poll_mode says. */
static unsigned round_now(void *argument, uint64_t *most_ns) {
    (void)most_ns;
    return pool_thread_take(argument);
}

void pool_thread_run(void *argument) {
    struct pool_thread *thread = argument;
    loop_run(&thread->loop, round_now, thread);
    while (pool_thread_take(thread) > 0) continue;
}
