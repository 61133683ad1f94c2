#include "bench/simulated.h"

#include <inttypes.h>
#include <stdio.h>

#include "bench/pacer.h"
#include "bench/testing.h"

struct queue {
    const struct simulated *simulated;
    struct load_result *result;
    uint64_t free_ns; /* when the server is done with all that waits */
};

/* At `now` a packet goes in that was due at `scheduled`. */
static void serve(struct queue *queue, uint64_t now, uint64_t scheduled) {
    const struct simulated *simulated = queue->simulated;
    uint64_t waits = queue->free_ns > now ? queue->free_ns - now : 0;
    if (waits > simulated->room * simulated->service_ns) {
        queue->result->lost++;
        return;
    }
    queue->free_ns = now + waits + simulated->service_ns;
    queue->result->received++;
    histogram_record(queue->result->latency, queue->free_ns + simulated->wire_ns - scheduled);
}

/* The sender: one loop in virtual time, as a real one would be. */
static void run(struct queue *queue, const struct load *load) {
    const struct simulated *simulated = queue->simulated;
    struct pacer pacer;
    uint64_t now = 0, scheduled, end = load->duration_ns;
    pacer_start(&pacer,
                &(struct pacing){
                    .rate = load->rate, .duration_ns = load->duration_ns, .threads = 1, .burst = simulated->burst});
    while (now < end && !pacer_is_done(&pacer)) {
        if (simulated->stall_ns > 0 && now >= simulated->stall_at_ns &&
            now < simulated->stall_at_ns + simulated->stall_ns)
            now = simulated->stall_at_ns + simulated->stall_ns;
        pacer_look(&pacer, now);
        while (pacer_take(&pacer, &scheduled)) {
            serve(queue, now, scheduled);
            queue->result->sent++;
            now += simulated->send_ns;
        }
        if (now < pacer.next_ns) now = pacer.next_ns;
    }
    queue->result->offered = queue->result->sent + pacer_unsent(&pacer);
    queue->result->late = pacer.late;
    queue->result->most_behind_ns = pacer.most_behind_ns;
}

void simulated_write_stat(const struct simulated *simulated) {
    char path[256];
    snprintf(path, sizeof path, "%s/stat", simulated->proc);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fprintf(file, "cpu  5 0 5 900 0 0 0 %" PRIu64 " 0 0\n", simulated->stolen);
    fprintf(file, "cpu0 5 0 5 500 0 0 0 0 0 0\ncpu1 0 0 0 400 0 0 0 %" PRIu64 " 0 0\nintr 1 2 3\n", simulated->stolen);
    fclose(file);
}

static void disturb(struct simulated *simulated) {
    if (simulated->proc == NULL) return;
    if (simulated->trials <= simulated->stolen_trials) simulated->stolen += simulated->steal;
    simulated_write_stat(simulated);
}

static bool offer(struct bench_system *system, const struct load *load, struct load_result *result,
                  struct failure *why) {
    struct simulated *simulated = (struct simulated *)system; /* its first member */
    struct queue queue = {.simulated = simulated, .result = result};
    (void)why;
    simulated->trials++;
    run(&queue, load);
    if (draw_share(&simulated->random) < simulated->noise && result->received > 0) {
        result->received--;
        result->lost++;
    }
    disturb(simulated);
    return true;
}

struct simulated simulated_make(void) {
    return (struct simulated){.system = {.name = "simulated", .wire = "virtual time", .offer = offer},
                              .service_ns = 10000,
                              .wire_ns = 50000,
                              .room = 1000,
                              .send_ns = 100,
                              .burst = 32,
                              .random = 88172645463325252ull};
}
