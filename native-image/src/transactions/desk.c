#include "transactions/desk.h"

#include <time.h>

#include "transactions/batch.h"

/* The kernel's clock is asked once a burst; the vDSO answers without a system call. */
static uint64_t slot_now(const struct desk *desk) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return ((uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec) / desk->slot_ns;
}

static void make_batch(struct desk *desk, uint64_t slot) {
    struct intake *intake = desk->intake;
    if (pool_count(intake->pool) < DESK_BATCH) return;
    pool_batch(intake->pool, DESK_BATCH, desk->batch, DESK_BATCH * TRANSACTION_MAX, slot, &intake->counters);
}

void desk_take(struct desk *desk, const struct handed *list, unsigned count, struct datagram *back) {
    uint64_t slot = slot_now(desk);
    intake_burst(desk->intake, list, count, slot, desk->results);
    make_batch(desk, slot);
    for (unsigned i = 0; i < count; i++) {
        back[i] = list[i].datagram;
        if (!receipt_make(&back[i], desk->results[i])) back[i].peer = HANDOFF_DROP;
    }
}
