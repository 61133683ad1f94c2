#include "net/schedule.h"

#include <stdlib.h>

bool schedule_make(struct schedule *schedule, uint32_t count) {
    *schedule = (struct schedule){.count = count};
    if (count == 0) return true;
    schedule->heap = calloc(count, sizeof *schedule->heap);
    schedule->place = calloc(count, sizeof *schedule->place);
    schedule->due_ns = calloc(count, sizeof *schedule->due_ns);
    if (schedule->heap == NULL || schedule->place == NULL || schedule->due_ns == NULL) return false;
    for (uint32_t i = 0; i < count; i++) schedule->heap[i] = schedule->place[i] = i;
    return true;
}

void schedule_release(struct schedule *schedule) {
    free(schedule->heap);
    free(schedule->place);
    free(schedule->due_ns);
    *schedule = (struct schedule){0};
}

static bool is_before(const struct schedule *schedule, uint32_t a, uint32_t b) {
    return schedule->due_ns[schedule->heap[a]] < schedule->due_ns[schedule->heap[b]];
}

static void swap(struct schedule *schedule, uint32_t a, uint32_t b) {
    uint32_t first = schedule->heap[a], second = schedule->heap[b];
    schedule->heap[a] = second;
    schedule->heap[b] = first;
    schedule->place[second] = a;
    schedule->place[first] = b;
}

static void rise(struct schedule *schedule, uint32_t at) {
    while (at > 0 && is_before(schedule, at, (at - 1) / 2)) {
        swap(schedule, at, (at - 1) / 2);
        at = (at - 1) / 2;
    }
}

static void sink(struct schedule *schedule, uint32_t at) {
    for (;;) {
        uint32_t least = at;
        for (uint32_t child = 2 * at + 1; child <= 2 * at + 2 && child < schedule->count; child++)
            if (is_before(schedule, child, least)) least = child;
        if (least == at) return;
        swap(schedule, at, least);
        at = least;
    }
}

void schedule_set(struct schedule *schedule, uint32_t number, uint64_t due_ns) {
    schedule->due_ns[number] = due_ns;
    rise(schedule, schedule->place[number]);
    sink(schedule, schedule->place[number]);
}
