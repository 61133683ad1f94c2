#include "worker/halt.h"

#include "worker/idle.h"

enum { LOOKS_A_MS = 1000000 / HALT_LOOK_NS };

bool halt_wait(struct halt *halt) {
    if (halt == NULL) return false;
    bool stop = atomic_load_explicit(&halt->stop, memory_order_acquire);
    if (!stop) return true; /* the halt was over before this thread came to it */
    if (!atomic_load_explicit(&halt->waits, memory_order_acquire)) return false;
    atomic_fetch_add_explicit(&halt->waiting, 1, memory_order_release);
    while (stop && atomic_load_explicit(&halt->waits, memory_order_acquire)) {
        idle_pause(HALT_LOOK_NS);
        stop = atomic_load_explicit(&halt->stop, memory_order_acquire);
    }
    atomic_fetch_sub_explicit(&halt->waiting, 1, memory_order_release);
    return !stop;
}

void halt_announce(struct halt *halt) {
    atomic_store_explicit(&halt->near, true, memory_order_relaxed);
}

static unsigned waiting(struct halt *halt) {
    return atomic_load_explicit(&halt->waiting, memory_order_acquire);
}

bool halt_begin(struct halt *halt, unsigned threads, unsigned ms) {
    atomic_store_explicit(&halt->waits, true, memory_order_relaxed);
    atomic_store_explicit(&halt->stop, true, memory_order_release);
    for (uint64_t looks = (uint64_t)ms * LOOKS_A_MS; waiting(halt) < threads; looks--) {
        if (looks == 0) return false;
        idle_pause(HALT_LOOK_NS);
    }
    return true;
}

void halt_end(struct halt *halt) {
    atomic_store_explicit(&halt->near, false, memory_order_relaxed);
    atomic_store_explicit(&halt->stop, false, memory_order_release);
    while (waiting(halt) > 0) idle_pause(HALT_LOOK_NS); /* or the next halt would count them twice */
}

void halt_stop(struct halt *halt) {
    atomic_store_explicit(&halt->waits, false, memory_order_relaxed);
    atomic_store_explicit(&halt->stop, true, memory_order_release);
}
