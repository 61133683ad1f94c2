#include <inttypes.h>
#include <string.h>

#include "bench/commands.h"
#include "bench/session.h"
#include "bench/stress.h"
#include "consensus/settings.h"

/* What the seed's documentation says under Consensus Participation, for 100 validators; it does not say of which
 * blocks. */
struct seed_figures {
    double propagation_p95_ms;
    double response_mean_ms;
    double missed_percent;
};
static const struct seed_figures SEED_KERNEL = {180, 220, 3.2}, SEED_DPDK = {35, 52, 0.3};

static const char SIMULATED[] =
    "all validators are one process and one thread, each datagram passes a real wire of this machine; leaders take turns, "
    "blocks are bytes that nobody executes, signatures are carried and not verified";

static const char BOUND[] =
    "one core does the work of all validators: no block is everywhere before busy_ms_a_block has passed; with a machine for "
    "each the work of one is a small part of that, and the network's own time comes on top";

/* A run of which others disturbed more slots than this is no measurement. */
#define MOST_DISTURBED 0.5

struct run {
    const struct rig_side *side;
    double loss;
    char name[40];
    struct stress_result result;
};

static const struct seed_figures *seed_of(const struct run *run) {
    return run->side->kind == WIRE_MEMIF ? &SEED_DPDK : &SEED_KERNEL;
}

static double milliseconds(const struct histogram *histogram, uint32_t parts) {
    return (double)histogram_value_at(histogram, parts) / 1e6;
}

static double share(uint64_t part, uint64_t whole) {
    return whole == 0 ? 0 : (double)part / (double)whole;
}

static void write_work(struct json *json, const struct stress_result *result) {
    const struct stress_tally *quiet = &result->quiet;
    json_object(json, "work");
    json_text(json, "what_bounds_it", BOUND);
    json_number(json, "busy_ms_a_block", share(quiet->busy_ns, quiet->slots) / 1e6);
    json_number(json, "cpu_ms_a_block", share(quiet->cpu_ns, quiet->slots) / 1e6);
    json_number(json, "busy_ns_a_datagram", share(quiet->busy_ns, quiet->arrived));
    json_number(json, "datagrams_a_block", share(quiet->arrived, quiet->slots));
    json_number(json, "most_late_ms", (double)result->most_late_ns / 1e6);
    cost_json(json, "cpu", &result->cost);
    disturbance_json(json, "disturbance", &result->disturbance);
    json_end(json);
}

/* Of all slots, disturbed or not. */
static void write_all(struct json *json, const struct stress_result *result) {
    const struct stress_tally *all = &result->all;
    json_object(json, "with_disturbed_slots");
    json_whole(json, "slots", all->slots);
    json_whole(json, "blocks_proposed", all->proposed);
    json_whole(json, "blocks_expected", all->expected);
    json_whole(json, "blocks_completed", all->completed);
    json_whole(json, "blocks_wrong", all->wrong);
    json_whole(json, "rounds_missed", all->expected - all->in_time);
    json_whole(json, "slots_confirmed", all->confirmed);
    json_number(json, "cpu_ms_a_block", share(all->cpu_ns, all->slots) / 1e6);
    json_number(json, "share_of_its_core_while_awake", share(all->cpu_ns, all->awake_ns));
    json_end(json);
}

static void write_datagrams(struct json *json, const struct stress_result *result) {
    json_object(json, "datagrams");
    json_whole(json, "sent", result->mesh.sent);
    json_whole(json, "received", result->mesh.received);
    json_whole(json, "lost_on_purpose", result->all.lost);
    json_whole(json, "lost_below", result->mesh.lost_below);
    json_whole(json, "refused", result->mesh.refused);
    json_end(json);
    json_object(json, "counters");
    for (unsigned i = 0; i < CONSENSUS_COUNTERS; i++)
        json_whole(json, consensus_counter_name((enum consensus_counter)i), result->counters[i]);
    json_end(json);
}

static void write_seed(struct json *json, const struct seed_figures *seed) {
    json_object(json, "seed");
    json_text(json, "what", "the seed's documentation, 100 validators; block size and wire are not said there");
    json_number(json, "propagation_p95_ms", seed->propagation_p95_ms);
    json_number(json, "response_mean_ms", seed->response_mean_ms);
    json_number(json, "missed_rounds_percent", seed->missed_percent);
    json_end(json);
}

static double missed_percent(const struct stress_tally *tally) {
    return share(tally->expected - tally->in_time, tally->expected) * 100;
}

static void write_run(struct json *json, const struct run *run) {
    static const char *const NAMES[STRESS_SAMPLES] = {"propagation", "response", "response_from_proposal",
                                                      "confirmation"};
    const struct stress_tally *quiet = &run->result.quiet;
    json_object(json, NULL);
    json_text(json, "system", run->side->name);
    json_text(json, "wire", mesh_name(run->side->kind));
    json_number(json, "loss", run->loss);
    json_whole(json, "slots", quiet->slots);
    json_whole(json, "slots_disturbed", run->result.all.slots - quiet->slots);
    json_whole(json, "blocks_completed", quiet->completed);
    json_whole(json, "rounds_missed", quiet->expected - quiet->in_time);
    json_number(json, "rounds_missed_percent", missed_percent(quiet));
    json_whole(json, "slots_confirmed", quiet->confirmed);
    json_number(json, "slots_confirmed_percent", share(quiet->confirmed, quiet->slots) * 100);
    for (unsigned i = 0; i < STRESS_SAMPLES; i++) histogram_json(json, NAMES[i], run->result.histograms[i]);
    write_all(json, &run->result);
    write_datagrams(json, &run->result);
    write_work(json, &run->result);
    write_seed(json, seed_of(run));
    json_end(json);
}

