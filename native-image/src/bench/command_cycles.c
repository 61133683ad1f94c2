#include "bench/commands.h"
#include "bench/ring_node.h"
#include "bench/session.h"
#include "bench/spread.h"

/*
 * What a node does with a packet beyond receiving and sending it: a worker's rounds and a bare receive and send in
 * turns, on net_ring, in one thread. Each run is many short ones of both, of which the median counts: one that was
 * interrupted is none.
 */
enum { SAMPLES = 4000 };

static const double GOAL = 150;

struct measured {
    struct comparison cycles; /* bare, worker: of a packet */
    double above[SPREAD_MOST_PAIRS];
};

/* Both sides in turns, A B B A. */
static bool run_pair(struct session *session, struct ring_node *node, struct measured *measured) {
    static double samples[2][SAMPLES];
    struct failure why;
    uint64_t cycles;
    for (unsigned i = 0; i < 2 * SAMPLES; i++) {
        unsigned side = (i + 1) / 2 % 2;
        if (!ring_node_measure(node, (enum ring_node_side)side, &cycles, &why)) return session_fail(session, &why);
        samples[side][i / 2] = (double)cycles / RING_NODE_FRAMES;
    }
    double bare = spread_median(samples[RING_NODE_BARE], SAMPLES);
    double worker = spread_median(samples[RING_NODE_WORKER], SAMPLES);
    enum side first;
    measured->above[measured->cycles.count] = worker - bare;
    comparison_next(&measured->cycles, &first);
    comparison_report(&measured->cycles, first == SIDE_A ? bare : worker);
    comparison_report(&measured->cycles, first == SIDE_A ? worker : bare);
    return true;
}

static void tell(struct session *session, struct measured *measured) {
    struct spread spread;
    unsigned count = measured->cycles.count;
    if (!comparison_spread(&measured->cycles, &spread)) return;
    double middle = spread_median(measured->above, count), low = measured->above[0], high = measured->above[count - 1];
    comparison_json(&session->json, "cycles", &measured->cycles);
    json_object(&session->json, "above");
    json_number(&session->json, "median", middle);
    json_number(&session->json, "low", low);
    json_number(&session->json, "high", high);
    json_number(&session->json, "goal", GOAL);
    json_end(&session->json);
    printf("64-byte packets of %u peers on net_ring, cycles of the time stamp counter a packet\n",
           session->options->peers);
    printf("bare %.1f, worker %.1f: above %.1f (%.1f to %.1f)%s\n", spread.median_a, spread.median_b, middle, low, high,
           middle <= GOAL ? ", goal reached" : ", goal missed");
}

static bool measure(struct session *session, struct measured *measured) {
    struct failure why;
    struct ring_node *node = ring_node_make(session->options->peers, &why);
    if (node == NULL) return session_fail(session, &why);
    bool well = true;
    for (unsigned i = 0; well && i < session->options->pairs; i++) {
        progress_say(session->progress, "pair %u of %u", i + 1, session->options->pairs);
        well = run_pair(session, node, measured);
    }
    ring_node_release(node);
    return well;
}

int command_cycles(const struct options *options) {
    struct session session;
    struct options ours = *options;
    static struct measured measured;
    ours.backend = BACKEND_DPDK; /* no namespace is needed */
    comparison_start(&measured.cycles, options->pairs, 0);
    if (!session_begin(&session, &ours)) return session_end(&session);
    json_whole(&session.json, "peers", options->peers);
    if (measure(&session, &measured)) tell(&session, &measured);
    return session_end(&session);
}
