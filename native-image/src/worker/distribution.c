#include "worker/distribution.h"

#include "protocol/drops.h"

/* As many at once from one thread, so that none of them holds up the wire. */
enum { AT_ONCE = 64 };

static unsigned lane_count(const struct distribution *distribution) {
    unsigned count = 0;
    for (unsigned i = 0; i < APPLICATIONS; i++) count += distribution->threads[i];
    return count;
}

unsigned distribution_hand_over(struct distribution *distribution, struct counter *drops, struct datagram *dropped) {
    unsigned count = lane_count(distribution), left = 0;
    for (unsigned i = 0; i < count; i++) {
        struct lane *lane = &distribution->lanes[i];
        if (lane->count == 0) continue;
        unsigned given = handoff_give(lane->handoff, lane->list, lane->count);
        for (unsigned k = given; k < lane->count; k++) dropped[left++] = lane->list[k].datagram;
        lane->count = 0;
    }
    if (left > 0) counter_add(&drops[DROP_OVERRUN], left);
    return left;
}

static unsigned take_back(struct lane *lane, struct io *io) {
    struct datagram list[AT_ONCE], drop[AT_ONCE], send[AT_ONCE];
    unsigned count = handoff_take_back(lane->handoff, list, AT_ONCE), dropped = 0, sent = 0;
    for (unsigned i = 0; i < count; i++)
        if (list[i].peer == HANDOFF_DROP)
            drop[dropped++] = list[i];
        else
            send[sent++] = list[i];
    if (dropped > 0) io->operations->drop(io, drop, dropped);
    if (sent > 0) io->operations->send(io, send, sent);
    return count;
}

static unsigned send_out(struct lane *lane, struct io *io) {
    struct outgoing list[HANDOFF_OUT_BURST];
    unsigned count = handoff_take_out(lane->handoff, list, HANDOFF_OUT_BURST);
    for (unsigned i = 0; i < count; i++)
        io->operations->spread(io, list[i].bytes, list[i].length, list[i].peers, list[i].count);
    return count;
}

unsigned distribution_collect(struct distribution *distribution, struct io *io) {
    unsigned count = lane_count(distribution), some = 0;
    for (unsigned i = 0; i < count; i++) {
        some += take_back(&distribution->lanes[i], io);
        some += send_out(&distribution->lanes[i], io);
    }
    return some;
}
