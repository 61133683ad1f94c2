#include "bench/plot.h"
#include "bench/simulated.h"
#include "bench/spread.h"
#include "bench/testing.h"
#include "bench/trial.h"

/*
 * What a report looks like, from two simulated systems in virtual time: `sample_output FOLDER` writes latency.svg,
 * ratios.svg, odd.svg and report.json there, for test_output.py to read. No number in it was measured.
 */
enum { POINTS = 12 };

static FILE *create(const char *folder, const char *name) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "we");
    if (file == NULL) exit(1);
    return file;
}

/* From a tenth of the true rate to a tenth above it. */
static void sweep(struct simulated *simulated, struct plot_point *points, struct histogram *latency) {
    struct failure why;
    for (unsigned i = 0; i < POINTS; i++) {
        uint64_t truth = 1000000000 / simulated->service_ns;
        struct load load = {.rate = truth * (i + 1) / 10, .duration_ns = 30000000000000 / truth};
        if (i > 9) load.rate = truth * (100 + 5 * (i - 9)) / 100;
        struct load_result result = {.latency = latency};
        histogram_clear(latency);
        simulated->stall_at_ns = load.duration_ns / 2;
        simulated->stall_ns = load.duration_ns / 200;
        simulated->system.offer(&simulated->system, &load, &result, &why);
        points[i] = (struct plot_point){.load = (double)load.rate,
                                        .latency_ns = {(double)histogram_value_at(latency, 500000),
                                                       (double)histogram_value_at(latency, 990000),
                                                       (double)histogram_value_at(latency, 999000)},
                                        .lossy = result.lost > 0};
    }
}

static void write_latency(const char *folder, const struct plot_point *kernel, const struct plot_point *dpdk) {
    FILE *file = create(folder, "latency.svg");
    struct plot_latency plot = {.title = "Latency against offered load",
                                .subtitle =
                                    "simulated systems in virtual time, 64-byte packets; no figure was measured",
                                .load_name = "packets",
                                .sides = {{"kernel", kernel, POINTS, 1000000}, {"dpdk", dpdk, POINTS, 12500000}},
                                .side_count = 2};
    plot_latency(file, &plot);
    fclose(file);
}

static void write_ratios(const char *folder) {
    static const struct plot_ratio ROWS[] = {
        {"64-byte packets without loss", "memif (IPC) / loopback", 33.4, 31.2, 36.9, 31, 31, false},
        {"1,500-byte packets without loss", "memif (IPC) / loopback", 2.31, 2.12, 2.55, 2.6, 2.6, false},
        {"64-byte packets, GSO and GRO", "memif (IPC) / veth", 2.4, 2.2, 2.9, 0, 0, false},
        {"p99 latency at 80 % of the kernel's rate", "tx-throughput, 500 senders", 0.071, 0.052, 0.103, 0.1, 0.096,
         true},
        {"CPU time for 1 Gbit/s", "softirq included", 0.52, 0.47, 0.58, 0.41, 0.41, true},
        {"memory per 1,000 peers", NULL, 0, 0, 0, 0, 0.48, true},
    };
    FILE *file = create(folder, "ratios.svg");
    plot_ratios(file,
                &(struct plot_ratios){.title = "DPDK against the kernel's sockets",
                                      .subtitle = "DPDK / kernel, 6 pairs in turns, 2 runs discarded; simulated, no "
                                                  "figure was measured",
                                      .rows = ROWS,
                                      .count = sizeof ROWS / sizeof ROWS[0]});
    fclose(file);
}

/* Nothing measured, and texts that XML has no place for. */
static void write_odd(const char *folder) {
    static const struct plot_point NOTHING[] = {{.load = 5}, {.load = 10}};
    FILE *file = create(folder, "odd.svg");
    plot_latency(file, &(struct plot_latency){.title = "<&> \"\x01\xff",
                                              .subtitle = "]]>",
                                              .load_name = "<packets>",
                                              .sides = {{"a&b", NOTHING, 2, 0}, {"<c>", NULL, 0, 0}},
                                              .side_count = 2});
    fclose(file);
}

static void write_report(const char *folder, struct simulated *simulated, struct histogram *latency) {
    FILE *file = create(folder, "report.json");
    struct json json;
    struct failure why;
    struct trial trial = {.load = {.rate = 90000, .duration_ns = 100000000}, .result.latency = latency};
    struct trial_setting setting = {.proc = "/proc", .most_steal = 1};
    static struct search search;
    static struct comparison comparison;
    struct search_settings settings = search_defaults(1000, 200000);
    enum side side;
    search_start(&search, &settings);
    if (!trial_search(&simulated->system, &setting, &search, &trial, &why)) exit(1);
    comparison_start(&comparison, 6, 0);
    while (comparison_next(&comparison, &side)) comparison_report(&comparison, side == SIDE_A ? 1 : 12.5);
    json_start(&json, file);
    json_object(&json, NULL);
    search_json(&json, "search", &search);
    trial_json(&json, "last_trial", &simulated->system, &trial);
    comparison_json(&json, "comparison", &comparison);
    memory_json(&json, "memory", &(struct memory){.rss = -4096, .slab = 8192});
    json_end(&json);
    bool whole = json_finish(&json);
    fclose(file);
    if (!whole) exit(1);
}

int main(int count, char **arguments) {
    static struct plot_point points[2][POINTS];
    if (count != 2) return 2;
    struct histogram *latency = histogram_make();
    struct simulated kernel = simulated_make(), dpdk = simulated_make(), plain = simulated_make();
    kernel.service_ns = 1000, kernel.wire_ns = 20000, kernel.send_ns = 10;
    dpdk.service_ns = 80, dpdk.wire_ns = 1500, dpdk.send_ns = 10;
    sweep(&kernel, points[0], latency);
    sweep(&dpdk, points[1], latency);
    write_latency(arguments[1], points[0], points[1]);
    write_ratios(arguments[1]);
    write_odd(arguments[1]);
    write_report(arguments[1], &plain, latency);
    histogram_release(latency);
    return 0;
}
