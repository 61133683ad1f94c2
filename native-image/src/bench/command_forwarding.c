#include <inttypes.h>

#include "bench/commands.h"
#include "bench/session.h"
#include "bench/spread.h"

/*
 * How much a node is behind a program that does nothing: DPDK's testpmd in macswap mode and a node that answers echoes,
 * in turns, behind the same memif, with the same rings, buffers and bursts (subject_testpmd.h), given the same
 * frames as fast as they come back.
 */
enum { PACKET_SIZE = 64, ONE_CONNECTION = 1 };

static const double GOAL = 0.9;

/* As many a second as come back; 0 where it could not be measured. */
static uint64_t rate_of(struct session *session, enum side side) {
    struct rig rig;
    uint64_t rate;
    bool testpmd = side == SIDE_A;
    if (!session_up(session, &rig, testpmd ? &RIG_TESTPMD : &RIG_DPDK, testpmd ? TRAFFIC_MIRRORED : TRAFFIC_FRAMES,
                    ONE_CONNECTION, session_datagram(PACKET_SIZE)))
        return 0;
    json_object(&session->json, NULL);
    json_text(&session->json, "side", testpmd ? "testpmd" : "node");
    bool measured = session_largest(session, &rig, &rate);
    rig_down(&rig);
    json_end(&session->json);
    return measured ? rate : 0;
}

static bool measure(struct session *session, struct comparison *rates) {
    enum side side;
    uint64_t rate = 1;
    json_array(&session->json, "runs");
    while (rate > 0 && comparison_next(rates, &side)) {
        rate = rate_of(session, side);
        if (rate > 0) comparison_report(rates, (double)rate);
    }
    json_end(&session->json);
    return rate > 0;
}

static void tell(struct session *session, const struct comparison *rates) {
    struct spread spread;
    comparison_json(&session->json, "forwarding", rates);
    if (!comparison_spread(rates, &spread)) return;
    printf("64-byte frames, %u under way, one memif, %u pairs in turns\n", SESSION_WINDOW, spread.pairs);
    printf("testpmd macswap %.0f a second, node %.0f: %.3f (%.3f to %.3f)%s\n", spread.median_a, spread.median_b,
           spread.pair_ratio, spread.low, spread.high, spread.pair_ratio >= GOAL ? ", goal reached" : ", goal missed");
}

int command_forwarding(const struct options *options) {
    struct session session;
    struct comparison rates;
    struct options ours = *options;
    ours.backend = BACKEND_DPDK; /* no namespace is needed */
    comparison_start(&rates, options->pairs, 0);
    if (!session_begin(&session, &ours)) return session_end(&session);
    if (measure(&session, &rates)) tell(&session, &rates);
    return session_end(&session);
}
