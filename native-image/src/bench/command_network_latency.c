#include <inttypes.h>

#include "bench/commands.h"
#include "bench/session.h"

/* From a tenth of the largest rate to just below it. */
static const unsigned PERCENT[] = {10, 20, 40, 60, 80, 90, 95};
enum { LOADS = sizeof PERCENT / sizeof *PERCENT };

struct side_result {
    const char *name;
    uint64_t largest;
    struct plot_point points[LOADS];
};

static struct plot_point point_of(const struct trial *trial) {
    const struct histogram *latency = trial->result.latency;
    return (struct plot_point){.load = (double)trial->load.rate,
                               .latency_ns = {(double)histogram_value_at(latency, 500000),
                                              (double)histogram_value_at(latency, 990000),
                                              (double)histogram_value_at(latency, 999000)},
                               .lossy = trial->result.received < trial->result.offered};
}

static void say(const char *name, const struct plot_point *point, unsigned percent) {
    printf("%-26s %3u %% %12.0f a second: median %8.1f us, p99 %8.1f us, p99.9 %8.1f us%s\n", name, percent,
           point->load, point->latency_ns[PLOT_MEDIAN] / 1e3, point->latency_ns[PLOT_99] / 1e3,
           point->latency_ns[PLOT_99_9] / 1e3, point->lossy ? ", with loss" : "");
}

static bool sweep(struct session *session, struct rig *rig, struct side_result *result) {
    if (!session_largest(session, rig, &result->largest)) return false;
    result->name = rig->side->name;
    json_array(&session->json, "loads");
    for (unsigned i = 0; i < LOADS; i++) {
        uint64_t rate = result->largest * PERCENT[i] / 100;
        if (!session_try(session, rig, rate > 0 ? rate : 1, session->options->duration_ns / LOADS)) return false;
        trial_json(&session->json, NULL, &rig->traffic->system, &session->trial);
        result->points[i] = point_of(&session->trial);
        say(result->name, &result->points[i], PERCENT[i]);
    }
    json_end(&session->json);
    return true;
}

static bool measure(struct session *session, const struct rig_side *side, struct side_result *result) {
    struct rig rig;
    const struct options *options = session->options;
    if (!session_up(session, &rig, side, TRAFFIC_ECHO, options->peers, session_datagram(options->packet_size)))
        return false;
    json_object(&session->json, side->name);
    bool swept = sweep(session, &rig, result);
    json_end(&session->json);
    rig_down(&rig);
    return swept;
}

static void draw(const struct session *session, const struct side_result *results, unsigned count) {
    char subtitle[160];
    const struct options *options = session->options;
    snprintf(subtitle, sizeof subtitle,
             "%" PRIu32 "-byte packets of %" PRIu32 " peers; each backend on its own wire of this machine",
             options->packet_size, options->peers);
    struct plot_latency plot = {
        .title = "Round trip against offered load", .subtitle = subtitle, .load_name = "packets"};
    for (unsigned i = 0; i < count; i++)
        plot.sides[plot.side_count++] =
            (struct plot_side){results[i].name, results[i].points, LOADS, (double)results[i].largest};
    if (session->svg_file.file != NULL) plot_latency(session->svg_file.file, &plot);
}

int command_network_latency(const struct options *options) {
    struct session session;
    const struct rig_side *sides[2];
    struct side_result results[2] = {0};
    if (!session_begin(&session, options)) return session_end(&session);
    unsigned count = session_sides(&session, sides), done = 0;
    while (done < count && measure(&session, sides[done], &results[done])) done++;
    if (done == count) draw(&session, results, count);
    return session_end(&session);
}