static void say(const struct run *run) {
    const struct stress_tally *quiet = &run->result.quiet;
    struct histogram *const *times = run->result.histograms;
    const struct seed_figures *seed = seed_of(run);
    if (quiet->slots == 0) {
        printf("%-17s nothing: others ran on this core in each of %" PRIu64 " slots\n", run->name,
               run->result.all.slots);
        return;
    }
    printf("%-17s block everywhere: p50 %.1f ms, p95 %.1f ms, p99 %.1f ms (the seed's p95: %.0f ms)\n", run->name,
           milliseconds(times[STRESS_PROPAGATION], 500000), milliseconds(times[STRESS_PROPAGATION], 950000),
           milliseconds(times[STRESS_PROPAGATION], 990000), seed->propagation_p95_ms);
    printf(
        "%-17s vote acknowledged: mean %.1f ms after the block was complete, %.1f ms after it was proposed (the seed's "
        "mean: %.0f ms)\n",
        "", histogram_mean(times[STRESS_RESPONSE]) / 1e6, histogram_mean(times[STRESS_ROUND]) / 1e6,
        seed->response_mean_ms);
    printf("%-17s missed rounds %.2f %% (the seed's: %.1f %%), slots confirmed %.1f %%\n", "", missed_percent(quiet),
           seed->missed_percent, share(quiet->confirmed, quiet->slots) * 100);
    printf("%-17s of %" PRIu64 " quiet slots of %" PRIu64
           "; one core did the work of all, %.1f ms a block: %.0f datagrams\n",
           "", quiet->slots, run->result.all.slots, share(quiet->busy_ns, quiet->slots) / 1e6,
           share(quiet->arrived, quiet->slots));
}

static void judge(struct session *session, const struct run *run) {
    const struct stress_tally *all = &run->result.all;
    uint64_t disturbed = all->slots - run->result.quiet.slots;
    if ((double)disturbed > MOST_DISTURBED * (double)all->slots)
        session_doubt(session, "%s: %" PRIu64 " of %" PRIu64 " slots were disturbed by others on this core", run->name,
                      disturbed, all->slots);
    if (all->proposed < run->result.all.slots)
        session_doubt(session, "%s: %" PRIu64 " of %" PRIu64 " blocks were proposed; this machine is too slow for them",
                      run->name, all->proposed, all->slots);
    if (all->wrong > 0)
        session_doubt(session, "%s: %" PRIu64 " blocks were not what was proposed, which is a mistake of the program",
                      run->name, all->wrong);
}

static bool stress(struct session *session, struct run *run) {
    struct failure why;
    const struct options *options = session->options;
    struct stress_settings settings = {.name = run->name,
                                       .validators = options->validators,
                                       .block_bytes = options->block_bytes,
                                       .slot_ns = options->block_time_ns,
                                       .slots = (uint32_t)(options->duration_ns / options->block_time_ns),
                                       .loss = run->loss,
                                       .most_lost = options->most_steal,
                                       .proc = session->setting.proc,
                                       .progress = session->progress};
    progress_say(session->progress, "%s: connecting %" PRIu32 " validators", run->name, options->validators);
    struct mesh *mesh = mesh_open(run->side->kind, options->validators, &why);
    bool done = mesh != NULL && stress_run(&settings, mesh, &run->result, &why);
    mesh_close(mesh);
    if (!done) return session_fail(session, &why);
    write_run(&session->json, run);
    say(run);
    judge(session, run);
    return true;
}

static bool measure(struct session *session, const struct rig_side *side, double loss) {
    struct failure why;
    struct run run = {.side = side, .loss = loss};
    bool made = true;
    snprintf(run.name, sizeof run.name, "%s, loss %.0f %%", side->name, loss * 100);
    for (unsigned i = 0; i < STRESS_SAMPLES; i++) made = (run.result.histograms[i] = histogram_make()) != NULL && made;
    bool done = made ? stress(session, &run) : (failed(&why, "no memory"), session_fail(session, &why));
    for (unsigned i = 0; i < STRESS_SAMPLES; i++) histogram_release(run.result.histograms[i]);
    return done;
}

static void write_setting(struct session *session) {
    const struct options *options = session->options;
    json_text(&session->json, "simulated", SIMULATED);
    json_whole(&session->json, "validators", options->validators);
    json_whole(&session->json, "block_bytes", options->block_bytes);
    json_number(&session->json, "block_time_s", (double)options->block_time_ns / 1e9);
    json_whole(&session->json, "fan_out", SETTINGS_FAN_OUT);
    json_number(&session->json, "repair_and_vote_wait_ms", (double)stress_patience_ns(options->validators) / 1e6);
    json_whole(&session->json, "slots_before_those_that_count", STRESS_WARM_UP);
}

int command_consensus_stress(const struct options *options) {
    struct session session;
    struct failure why;
    const struct rig_side *sides[2];
    static const double EACH[] = {0, 0.01};
    const double *losses = options->loss < 0 ? EACH : &options->loss;
    unsigned loss_count = options->loss < 0 ? sizeof EACH / sizeof *EACH : 1;
    if (!session_begin(&session, options)) return session_end(&session);
    if (!rig_stay_on(session.place.our_cpu, &why)) return session_fail(&session, &why), session_end(&session);
    write_setting(&session);
    unsigned count = session_sides(&session, sides);
    json_array(&session.json, "runs");
    bool going = true;
    for (unsigned i = 0; i < count * loss_count && going; i++)
        going = measure(&session, sides[i / loss_count], losses[i % loss_count]);
    json_end(&session.json);
    return session_end(&session);
}
