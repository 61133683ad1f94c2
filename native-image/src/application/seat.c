#include "application/seat.h"

#include <stdlib.h>

#define NOBODY UINT32_MAX

static struct seat *of(struct outbox *outbox) {
    return (struct seat *)(void *)outbox; /* its first member */
}

static bool send(struct outbox *outbox, const uint8_t *bytes, uint16_t length, const uint32_t *peers, unsigned count) {
    struct seat *seat = of(outbox);
    if (!seat->moved) return seat->through->send(seat->through, bytes, length, peers, count);
    unsigned there = 0;
    for (unsigned i = 0; i < count; i++)
        if (seat->to[peers[i]] != NOBODY) seat->list[there++] = seat->to[peers[i]];
    return there == 0 || seat->through->send(seat->through, bytes, length, seat->list, there);
}

static void tell(struct outbox *outbox, const struct validator_event *event) {
    struct outbox *through = of(outbox)->through;
    through->tell(through, event);
}

struct seat *seat_make(const struct settings *settings, struct outbox *through, uint64_t now_ns) {
    struct seat *seat = calloc(1, sizeof *seat);
    if (seat == NULL) return NULL;
    seat->outbox = (struct outbox){.send = send, .tell = tell};
    seat->through = through;
    seat->schedule = settings->schedule;
    seat->self = settings->self;
    seat->peers = settings->schedule.validators - 1;
    seat->to = calloc(seat->peers + 1, sizeof *seat->to);
    seat->list = calloc(seat->peers + 1, sizeof *seat->list);
    seat->validator = validator_make(settings, &seat->outbox, now_ns);
    if (seat->to != NULL && seat->list != NULL && seat->validator != NULL) {
        for (uint32_t i = 0; i < seat->peers; i++) seat->to[i] = i;
        return seat;
    }
    seat_release(seat);
    return NULL;
}

void seat_release(struct seat *seat) {
    if (seat == NULL) return;
    validator_release(seat->validator);
    free(seat->to);
    free(seat->from);
    free(seat->list);
    free(seat);
}

void seat_move(struct seat *seat, const uint32_t *to, uint32_t *from, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) from[i] = NOBODY;
    for (uint32_t i = 0; i < seat->peers; i++) {
        if (seat->to[i] == NOBODY) continue;
        seat->to[i] = to[seat->to[i]];
        if (seat->to[i] != NOBODY) from[seat->to[i]] = i;
    }
    free(seat->from);
    seat->from = from;
    seat->from_count = count;
    seat->moved = true;
}

void seat_receive(struct seat *seat, enum message_type type, const uint8_t *bytes, size_t length, uint32_t peer,
                  uint64_t now_ns) {
    if (seat->moved) peer = peer < seat->from_count ? seat->from[peer] : NOBODY;
    validator_receive(seat->validator, type, bytes, length, peer, now_ns);
}
