#include "bench/session.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "net/packet.h"
#include "version.h"

enum { ATTEMPTS = 3, CHECK_SEQUENCE = 4, LEAST_RATE = 1000 };

/*
 * What nothing here will reach: the line rate of 25 Gbit/s with 64 bytes (37.2 Mpps), doubled, since a memif is no
 * line. The search begins there and then believes what came through.
 */
static const uint64_t MOST_RATE = 75000000;

/* Of one such run: 100 ticks of the clock, in which steal is counted. */
static const uint64_t LARGEST_NS = 1000000000;

static void write_head(struct session *session) {
    json_start(&session->json, session->json_file.file != NULL ? session->json_file.file : session->nowhere);
    json_object(&session->json, NULL);
    json_text(&session->json, "command", session->options->command->name);
    json_text(&session->json, "version", PANTHEON_VERSION);
    json_whole(&session->json, "cpu_of_the_benchmark", session->place.our_cpu);
    json_whole(&session->json, "cpu_of_the_node", session->place.node_cpu);
}

static bool open_files(struct session *session, struct failure *why) {
    return output_open(&session->json_file, session->options->json, why) &&
           output_open(&session->svg_file, session->options->svg, why);
}

bool session_begin(struct session *session, const struct options *options) {
    struct failure why;
    unsigned backends = options->backend;
    *session = (struct session){.options = options};
    session->nowhere = fopen("/dev/null", "we");
    if (session->nowhere == NULL) return failed(&why, "/dev/null cannot be opened"), session_fail(session, &why);
    if (!open_files(session, &why) ||
        !rig_prepare(&session->place, (backends & BACKEND_DPDK) != 0, (backends & BACKEND_KERNEL) != 0, &why))
        return session_fail(session, &why);
    session->trial.result.latency = histogram_make();
    if (session->trial.result.latency == NULL) return failed(&why, "no memory"), session_fail(session, &why);
    session->progress = progress_start(stderr, isatty(2) == 1, 1000, options->command->name);
    session->setting = (struct trial_setting){"/proc", options->most_steal, session->progress};
    write_head(session);
    return true;
}

static bool keep_files(struct session *session, struct failure *why) {
    return output_keep(&session->json_file, why) && output_keep(&session->svg_file, why);
}

int session_end(struct session *session) {
    struct failure why;
    bool went_well = session->exit == BENCH_MEASURED || session->exit == BENCH_UNCERTAIN;
    if (went_well) json_end(&session->json);
    if (went_well && !json_finish(&session->json)) session_doubt(session, "the JSON file is not whole");
    if (went_well && !keep_files(session, &why)) session_fail(session, &why);
    progress_stop(session->progress);
    output_forget(&session->json_file);
    output_forget(&session->svg_file);
    histogram_release(session->trial.result.latency);
    if (session->nowhere != NULL) fclose(session->nowhere);
    return session->exit;
}

bool session_fail(struct session *session, const struct failure *why) {
    progress_stop(session->progress);
    session->progress = NULL;
    session->setting.progress = NULL;
    fprintf(stderr, "pantheon-bench: %s\n", why->text);
    session->exit = BENCH_FAILED;
    return false;
}

void session_doubt(struct session *session, const char *format, ...) {
    char text[300];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    progress_note(session->progress, "%s", text);
    if (session->exit == BENCH_MEASURED) session->exit = BENCH_UNCERTAIN;
}

bool session_up(struct session *session, struct rig *rig, const struct rig_side *side, enum traffic_kind kind,
                unsigned connections, uint16_t length) {
    struct failure why;
    progress_say(session->progress, "%s: starting a node with %u peers", side->name, connections);
    return rig_up(rig, &session->place, side, kind, connections, length, &why) || session_fail(session, &why);
}

bool session_search(struct session *session, struct rig *rig, struct search *search) {
    struct failure why;
    struct search_settings settings = search_defaults(LEAST_RATE, MOST_RATE);
    search_start(search, &settings);
    if (!trial_search(&rig->traffic->system, &session->setting, search, &session->trial, &why))
        return session_fail(session, &why);
    search_json(&session->json, "search", search);
    for (unsigned goal = 0; goal < settings.goal_count; goal++) {
        enum search_state state = search_answer(search, goal).state;
        if (state == SEARCH_CONVERGED) continue;
        session_doubt(session, "%s: %s %s", rig->side->name, settings.goals[goal].name, search_state_name(state));
    }
    return true;
}

/* A load of session->trial; again while it is disturbed. */
static bool offer(struct session *session, struct rig *rig) {
    struct failure why;
    for (unsigned attempt = 1; attempt <= ATTEMPTS; attempt++) {
        switch (trial_run(&rig->traffic->system, &session->setting, &session->trial, &why)) {
        case TRIAL_COUNTS: return true;
        case TRIAL_FAILED: return session_fail(session, &why);
        case TRIAL_DISCARDED: progress_note(session->progress, "%s: discarded, %s", rig->side->name, why.text);
        }
    }
    session_doubt(session, "%s: disturbed %d times in a row; the last one is reported", rig->side->name, ATTEMPTS);
    return true;
}

bool session_largest(struct session *session, struct rig *rig, uint64_t *rate) {
    struct failure why;
    const struct load_result *result = &session->trial.result;
    progress_say(session->progress, "%s: as many a second as come back", rig->side->name);
    session->trial.load = (struct load){.duration_ns = LARGEST_NS, .window = SESSION_WINDOW};
    if (!offer(session, rig)) return false;
    trial_json(&session->json, "largest", &rig->traffic->system, &session->trial);
    if (result->received == 0)
        return failed(&why, "%s: nothing came back in a second; read the node's lines above", rig->side->name),
               session_fail(session, &why);
    if (result->lost > 0) session_doubt(session, "%s: %" PRIu64 " were lost", rig->side->name, result->lost);
    *rate = (uint64_t)((double)result->received * 1e9 / (double)result->answered_ns);
    return true;
}

bool session_try(struct session *session, struct rig *rig, uint64_t rate, uint64_t duration_ns) {
    progress_say(session->progress, "%s: %" PRIu64 " a second for %.1f s", rig->side->name, rate,
                 (double)duration_ns / 1e9);
    session->trial.load = (struct load){.rate = rate, .duration_ns = duration_ns};
    return offer(session, rig);
}

unsigned session_sides(const struct session *session, const struct rig_side *sides[2]) {
    unsigned count = 0;
    if ((session->options->backend & BACKEND_KERNEL) != 0) sides[count++] = &RIG_KERNEL;
    if ((session->options->backend & BACKEND_DPDK) != 0) sides[count++] = &RIG_DPDK;
    return count;
}

uint16_t session_datagram(uint32_t packet_size) {
    const uint32_t around = PACKET_ETHERNET + PACKET_IPV4 + PACKET_UDP + CHECK_SEQUENCE;
    return packet_size > around ? (uint16_t)(packet_size - around) : 0;
}
