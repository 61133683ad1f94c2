#include <inttypes.h>

#include "bench/commands.h"
#include "bench/session.h"
#include "bench/spread.h"

/*
 * How much a node is behind a program that does nothing: DPDK's testpmd in macswap mode and a node that answers echoes,
 * in turns, behind the same memif, with the same rings, buffers and bursts (subject_testpmd.h), offered the same
 * frames. Where the sender could not offer more, the true rate is above what is told, and so `bound by the sender` is
 * told with it.
 */
enum { PACKET_SIZE = 64, ONE_CONNECTION = 1 };

static const double GOAL = 0.9;

struct forwarding {
    struct session *session;
    struct comparison rates; /* testpmd, node */
    unsigned bound[2];       /* runs of each side that the sender has bounded */
};

/* The largest rate, PDR; 0 where it could not be measured. */
static uint64_t rate_of(struct forwarding *forwarding, enum side side) {
    struct rig rig;
    struct search search;
    struct session *session = forwarding->session;
    bool testpmd = side == SIDE_A;
    if (!session_up(session, &rig, testpmd ? &RIG_TESTPMD : &RIG_DPDK, testpmd ? TRAFFIC_MIRRORED : TRAFFIC_FRAMES,
                    ONE_CONNECTION, session_datagram(PACKET_SIZE)))
        return 0;
    json_object(&session->json, NULL);
    json_text(&session->json, "side", testpmd ? "testpmd" : "node");
    bool searched = session_search(session, &rig, SEARCH_PDR, &search);
    rig_down(&rig);
    json_end(&session->json);
    if (!searched) return 0;
    struct search_answer answer = search_answer(&search, 0);
    if (answer.sender_bound) forwarding->bound[side]++;
    return session_pdr(&search);
}

static bool measure(struct forwarding *forwarding) {
    enum side side;
    json_array(&forwarding->session->json, "runs");
    uint64_t rate = 1;
    while (rate > 0 && comparison_next(&forwarding->rates, &side)) {
        rate = rate_of(forwarding, side);
        if (rate > 0) comparison_report(&forwarding->rates, (double)rate);
    }
    json_end(&forwarding->session->json);
    return rate > 0;
}

static void tell(struct forwarding *forwarding) {
    struct spread spread;
    struct json *json = &forwarding->session->json;
    comparison_json(json, "forwarding", &forwarding->rates);
    json_whole(json, "testpmd_bound_by_the_sender", forwarding->bound[SIDE_A]);
    json_whole(json, "node_bound_by_the_sender", forwarding->bound[SIDE_B]);
    if (!comparison_spread(&forwarding->rates, &spread)) return;
    printf("64-byte frames, 0.5 %% lost at most, one memif, %u pairs in turns\n", spread.pairs);
    printf("testpmd macswap %.0f a second, node %.0f: %.3f (%.3f to %.3f)%s\n", spread.median_a, spread.median_b,
           spread.ratio, spread.low, spread.high, spread.ratio >= GOAL ? ", goal reached" : ", goal missed");
    if (forwarding->bound[SIDE_A] + forwarding->bound[SIDE_B] > 0)
        printf("bound by the sender: %u runs of testpmd, %u of the node; their true rates are above\n",
               forwarding->bound[SIDE_A], forwarding->bound[SIDE_B]);
}

int command_forwarding(const struct options *options) {
    struct session session;
    struct options ours = *options;
    struct forwarding forwarding = {.session = &session};
    ours.backend = BACKEND_DPDK; /* no namespace is needed */
    comparison_start(&forwarding.rates, options->pairs, 0);
    if (!session_begin(&session, &ours)) return session_end(&session);
    if (measure(&forwarding)) tell(&forwarding);
    return session_end(&session);
}
