#include "consensus/simulation_events.h"

#include <stdbool.h>
#include <stdlib.h>

void packet_drop(struct packet *packet) {
    if (--packet->references == 0) free(packet);
}

void *events_grow(void *list, size_t *room, size_t count, size_t size) {
    if (count < *room) return list;
    *room = *room == 0 ? 1024 : *room * 2;
    list = realloc(list, *room * size);
    if (list == NULL) abort();
    return list;
}

static bool is_before(const struct event *a, const struct event *b) {
    return a->at_ns < b->at_ns || (a->at_ns == b->at_ns && a->order < b->order);
}

void events_push(struct events *events, struct event event) {
    events->list = events_grow(events->list, &events->room, events->count, sizeof *events->list);
    event.order = events->order++;
    size_t at = events->count++;
    for (; at > 0 && is_before(&event, &events->list[(at - 1) / 2]); at = (at - 1) / 2)
        events->list[at] = events->list[(at - 1) / 2];
    events->list[at] = event;
}

struct event events_pop(struct events *events) {
    struct event first = events->list[0], last = events->list[--events->count];
    size_t at = 0, child;
    while ((child = at * 2 + 1) < events->count) {
        if (child + 1 < events->count && is_before(&events->list[child + 1], &events->list[child])) child++;
        if (!is_before(&events->list[child], &last)) break;
        events->list[at] = events->list[child];
        at = child;
    }
    events->list[at] = last;
    return first;
}

void events_release(struct events *events) {
    for (size_t i = 0; i < events->count; i++)
        if (events->list[i].packet != NULL) packet_drop(events->list[i].packet);
    free(events->list);
}
