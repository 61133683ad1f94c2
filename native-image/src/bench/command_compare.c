#include <inttypes.h>

#include "bench/commands.h"
#include "bench/session.h"
#include "bench/spread.h"

/*
 * The two backends in turns, within one run: one after the other, A B B A, each time with a node of its own. What is
 * divided is named with its wire: memif is memory that two processes share, lo is the kernel's. Both are the best wire
 * that each backend has within one machine; a card would be another matter.
 */
enum { ONE_CONNECTION = 1, PERCENT_FOR_LATENCY = 80, ROWS = 4 };
/* First those of packets, then those of transactions. */
enum row { ROW_PACKETS, ROW_PACKETS_BURSTS, ROW_TRANSACTIONS, ROW_LATENCY };

/* Goals and the seed's own figures, by packet size where they depend on it. */
static const struct plot_ratio NAMES[ROWS] = {
    [ROW_PACKETS] = {.name = "packets a second", .note = "memif / lo, one system call a packet"},
    [ROW_PACKETS_BURSTS] = {.name = "packets a second", .note = "memif / lo, GSO and GRO"},
    [ROW_TRANSACTIONS] = {.name = "transactions a second", .note = "memif / lo, recvmmsg", .goal = 10, .seed = 10},
    [ROW_LATENCY] = {.name = "p99 transaction latency",
                     .note = "at 80 % of the kernel's rate without loss",
                     .goal = 0.1,
                     .seed = 0.096,
                     .less_is_better = true},
};

struct comparing {
    struct session *session;
    struct comparison rows[ROWS];
    uint64_t kernel_rate; /* transactions a second, of the last kernel run */
};

/* A node of its own, and an object among the JSON's runs. */
static bool begin_run(struct comparing *comparing, const struct rig_side *side, enum traffic_kind kind,
                      struct rig *rig) {
    struct session *session = comparing->session;
    const struct options *options = session->options;
    bool echo = kind != TRAFFIC_TRANSACTION;
    if (!session_up(session, rig, side, kind, echo ? ONE_CONNECTION : options->connections,
                    echo ? session_datagram(options->packet_size) : TRAFFIC_TRANSACTION_BYTES))
        return false;
    json_object(&session->json, NULL);
    json_text(&session->json, "side", side->name);
    json_text(&session->json, "traffic", echo ? "packets" : "transactions");
    return true;
}

static void end_run(struct comparing *comparing, struct rig *rig) {
    rig_down(rig);
    json_end(&comparing->session->json);
}

static bool report(struct comparing *comparing, enum row row, double value) {
    if (value <= 0) return false;
    comparison_report(&comparing->rows[row], value);
    return true;
}

/* The largest rate of packets of a side, with a node of its own; 0 where it could not be measured. */
static uint64_t packets_of(struct comparing *comparing, const struct rig_side *side) {
    struct rig rig;
    uint64_t rate;
    if (!begin_run(comparing, side, traffic_packets(side->kind), &rig)) return 0;
    bool measured = session_largest(comparing->session, &rig, &rate);
    end_run(comparing, &rig);
    return measured ? rate : 0;
}

static bool measure_packets(struct comparing *comparing, enum side side) {
    bool kernel = side == SIDE_A;
    uint64_t packets = packets_of(comparing, kernel ? &RIG_KERNEL_PACKETS : &RIG_DPDK);
    uint64_t bursts = kernel && packets > 0 ? packets_of(comparing, &RIG_KERNEL) : packets;
    return report(comparing, ROW_PACKETS, (double)packets) && report(comparing, ROW_PACKETS_BURSTS, (double)bursts);
}

/* p99 at a share of the kernel's rate without loss, which both sides are offered in an open loop. */
static double latency_of(struct comparing *comparing, struct rig *rig) {
    const uint64_t SECONDS_2 = 2000000000;
    uint64_t rate = comparing->kernel_rate * PERCENT_FOR_LATENCY / 100;
    if (rate == 0 || !session_try(comparing->session, rig, rate, SECONDS_2)) return 0;
    trial_json(&comparing->session->json, "latency", &rig->traffic->system, &comparing->session->trial);
    return (double)histogram_value_at(comparing->session->trial.result.latency, 990000);
}

