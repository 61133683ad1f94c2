#include "net/timetable.h"

#include <stdlib.h>

bool timetable_make(struct timetable *timetable, uint32_t count) {
    *timetable = (struct timetable){.count = count};
    if (count == 0) return true;
    timetable->heap = calloc(count, sizeof *timetable->heap);
    timetable->place = calloc(count, sizeof *timetable->place);
    timetable->due_ns = calloc(count, sizeof *timetable->due_ns);
    if (timetable->heap == NULL || timetable->place == NULL || timetable->due_ns == NULL) return false;
    for (uint32_t i = 0; i < count; i++) timetable->heap[i] = timetable->place[i] = i;
    return true;
}

void timetable_release(struct timetable *timetable) {
    free(timetable->heap);
    free(timetable->place);
    free(timetable->due_ns);
    *timetable = (struct timetable){0};
}

static bool is_before(const struct timetable *timetable, uint32_t a, uint32_t b) {
    return timetable->due_ns[timetable->heap[a]] < timetable->due_ns[timetable->heap[b]];
}

static void swap(struct timetable *timetable, uint32_t a, uint32_t b) {
    uint32_t first = timetable->heap[a], second = timetable->heap[b];
    timetable->heap[a] = second;
    timetable->heap[b] = first;
    timetable->place[second] = a;
    timetable->place[first] = b;
}

static void rise(struct timetable *timetable, uint32_t at) {
    while (at > 0 && is_before(timetable, at, (at - 1) / 2)) {
        swap(timetable, at, (at - 1) / 2);
        at = (at - 1) / 2;
    }
}

static void sink(struct timetable *timetable, uint32_t at) {
    for (;;) {
        uint32_t least = at;
        for (uint32_t child = 2 * at + 1; child <= 2 * at + 2 && child < timetable->count; child++)
            if (is_before(timetable, child, least)) least = child;
        if (least == at) return;
        swap(timetable, at, least);
        at = least;
    }
}

void timetable_set(struct timetable *timetable, uint32_t number, uint64_t due_ns) {
    timetable->due_ns[number] = due_ns;
    rise(timetable, timetable->place[number]);
    sink(timetable, timetable->place[number]);
}
