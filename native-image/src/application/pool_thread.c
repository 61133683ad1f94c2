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

static void run(struct pool_thread *thread) {
    while (!atomic_load_explicit(thread->stop, memory_order_relaxed)) {
        unsigned work = pool_thread_take(thread);
        counter_add(&thread->rounds, 1);
        if (work > 0) counter_add(&thread->busy_rounds, 1);
        uint32_t pause = idle_round(&thread->idle, work);
        if (pause == 0 || halt_is_near(thread->halt)) continue;
        counter_add(&thread->pauses, 1);
        idle_pause(pause);
    }
}

void pool_thread_run(void *argument) {
    struct pool_thread *thread = argument;
    idle_prepare_thread();
    do run(thread);
    while (halt_wait(thread->halt));
    while (pool_thread_take(thread) > 0) continue;
}
