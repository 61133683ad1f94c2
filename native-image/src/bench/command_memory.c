#include <inttypes.h>
#include <stdio.h>

#include "bench/commands.h"
#include "bench/session.h"
#include "bench/spread.h"

/*
 * What a peer costs in memory: a node of few and one of many peers, each of which has sent something, on both backends
 * in turns. Counted is everything: the process (PSS: the memif's region is half the benchmark's), its hugepages, and
 * what the kernel holds for it (bench/cost.h); what the benchmark itself has for so many peers was there before the
 * node.
 *
 * Per peer the kernel backend has no socket, since a node has one for all: most of it is the same table on both sides,
 * and the DPDK backend has frames' headers of each peer besides. DPDK's pools are of a size that peers do not change,
 * and are told as the memory of the smaller node.
 */
enum { FEW = 1000, MANY = 5000, ECHO = 18, RATE = 20000 };

struct measured {
    struct comparison per_thousand; /* kernel, DPDK: bytes for 1,000 peers */
    struct comparison process;      /* the same without the kernel's part, in which other programs are as well */
    struct comparison whole;        /* a node of FEW */
};

struct bytes {
    double all;
    double process;
};

static bool read_node(struct session *session, const struct rig *rig, struct memory *memory) {
    char process[24];
    struct failure why;
    snprintf(process, sizeof process, "%d", (int)rig->subject.pid);
    if (memory_read_of("/proc", process, memory)) return true;
    return failed(&why, "/proc/%s cannot be read", process), session_fail(session, &why);
}

/* What there is more since before the node: of this process nothing counts. */
static bool memory_of(struct session *session, const struct rig_side *side, unsigned peers, struct bytes *bytes) {
    const uint64_t SECOND = 1000000000;
    struct rig rig;
    struct memory before, after;
    struct failure why;
    if (!memory_read("/proc", &before)) return failed(&why, "/proc cannot be read"), session_fail(session, &why);
    before.rss = before.hugetlb = 0;
    if (!session_up(session, &rig, side, TRAFFIC_ECHO, peers, ECHO)) return false;
    bool well = session_try(session, &rig, RATE, SECOND) && read_node(session, &rig, &after);
    rig_down(&rig);
    if (!well) return false;
    struct memory growth = memory_growth(&before, &after);
    json_object(&session->json, NULL);
    json_text(&session->json, "side", side->name);
    json_whole(&session->json, "peers", peers);
    memory_json(&session->json, "memory", &growth);
    json_end(&session->json);
    *bytes = (struct bytes){(double)memory_least(&growth), (double)(growth.rss + growth.hugetlb)};
    return true;
}

static bool measure(struct session *session, struct measured *measured) {
    enum side side;
    json_array(&session->json, "runs");
    while (comparison_next(&measured->per_thousand, &side)) {
        struct bytes few, many;
        const struct rig_side *node = side == SIDE_A ? &RIG_KERNEL : &RIG_DPDK;
        if (!memory_of(session, node, FEW, &few) || !memory_of(session, node, MANY, &many)) return false;
        double bytes = (many.all - few.all) * 1000 / (MANY - FEW);
        double process = (many.process - few.process) * 1000 / (MANY - FEW);
        if (bytes <= 0)
            session_doubt(session, "%s: more peers took less memory: another program gave some back", node->name);
        comparison_report(&measured->per_thousand, bytes > 1 ? bytes : 1);
        comparison_report(&measured->process, process > 1 ? process : 1);
        comparison_report(&measured->whole, few.all);
    }
    json_end(&session->json);
    return true;
}

static void tell(struct session *session, const struct measured *measured) {
    struct spread spread, process, whole;
    comparison_json(&session->json, "per_thousand_peers", &measured->per_thousand);
    comparison_json(&session->json, "per_thousand_peers_process", &measured->process);
    comparison_json(&session->json, "of_a_thousand_peers", &measured->whole);
    if (!comparison_spread(&measured->per_thousand, &spread) || !comparison_spread(&measured->process, &process) ||
        !comparison_spread(&measured->whole, &whole))
        return;
    printf("for each 1,000 peers more: kernel %.0f KiB, dpdk %.0f KiB: %.2f (%.2f to %.2f)\n", spread.median_a / 1024,
           spread.median_b / 1024, spread.pair_ratio, spread.low, spread.high);
    printf("of the processes alone: kernel %.0f KiB, dpdk %.0f KiB: %.2f (%.2f to %.2f)\n", process.median_a / 1024,
           process.median_b / 1024, process.ratio, process.low, process.high);
    printf("a node of %d peers, buffers and all: kernel %.1f MiB, dpdk %.1f MiB: %.2f (%.2f to %.2f)\n", FEW,
           whole.median_a / (1 << 20), whole.median_b / (1 << 20), whole.ratio, whole.low, whole.high);
}

int command_memory(const struct options *options) {
    struct session session;
    struct measured measured;
    comparison_start(&measured.per_thousand, options->pairs, 0);
    comparison_start(&measured.process, options->pairs, 0);
    comparison_start(&measured.whole, options->pairs, 0);
    if (!session_begin(&session, options)) return session_end(&session);
    if (measure(&session, &measured)) tell(&session, &measured);
    return session_end(&session);
}
