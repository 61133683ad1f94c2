#include "bench/trial.h"

#include <inttypes.h>

#include "bench/units.h"

/* A system that counts wrongly must not be believed in anything. */
static bool adds_up(const struct bench_system *system, const struct load_result *result, struct failure *why) {
    if (result->received <= result->sent && result->sent <= result->offered &&
        result->lost == result->sent - result->received)
        return true;
    return failed(why,
                  "%s: found %" PRIu64 " offered, %" PRIu64 " sent, %" PRIu64 " received, %" PRIu64
                  " lost; the counts contradict one another, which is a mistake in the benchmark",
                  system->name, result->offered, result->sent, result->received, result->lost);
}

enum trial_verdict trial_run(struct bench_system *system, const struct trial_setting *setting, struct trial *trial,
                             struct failure *why) {
    struct disturbance_sample quiet[2];
    struct cost_sample costs[2];
    struct histogram *latency = trial->result.latency;
    histogram_clear(latency);
    trial->result = (struct load_result){.latency = latency};
    bool readable = disturbance_read(setting->proc, &quiet[0]) && cost_read(setting->proc, &costs[0]);
    if (!system->offer(system, &trial->load, &trial->result, why)) return TRIAL_FAILED;
    readable = readable && cost_read(setting->proc, &costs[1]) && disturbance_read(setting->proc, &quiet[1]);
    if (!readable) {
        failed(why, "%s/stat cannot be read; mount proc there", setting->proc);
        return TRIAL_FAILED;
    }
    trial->cost = cost_between(&costs[0], &costs[1]);
    trial->disturbance = disturbance_between(&quiet[0], &quiet[1]);
    if (!adds_up(system, &trial->result, why)) return TRIAL_FAILED;
    return disturbance_allows(&trial->disturbance, setting->most_steal, why) ? TRIAL_COUNTS : TRIAL_DISCARDED;
}

double trial_loss(const struct trial *trial) {
    const struct load_result *result = &trial->result;
    return result->offered == 0 ? 0 : (double)(result->offered - result->received) / (double)result->offered;
}

void trial_json(struct json *json, const char *key, const struct bench_system *system, const struct trial *trial) {
    const struct load_result *result = &trial->result;
    json_object(json, key);
    json_text(json, "system", system->name);
    json_text(json, "wire", system->wire);
    json_whole(json, "rate", trial->load.rate);
    json_whole(json, "window", trial->load.window);
    json_number(json, "duration_s", (double)trial->load.duration_ns / 1e9);
    json_number(json, "answered_s", (double)result->answered_ns / 1e9);
    json_whole(json, "offered", result->offered);
    json_whole(json, "sent", result->sent);
    json_whole(json, "received", result->received);
    json_whole(json, "lost", result->lost);
    json_number(json, "loss_ratio", trial_loss(trial));
    json_whole(json, "sent_late", result->late);
    json_whole(json, "most_behind_ns", result->most_behind_ns);
    histogram_json(json, "latency", result->latency);
    cost_json(json, "cpu", &trial->cost);
    disturbance_json(json, "disturbance", &trial->disturbance);
    json_end(json);
}

static void say_bounds(struct progress *progress, const struct bench_system *system, const struct search *search) {
    char rate[UNITS_TEXT], time[UNITS_TEXT], lower[UNITS_TEXT], upper[UNITS_TEXT];
    const struct search_settings *settings = &search->settings;
    struct search_answer so_far = search_answer(search, search->goal);
    progress_say(progress, "%s: trial %u of %u at most, %s/s for %s; %s from %s/s to %s/s", system->name,
                 search->trials + 1, settings->most_trials, units_count(rate, (double)search->trial.rate),
                 units_time(time, (double)search->trial.duration_ns), settings->goals[search->goal].name,
                 so_far.lower == 0 ? "?" : units_count(lower, (double)so_far.lower),
                 so_far.upper == 0 ? "?" : units_count(upper, (double)so_far.upper));
}

bool trial_search(struct bench_system *system, const struct trial_setting *setting, struct search *search,
                  struct trial *trial, struct failure *why) {
    struct search_trial next;
    while (search_next(search, &next)) {
        say_bounds(setting->progress, system, search);
        trial->load = (struct load){.rate = next.rate, .duration_ns = next.duration_ns};
        switch (trial_run(system, setting, trial, why)) {
        case TRIAL_FAILED: return false;
        case TRIAL_DISCARDED:
            progress_note(setting->progress, "%s: %s", system->name, why->text);
            search_discard(search);
            break;
        case TRIAL_COUNTS:
            search_report(search, &(struct search_outcome){.offered = trial->result.offered,
                                                           .sent = trial->result.sent,
                                                           .received = trial->result.received});
        }
    }
    return true;
}
