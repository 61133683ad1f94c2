#ifndef PANTHEON_BENCH_WINDOW_H
#define PANTHEON_BENCH_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A closed loop: a packet goes out as soon as fewer than `most` are under way. So nothing is lost for want of room where
 * every ring and buffer on the way holds that many, and a moment for which a hypervisor takes a CPU away costs that
 * moment alone: how many come through in a second is how fast a program is, where a search for the largest rate without
 * loss finds how long those moments are (3 ms at 7 Mpps are 21,000 packets, and a ring has 1,024).
 *
 * It says nothing of latency, which a closed loop hides. No clock of its own.
 *
 *     count = window_room(&window, now, sent, received, burst)     once a round
 */
struct window {
    unsigned most;
    uint64_t patience_ns; /* so long without an answer, and what is under way is lost and makes room */
    uint64_t received;    /* when it was looked at last */
    uint64_t changed_ns;  /* when an answer was there last */
    uint64_t given_up;    /* packets */
};

static inline void window_start(struct window *window, unsigned most, uint64_t patience_ns, uint64_t now_ns) {
    *window = (struct window){.most = most, .patience_ns = patience_ns, .changed_ns = now_ns};
}

/* How many may be sent now, `burst` at most. `sent` and `received` of this load; both only grow, as does the clock. */
static inline unsigned window_room(struct window *window, uint64_t now_ns, uint64_t sent, uint64_t received,
                                   unsigned burst) {
    uint64_t gone = received + window->given_up;
    if (received != window->received || sent <= gone) {
        window->received = received;
        window->changed_ns = now_ns;
    } else if (now_ns - window->changed_ns > window->patience_ns) {
        window->given_up = sent - received;
        window->changed_ns = now_ns;
    }
    gone = received + window->given_up;
    uint64_t under_way = sent > gone ? sent - gone : 0; /* an answer may come after it was given up */
    if (under_way >= window->most) return 0;
    uint64_t room = window->most - under_way;
    return room < burst ? (unsigned)room : burst;
}

#endif
