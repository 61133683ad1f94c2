#ifndef PANTHEON_CONSENSUS_SCHEDULE_H
#define PANTHEON_CONSENSUS_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Which slot it is, and whose. All validators share the same numbers and, within half a slot, the same clock (ns of
 * CLOCK_REALTIME, which NTP holds to milliseconds; what is measured from one host to another is as exact as that).
 *
 * The clock is what bounds memory: a datagram can only open a slot of now. Without it a leader could name a slot far
 * ahead, for which it leads as well, and every honest slot would look old.
 *
 * Simulated: leaders take turns, each validator counts the same. A chain draws them by stake.
 */
struct schedule {
    uint32_t validators;
    uint64_t genesis_ns; /* when slot 0 began */
    uint64_t slot_ns;
    uint64_t seed; /* of the trees: the same for all, of each chain another */
};

static inline uint64_t schedule_slot(const struct schedule *schedule, uint64_t now_ns) {
    return now_ns <= schedule->genesis_ns ? 0 : (now_ns - schedule->genesis_ns) / schedule->slot_ns;
}

/* Only for slots near to now: it would overflow for others. */
static inline uint64_t schedule_start(const struct schedule *schedule, uint64_t slot) {
    return schedule->genesis_ns + slot * schedule->slot_ns;
}

/* Proposes the block of the slot. */
static inline uint32_t schedule_leader(const struct schedule *schedule, uint64_t slot) {
    return (uint32_t)(slot % schedule->validators);
}

/* Counts the votes for it: the leader of the next slot, who builds on it. */
static inline uint32_t schedule_collector(const struct schedule *schedule, uint64_t slot) {
    return (uint32_t)((slot % schedule->validators + 1) % schedule->validators);
}

/* The `depth` slots that are worked on: one ahead (another's clock may be), the current one and those before it. */
static inline bool schedule_is_open(const struct schedule *schedule, uint64_t slot, uint64_t now_ns, uint32_t depth) {
    uint64_t last = schedule_slot(schedule, now_ns) + 1;
    return slot <= last && last - slot < depth;
}

#endif