static bool measure_transactions(struct comparing *comparing, enum side side) {
    struct rig rig;
    uint64_t rate;
    bool kernel = side == SIDE_A;
    if (!begin_run(comparing, kernel ? &RIG_KERNEL : &RIG_DPDK, TRAFFIC_TRANSACTION, &rig)) return false;
    if (!session_largest(comparing->session, &rig, &rate)) rate = 0;
    if (kernel) comparing->kernel_rate = rate;
    double latency = rate > 0 ? latency_of(comparing, &rig) : 0;
    end_run(comparing, &rig);
    return report(comparing, ROW_TRANSACTIONS, (double)rate) && report(comparing, ROW_LATENCY, latency);
}

static bool measure_all(struct comparing *comparing) {
    enum side side;
    bool going = true;
    unsigned traffic = comparing->session->options->traffic;
    json_array(&comparing->session->json, "runs");
    while (going && (traffic & COMPARED_PACKETS) != 0 && comparison_next(&comparing->rows[ROW_PACKETS], &side))
        going = measure_packets(comparing, side);
    while (going && (traffic & COMPARED_TRANSACTIONS) != 0 &&
           comparison_next(&comparing->rows[ROW_TRANSACTIONS], &side))
        going = measure_transactions(comparing, side);
    json_end(&comparing->session->json);
    return going;
}

static struct plot_ratio row_of(const struct comparing *comparing, enum row row) {
    struct plot_ratio ratio = NAMES[row];
    struct spread spread;
    uint32_t size = comparing->session->options->packet_size;
    if (row == ROW_PACKETS && size == 64) ratio.goal = ratio.seed = 31;
    if (row == ROW_PACKETS && size >= 1500) ratio.goal = ratio.seed = 2.6;
    if (!comparison_spread(&comparing->rows[row], &spread)) return ratio;
    ratio.ratio = spread.pair_ratio;
    ratio.low = spread.low;
    ratio.high = spread.high;
    return ratio;
}

static void tell(struct comparing *comparing) {
    static const char *const KEYS[ROWS] = {"packets", "packets_gso_gro", "transactions", "p99_latency"};
    struct plot_ratio rows[ROWS];
    struct session *session = comparing->session;
    unsigned traffic = session->options->traffic;
    unsigned first = (traffic & COMPARED_PACKETS) != 0 ? ROW_PACKETS : ROW_TRANSACTIONS;
    unsigned end = (traffic & COMPARED_TRANSACTIONS) != 0 ? ROWS : ROW_TRANSACTIONS;
    char what[60], subtitle[160];
    if (first == ROW_TRANSACTIONS)
        snprintf(what, sizeof what, "%u-byte transactions of %" PRIu32 " senders", TRAFFIC_TRANSACTION_BYTES,
                 session->options->connections);
    else
        snprintf(what, sizeof what, "%" PRIu32 "-byte packets", session->options->packet_size);
    snprintf(subtitle, sizeof subtitle, "DPDK / kernel, %s, %u under way, %" PRIu32 " pairs in turns", what,
             SESSION_WINDOW, session->options->pairs);
    printf("%s\n", subtitle);
    for (unsigned i = first; i < end; i++) {
        rows[i] = row_of(comparing, (enum row)i);
        comparison_json(&session->json, KEYS[i], &comparing->rows[i]);
        printf("%-26s %-40s %8.3f (%.3f to %.3f)%s\n", rows[i].name, rows[i].note, rows[i].ratio, rows[i].low,
               rows[i].high, rows[i].goal > 0 ? plot_ratio_reached(&rows[i]) ? ", goal reached" : ", goal missed" : "");
    }
    if (session->svg_file.file != NULL)
        plot_ratios(session->svg_file.file, &(struct plot_ratios){.title = "DPDK against the kernel's sockets",
                                                                  .subtitle = subtitle,
                                                                  .rows = &rows[first],
                                                                  .count = end - first});
}

int command_compare(const struct options *options) {
    struct session session;
    struct comparing comparing = {.session = &session};
    for (unsigned i = 0; i < ROWS; i++) comparison_start(&comparing.rows[i], options->pairs, options->pairs);
    if (!session_begin(&session, options)) return session_end(&session);
    if (measure_all(&comparing)) tell(&comparing);
    return session_end(&session);
}
