#include <inttypes.h>

#include "bench/commands.h"
#include "bench/session.h"

static void say(const struct session *session, const struct rig_side *side) {
    const struct trial *trial = &session->trial;
    const struct load_result *result = &trial->result;
    double seconds = (double)trial->load.duration_ns / 1e9;
    printf("%-26s %12.0f a second of %.0f offered, lost %" PRIu64
           "; latency mean %.0f us, median %.0f us, p99 %.0f us\n",
           side->name, (double)result->received / seconds, (double)result->offered / seconds, result->lost,
           histogram_mean(result->latency) / 1e3, (double)histogram_value_at(result->latency, 500000) / 1e3,
           (double)histogram_value_at(result->latency, 990000) / 1e3);
}

static bool measure(struct session *session, const struct rig_side *side) {
    struct rig rig;
    const struct options *options = session->options;
    if (!session_up(session, &rig, side, TRAFFIC_TRANSACTION, options->connections, TRAFFIC_TRANSACTION_BYTES))
        return false;
    bool tried = session_try(session, &rig, options->tx_rate, options->duration_ns);
    if (tried) {
        trial_json(&session->json, side->name, &rig.traffic->system, &session->trial);
        say(session, side);
    }
    rig_down(&rig);
    return tried;
}

int command_tx_throughput(const struct options *options) {
    struct session session;
    const struct rig_side *sides[2];
    if (!session_begin(&session, options)) return session_end(&session);
    json_whole(&session.json, "connections", options->connections);
    json_text(&session.json, "simulated", "signatures are carried, not verified; batches are made and thrown away");
    unsigned count = session_sides(&session, sides);
    for (unsigned i = 0; i < count && measure(&session, sides[i]); i++) continue;
    return session_end(&session);
}
