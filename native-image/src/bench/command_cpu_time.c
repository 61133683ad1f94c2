#include <inttypes.h>

#include "bench/commands.h"
#include "bench/session.h"
#include "bench/spread.h"

/*
 * CPU time for a given payload: echoes of 1,500-byte packets at a fixed rate, received and sent back, both backends in
 * turns and both with pauses (poll_mode = "adaptive"; busy-waiting takes a whole CPU by definition).
 *
 * Counted is for how long the CPU of the node's worker was not idle, whatever it did. On lo the kernel's receiving half
 * runs in softirq on the sender's CPU, so what the node receives is worked on by the benchmark's CPU, and what the
 * benchmark receives by the node's: as many packets of the same length, so this CPU's account is the whole of one end.
 */
enum { PACKET_SIZE = 1500, ONE_CONNECTION = 1, ATTEMPTS = 3, LOADS = 2, SHARE_OF_MOST = 90 };

static const struct target {
    const char *key;
    uint64_t bits;
    double goal; /* DPDK's of the kernel's */
} TARGETS[LOADS] = {{"1_gbit", 1000000000, 0.41}, {"10_gbit", 10000000000, 0.45}};

struct sides {
    struct rig_side list[2]; /* by enum side: kernel, DPDK */
};

static struct sides both_adaptive(void) {
    struct sides sides = {{RIG_KERNEL, RIG_DPDK}};
    sides.list[SIDE_A].adaptive = sides.list[SIDE_B].adaptive = true;
    return sides;
}

static double gbit(uint64_t rate) {
    return (double)rate * session_datagram(PACKET_SIZE) * 8 / 1e9;
}

/* One offer; again while it is disturbed. `*share` of the node's CPU was used. */
static bool offer(struct session *session, struct rig *rig, uint64_t rate, uint64_t duration_ns, double *share) {
    struct failure why;
    struct cost_cpu before, after;
    unsigned cpu = session->place.node_cpu;
    session->trial.load = (struct load){.rate = rate, .duration_ns = duration_ns};
    for (unsigned attempt = 1; attempt <= ATTEMPTS; attempt++) {
        progress_say(session->progress, "%s: %.2f Gbit/s of payload for %.1f s", rig->side->name, gbit(rate),
                     (double)duration_ns / 1e9);
        bool read = cost_cpu_read("/proc", cpu, &before);
        enum trial_verdict verdict = trial_run(&rig->traffic->system, &session->setting, &session->trial, &why);
        if (verdict == TRIAL_FAILED) return session_fail(session, &why);
        if (!read || !cost_cpu_read("/proc", cpu, &after))
            return failed(&why, "/proc/stat does not know CPU %u", cpu), session_fail(session, &why);
        *share = cost_cpu_share(&before, &after);
        if (verdict == TRIAL_COUNTS) return true;
        progress_note(session->progress, "%s: discarded, %s", rig->side->name, why.text);
    }
    session_doubt(session, "%s: disturbed %d times in a row; the last one is reported", rig->side->name, ATTEMPTS);
    return true;
}

static bool up(struct session *session, struct rig *rig, const struct rig_side *side) {
    return session_up(session, rig, side, TRAFFIC_ECHO, ONE_CONNECTION, session_datagram(PACKET_SIZE));
}

/* What of `wanted` this side carries, with a margin; 0 where it could not be measured. */
static uint64_t carried(struct session *session, const struct rig_side *side, uint64_t wanted) {
    struct rig rig;
    uint64_t most = 0;
    if (!up(session, &rig, side)) return 0;
    json_object(&session->json, side->name);
    if (!session_largest(session, &rig, &most)) most = 0;
    uint64_t rate = most * SHARE_OF_MOST / 100;
    json_whole(&session->json, "carried_rate", rate < wanted ? rate : wanted);
    json_end(&session->json);
    rig_down(&rig);
    return rate < wanted ? rate : wanted;
}

static bool run(struct session *session, const struct rig_side *side, uint64_t rate, double *share) {
    struct rig rig;
    if (!up(session, &rig, side)) return false;
    bool well = offer(session, &rig, rate, session->options->duration_ns, share);
    if (well) {
        json_object(&session->json, NULL);
        json_text(&session->json, "side", side->name);
        json_number(&session->json, "cpu_share", *share);
        trial_json(&session->json, "trial", &rig.traffic->system, &session->trial);
        json_end(&session->json);
    }
    rig_down(&rig);
    return well;
}

static void tell(struct session *session, const struct target *target, uint64_t rate, const struct comparison *shares) {
    struct spread spread;
    bool whole = gbit(rate) > 0.99 * (double)target->bits / 1e9;
    json_number(&session->json, "offered_gbit", gbit(rate));
    json_truth(&session->json, "whole", whole);
    comparison_json(&session->json, "cpu", shares);
    if (!comparison_spread(shares, &spread)) return;
    printf("%.2f Gbit/s of payload: kernel %.1f %% of a CPU, dpdk %.1f %% (busy-wait: 100 %%): %.2f (%.2f to %.2f)%s\n",
           gbit(rate), 100 * spread.median_a, 100 * spread.median_b, spread.pair_ratio, spread.low, spread.high,
           spread.pair_ratio <= target->goal ? ", goal reached" : ", goal missed");
    if (!whole)
        printf("%.0f Gbit/s cannot be offered here without loss: this is %d %% of the most that both carry\n",
               (double)target->bits / 1e9, SHARE_OF_MOST);
}

/* The same rate on both sides, in turns. */
static bool compare(struct session *session, const struct sides *sides, uint64_t rate, struct comparison *shares) {
    enum side side;
    double share = 0;
    bool well = true;
    json_array(&session->json, "runs");
    while (well && comparison_next(shares, &side)) {
        well = run(session, &sides->list[side], rate, &share);
        if (well) comparison_report(shares, share > 0 ? share : 1e-6);
    }
    json_end(&session->json);
    return well;
}

static bool measure(struct session *session, const struct target *target) {
    struct sides sides = both_adaptive();
    struct comparison shares;
    uint64_t wanted = target->bits / 8 / session_datagram(PACKET_SIZE), rate = wanted;
    comparison_start(&shares, session->options->pairs, 0);
    json_object(&session->json, target->key);
    json_object(&session->json, "carried");
    for (unsigned i = 0; i < 2 && rate > 0; i++) rate = carried(session, &sides.list[i], rate);
    json_end(&session->json);
    bool well = rate > 0 && compare(session, &sides, rate, &shares);
    if (well) tell(session, target, rate, &shares);
    json_end(&session->json);
    return well;
}

int command_cpu_time(const struct options *options) {
    struct session session;
    struct failure why;
    if (!session_begin(&session, options)) return session_end(&session);
    if (session.place.our_cpu == session.place.node_cpu) {
        failed(&why, "both ends on one CPU: what the node takes of it cannot be told; let this process use two");
        session_fail(&session, &why);
        return session_end(&session);
    }
    for (unsigned i = 0; i < LOADS && measure(&session, &TARGETS[i]); i++) continue;
    return session_end(&session);
}
