#include "protocol/sequence.h"

#include <string.h>

static bool is_seen(const struct sequence *sequence, uint64_t number) {
    unsigned bit = (unsigned)(number % SEQUENCE_WINDOW);
    return (sequence->seen[bit / 64] >> (bit % 64) & 1) != 0;
}

static void set_seen(struct sequence *sequence, uint64_t number, bool seen) {
    unsigned bit = (unsigned)(number % SEQUENCE_WINDOW);
    uint64_t mask = 1ull << (bit % 64);
    if (seen)
        sequence->seen[bit / 64] |= mask;
    else
        sequence->seen[bit / 64] &= ~mask;
}

static void start(struct sequence *sequence, uint32_t session, uint64_t number) {
    bool had_session = sequence->started;
    uint32_t previous = sequence->session;
    *sequence = (struct sequence){.started = true,
                                  .had_session = had_session,
                                  .session = session,
                                  .previous = previous,
                                  .first = number,
                                  .next = number + 1};
    set_seen(sequence, number, true);
}

/* Moves the window's end behind `number`; the numbers between have not come. */
static void advance(struct sequence *sequence, uint64_t number) {
    if (number - sequence->next >= SEQUENCE_WINDOW)
        memset(sequence->seen, 0, sizeof sequence->seen);
    else
        for (uint64_t gap = sequence->next; gap < number; gap++) set_seen(sequence, gap, false);
    set_seen(sequence, number, true);
    sequence->next = number + 1;
}

enum sequence_result sequence_take(struct sequence *sequence, uint32_t session, uint64_t number, uint64_t *lost) {
    if (number == UINT64_MAX) return SEQUENCE_IMPOSSIBLE; /* it has no next */
    if (sequence->had_session && session == sequence->previous && session != sequence->session) return SEQUENCE_STALE;
    if (!sequence->started || session != sequence->session) {
        start(sequence, session, number);
        return SEQUENCE_NEXT;
    }
    if (number >= sequence->next) {
        uint64_t gap = number - sequence->next;
        if (gap >= SEQUENCE_MAX_GAP) return SEQUENCE_IMPOSSIBLE;
        advance(sequence, number);
        if (gap == 0) return SEQUENCE_NEXT;
        *lost = gap;
        return SEQUENCE_GAP;
    }
    if (number < sequence->first || sequence->next - number > SEQUENCE_WINDOW) return SEQUENCE_STALE;
    if (is_seen(sequence, number)) return SEQUENCE_DUPLICATED;
    set_seen(sequence, number, true);
    return SEQUENCE_LATE;
}
