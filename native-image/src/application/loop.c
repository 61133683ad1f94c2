#include "application/loop.h"

static uint32_t pause_after(struct loop *loop, unsigned work) {
    if (loop->pause_ns == 0) return idle_round(&loop->idle, work);
    return work > 0 ? 0 : loop->pause_ns;
}

static void run(struct loop *loop, loop_round *round, void *thread) {
    while (!atomic_load_explicit(loop->stop, memory_order_relaxed)) {
        uint64_t most_ns = UINT64_MAX;
        unsigned work = round(thread, &most_ns);
        counter_add(&loop->rounds, 1);
        if (work > 0) counter_add(&loop->busy_rounds, 1);
        uint32_t pause = pause_after(loop, work);
        if (pause == 0 || halt_is_near(loop->halt)) continue;
        counter_add(&loop->pauses, 1);
        idle_pause(most_ns < pause ? (uint32_t)most_ns : pause);
    }
}

void loop_run(struct loop *loop, loop_round *round, void *thread) {
    idle_prepare_thread();
    do run(loop, round, thread);
    while (halt_wait(loop->halt));
}
