#include <inttypes.h>

#include "bench/commands.h"
#include "bench/hostile.h"
#include "bench/session.h"
#include "bench/spread.h"

/*
 * What a hostile peer (bench/hostile.h) costs the honest ones. They send transactions at two fifths of the largest rate that the
 * node carries with 512 of them under way; the hostile one sends as many datagrams a second as all of them together, from one
 * address, or not, in turns, to the same node. So it is offered four fifths of its capacity in datagrams: what the wire itself cannot
 * carry, the node cannot choose from, and a virtual machine's rate differs by a tenth and more from run to run. Each peer may send twice
 * what an honest one does.
 *
 * Told: how many honest transactions were answered with it, divided by how many without it.
 */
enum { PERCENT = 40, LIMIT_FACTOR = 2 };

static const double GOAL = 0.9;

struct attack {
    struct session *session;
    struct rig rig;
    struct hostile *hostile;
    uint64_t rate;      /* of the honest peers together */
    uint64_t unsent[2]; /* of theirs, that the sender did not get to; by enum side */
    uint64_t flood, flood_unsent;
    struct comparison answered;
};

/* The largest rate of a node without such limits; 0 where it failed. */
static uint64_t largest(struct session *session, const struct rig_side *side) {
    struct rig rig;
    uint64_t rate;
    if (!session_up(session, &rig, side, TRAFFIC_TRANSACTION, session->options->peers, TRAFFIC_TRANSACTION_BYTES))
        return 0;
    bool measured = session_largest(session, &rig, &rate);
    rig_down(&rig);
    return measured ? rate : 0;
}

static bool run(struct attack *attack, enum side side) {
    struct session *session = attack->session;
    attack->rig.traffic->hostile = side == SIDE_B ? attack->hostile : NULL;
    if (!session_try(session, &attack->rig, attack->rate, session->options->duration_ns)) return false;
    const struct load_result *result = &session->trial.result;
    json_object(&session->json, NULL);
    json_truth(&session->json, "hostile", side == SIDE_B);
    if (side == SIDE_B) json_whole(&session->json, "hostile_sent", hostile_sent(attack->hostile));
    trial_json(&session->json, "honest", &attack->rig.traffic->system, &session->trial);
    json_end(&session->json);
    attack->unsent[side] += result->offered - result->sent;
    if (side == SIDE_B) {
        attack->flood += hostile_sent(attack->hostile);
        attack->flood_unsent += hostile_unsent(attack->hostile);
    }
    comparison_report(&attack->answered, (double)(result->received > 0 ? result->received : 1));
    return true;
}

static bool run_all(struct attack *attack) {
    enum side side;
    bool well = true;
    json_array(&attack->session->json, "runs");
    while (well && comparison_next(&attack->answered, &side)) well = run(attack, side);
    json_end(&attack->session->json);
    return well;
}

static void tell(struct attack *attack) {
    struct spread spread;
    struct session *session = attack->session;
    const char *name = attack->rig.side->name;
    json_whole(&session->json, "hostile_sent", attack->flood);
    json_whole(&session->json, "hostile_unsent", attack->flood_unsent);
    json_whole(&session->json, "honest_unsent_with_it", attack->unsent[SIDE_B]);
    comparison_json(&session->json, "answered", &attack->answered);
    if (!comparison_spread(&attack->answered, &spread)) return;
    printf("%-8s %" PRIu64 " honest transactions a second of %u peers; with as many hostile datagrams of one more peer "
           "%.3f of them are answered (%.3f to %.3f)%s\n",
           name, attack->rate, session->options->peers, spread.pair_ratio, spread.low, spread.high,
           spread.pair_ratio > GOAL ? ", goal reached" : ", goal missed");
    if (attack->unsent[SIDE_B] > attack->unsent[SIDE_A])
        printf("%-8s the sender did not get to %" PRIu64
               " honest ones beside the hostile: the node may have lost less\n",
               name, attack->unsent[SIDE_B] - attack->unsent[SIDE_A]);
    if (attack->flood_unsent > 0)
        printf("%-8s %" PRIu64 " of %" PRIu64 " hostile ones were not sent: the sender or the wire had no room\n", name,
               attack->flood_unsent, attack->flood + attack->flood_unsent);
}

/* One more peer than are honest: the last connection, which traffic of the others leaves out. */
static bool attack_node(struct attack *attack, const struct rig_side *side) {
    struct session *session = attack->session;
    unsigned peers = session->options->peers;
    struct failure why;
    if (!session_up(session, &attack->rig, side, TRAFFIC_TRANSACTION, peers + 1, TRAFFIC_TRANSACTION_BYTES))
        return false;
    attack->rig.traffic->connections = peers;
    attack->hostile = hostile_make(attack->rig.wire, peers, attack->rate);
    bool well = attack->hostile != NULL || (failed(&why, "no memory for a hostile peer"), session_fail(session, &why));
    well = well && run_all(attack);
    if (well) tell(attack);
    attack->rig.traffic->hostile = NULL;
    hostile_release(attack->hostile);
    rig_down(&attack->rig);
    return well;
}

static bool measure(struct session *session, const struct rig_side *side) {
    struct attack attack = {.session = session};
    struct rig_side limited = *side;
    comparison_start(&attack.answered, session->options->pairs, 0);
    json_object(&session->json, side->name);
    uint64_t most = largest(session, side);
    attack.rate = most * PERCENT / 100;
    limited.limit = (uint32_t)(LIMIT_FACTOR * most / session->options->peers + 1);
    json_whole(&session->json, "rate", attack.rate);
    json_whole(&session->json, "limit_of_a_peer", limited.limit);
    bool well = attack.rate > 0 && attack_node(&attack, &limited);
    json_end(&session->json);
    return well;
}

int command_hostile_peer(const struct options *options) {
    struct session session;
    const struct rig_side *sides[2];
    if (!session_begin(&session, options)) return session_end(&session);
    json_whole(&session.json, "honest_peers", options->peers);
    unsigned count = session_sides(&session, sides);
    for (unsigned i = 0; i < count && measure(&session, sides[i]); i++) continue;
    return session_end(&session);
}
