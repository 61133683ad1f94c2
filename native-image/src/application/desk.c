#include "application/desk.h"

#include "transactions/batch.h"
#include "worker/clock.h"

static void make_batch(struct desk *desk, uint64_t slot) {
    struct intake *intake = desk->intake;
    if (pool_count(intake->pool) < DESK_BATCH) return;
    uint8_t *bytes = desk->batches == NULL ? desk->thrown_away : batches_room(desk->batches);
    if (bytes == NULL) return;
    struct batch batch = pool_batch(intake->pool, DESK_BATCH, bytes, DESK_BATCH_BYTES, slot, &intake->counters);
    if (desk->batches != NULL && batch.length > 0) batches_put(desk->batches, (uint32_t)batch.length);
}

void desk_take(struct desk *desk, const struct handed *list, unsigned count, struct datagram *back) {
    uint64_t slot = clock_kernel_ns(CLOCK_REALTIME) / desk->slot_ns; /* asked once a burst */
    intake_burst(desk->intake, list, count, slot, desk->results);
    make_batch(desk, slot);
    for (unsigned i = 0; i < count; i++) {
        back[i] = list[i].datagram;
        if (!receipt_make(&back[i], desk->results[i])) back[i].peer = HANDOFF_DROP;
    }
}
