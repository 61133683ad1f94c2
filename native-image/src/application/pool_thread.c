#include "application/pool_thread.h"

#include <time.h>

enum { BURST = 64 };

/* A thread asks the kernel's clock once a round with work; the vDSO answers without a system call. */
static uint64_t slot_now(const struct pool_thread *thread) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return ((uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec) / thread->slot_ns;
}

static unsigned take_from(struct pool_thread *thread, struct handoff *handoff, uint64_t slot) {
    unsigned count = handoff_take(handoff, thread->taken, BURST);
    if (count == 0) return 0;
    intake_burst(thread->intake, thread->taken, count, slot, thread->results);
    for (unsigned i = 0; i < count; i++) {
        thread->back[i] = thread->taken[i].datagram;
        if (!receipt_make(&thread->back[i], thread->results[i])) thread->back[i].peer = HANDOFF_DROP;
    }
    handoff_give_back(handoff, thread->back, count);
    return count;
}

static unsigned take_all(struct pool_thread *thread) {
    uint64_t slot = slot_now(thread);
    unsigned work = 0;
    for (unsigned i = 0; i < thread->workers; i++) work += take_from(thread, thread->handoffs[i], slot);
    if (work == 0) intake_burst(thread->intake, thread->taken, 0, slot, NULL);
    return work;
}

int pool_thread_run(void *argument) {
    struct pool_thread *thread = argument;
    idle_prepare_thread();
    while (!atomic_load_explicit(thread->stop, memory_order_relaxed)) {
        unsigned work = take_all(thread);
        counter_add(&thread->rounds, 1);
        if (work > 0) counter_add(&thread->busy_rounds, 1);
        uint32_t pause = idle_round(&thread->idle, work);
        if (pause == 0) continue;
        counter_add(&thread->pauses, 1);
        idle_pause(pause);
    }
    while (take_all(thread) > 0) continue;
    return 0;
}
