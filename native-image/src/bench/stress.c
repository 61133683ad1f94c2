#include "bench/stress.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "consensus/validator.h"
#include "net/bytes.h"
#include "worker/clock.h"
#include "worker/idle.h"

enum { START_NS = 50000000, FIRST_PAUSE_NS = 20000 };

_Static_assert(STRESS_DEPTH >= SETTINGS_MIN_DEPTH, "a validator's depth");

static const uint64_t SEED = 0x9e3779b97f4a7c15ull;

struct node {
    struct outbox outbox; /* first: an outbox is a node */
    struct stress *stress;
    struct validator *validator;
    uint32_t index;
    uint64_t completed_ns[STRESS_DEPTH]; /* by slot % STRESS_DEPTH */
};

struct stress {
    const struct stress_settings *settings;
    struct mesh *mesh;
    struct stress_result *result;
    struct stress_slots slots;
    struct stress_slot *slot; /* of now; NULL before the first one */
    struct clock clock;
    struct schedule schedule;
    struct node *nodes;
    uint8_t *block;
    uint64_t next_slot_ns;
    uint64_t now_ns;
    uint64_t random;
    uint64_t lost_up_to; /* of 2^64: what a draw is below is lost */
    bool has_sent;       /* since it was last looked at */
    bool is_counting, is_readable;
    uint64_t cpu_ns;
    uint64_t counters_before[CONSENSUS_COUNTERS];
    struct mesh_counters mesh_before;
    struct cost_sample cost_before;
    struct disturbance_sample disturbance_before;
};

static struct node *of(struct outbox *outbox) {
    return (struct node *)(void *)outbox; /* its first member */
}

static bool send(struct outbox *outbox, const uint8_t *bytes, uint16_t length, const uint32_t *peers, unsigned count) {
    struct node *node = of(outbox);
    node->stress->has_sent = true;
    return mesh_send(node->stress->mesh, node->index, bytes, length, peers, count);
}

/* The leader wrote its slot to both ends; everything between is vouched for by the block's id. */
static bool is_right(const struct stress *stress, const struct validator_event *event) {
    return event->length == stress->settings->block_bytes && bytes_read64(event->bytes) == event->slot &&
           bytes_read64(event->bytes + event->length - 8) == event->slot;
}

static void note_completed(struct node *node, struct stress_slot *slot, const struct validator_event *event) {
    struct stress *stress = node->stress;
    bool in_time = stress->now_ns < schedule_start(&stress->schedule, event->slot + 1);
    struct stress_tally one = {.completed = 1, .in_time = in_time, .wrong = !is_right(stress, event)};
    node->completed_ns[event->slot % STRESS_DEPTH] = stress->now_ns;
    stress_slots_count(&stress->slots, slot, &one);
    stress_slots_sample(&stress->slots, slot, STRESS_PROPAGATION, event->ns);
}

static void note_acknowledged(struct node *node, struct stress_slot *slot, const struct validator_event *event) {
    struct stress *stress = node->stress;
    bool leads = schedule_leader(&stress->schedule, event->slot) == node->index;
    bool collects = schedule_collector(&stress->schedule, event->slot) == node->index;
    if (leads || collects) return;
    uint64_t completed_ns = node->completed_ns[event->slot % STRESS_DEPTH];
    stress_slots_sample(&stress->slots, slot, STRESS_RESPONSE, stress->now_ns - completed_ns);
    stress_slots_sample(&stress->slots, slot, STRESS_ROUND, event->ns);
}

static void note_confirmed(struct node *node, struct stress_slot *slot, const struct validator_event *event) {
    struct stress *stress = node->stress;
    struct stress_tally one = {.confirmed = 1};
    if (schedule_collector(&stress->schedule, event->slot) != node->index) return;
    stress_slots_count(&stress->slots, slot, &one);
    stress_slots_sample(&stress->slots, slot, STRESS_CONFIRMATION, event->ns - slot->proposed_ns);
}

static void tell(struct outbox *outbox, const struct validator_event *event) {
    struct node *node = of(outbox);
    struct stress_slot *slot = stress_slots_find(&node->stress->slots, event->slot);
    if (slot == NULL) return;
    switch (event->kind) {
    case EVENT_COMPLETED: note_completed(node, slot, event); break;
    case EVENT_ACKED: note_acknowledged(node, slot, event); break;
    case EVENT_CONFIRMED: note_confirmed(node, slot, event); break;
    case EVENT_MISSED: break; /* what is not complete in time is missed, whether its validator noticed or not */
    }
}

static bool make_nodes(struct stress *stress) {
    uint32_t count = stress->settings->validators, *peers = calloc(count, sizeof *peers);
    struct settings settings = settings_default();
    stress->nodes = calloc(count, sizeof *stress->nodes);
    bool made = peers != NULL && stress->nodes != NULL;
    settings.schedule = stress->schedule;
    settings.depth = STRESS_DEPTH;
    settings.max_block = stress->settings->block_bytes;
    settings.peers = peers;
    settings.burst = STRESS_BURST;
    settings.repair_ns = settings.vote_rto_ns = stress_patience_ns(count);
    for (uint32_t i = 0; made && i < count; i++) peers[i] = i;
    for (uint32_t i = 0; made && i < count; i++) {
        struct node *node = &stress->nodes[i];
        *node = (struct node){.outbox = {.send = send, .tell = tell}, .stress = stress, .index = i};
        settings.self = i;
        node->validator = validator_make(&settings, &node->outbox, stress->now_ns);
        made = node->validator != NULL;
    }
    free(peers);
    return made;
}

/* xorshift64 (Marsaglia, 2003). */
static uint64_t draw(struct stress *stress) {
    stress->random ^= stress->random << 13;
    stress->random ^= stress->random >> 7;
    return stress->random ^= stress->random << 17;
}

static bool make(struct stress *stress, const struct stress_settings *settings, struct mesh *mesh,
                 struct stress_result *result) {
    *stress = (struct stress){.settings = settings, .mesh = mesh, .result = result, .random = SEED};
    stress->clock = clock_make(clock_measure());
    stress->now_ns = clock_now(&stress->clock);
    stress->schedule = (struct schedule){.validators = settings->validators,
                                         .genesis_ns = stress->now_ns + START_NS,
                                         .slot_ns = settings->slot_ns,
                                         .seed = SEED};
    stress->next_slot_ns = stress->schedule.genesis_ns;
    stress->lost_up_to = settings->loss >= 1 ? UINT64_MAX : (uint64_t)(settings->loss * 0x1p64);
    stress->block = malloc(settings->block_bytes);
    for (uint32_t i = 0; stress->block != NULL && i < settings->block_bytes; i++)
        stress->block[i] = (uint8_t)(draw(stress) >> 56);
    bool made =
        stress_slots_make(&stress->slots, settings->validators, result->histograms, &result->quiet, &result->all);
    stress->slots.most_lost = settings->most_lost;
    return made && stress->block != NULL && make_nodes(stress);
}

static void release(struct stress *stress) {
    for (uint32_t i = 0; stress->nodes != NULL && i < stress->settings->validators; i++)
        validator_release(stress->nodes[i].validator);
    free(stress->nodes);
    free(stress->block);
    stress_slots_release(&stress->slots);
}

static void sum_counters(const struct stress *stress, uint64_t sums[CONSENSUS_COUNTERS]) {
    memset(sums, 0, CONSENSUS_COUNTERS * sizeof *sums);
    for (uint32_t i = 0; i < stress->settings->validators; i++)
        for (unsigned k = 0; k < CONSENSUS_COUNTERS; k++)
            sums[k] += counter_read(&validator_counters(stress->nodes[i].validator)[k]);
}

/* As the warm-up ends. */
static void begin_to_count(struct stress *stress) {
    const char *proc = stress->settings->proc;
    sum_counters(stress, stress->counters_before);
    mesh_count(stress->mesh, &stress->mesh_before);
    stress->is_readable = cost_read(proc, &stress->cost_before) && disturbance_read(proc, &stress->disturbance_before);
    stress->is_counting = true;
}

static void end_count(struct stress *stress) {
    const char *proc = stress->settings->proc;
    struct stress_result *result = stress->result;
    struct disturbance_sample quiet;
    struct cost_sample cost;
    stress->is_readable = stress->is_readable && cost_read(proc, &cost) && disturbance_read(proc, &quiet);
    if (stress->is_readable) {
        result->cost = cost_between(&stress->cost_before, &cost);
        result->disturbance = disturbance_between(&stress->disturbance_before, &quiet);
    }
    sum_counters(stress, result->counters);
    for (unsigned i = 0; i < CONSENSUS_COUNTERS; i++) result->counters[i] -= stress->counters_before[i];
    mesh_count(stress->mesh, &result->mesh);
    result->mesh.sent -= stress->mesh_before.sent;
    result->mesh.received -= stress->mesh_before.received;
    result->mesh.refused -= stress->mesh_before.refused;
    result->mesh.lost_below -= stress->mesh_before.lost_below;
}

static void say(const struct stress *stress, uint64_t slot) {
    const struct stress_settings *settings = stress->settings;
    const struct stress_result *result = stress->result;
    if (slot < STRESS_WARM_UP)
        progress_say(settings->progress, "%s: warming up", settings->name);
    else
        progress_say(settings->progress,
                     "%s: slot %" PRIu64 " of %" PRIu32 ", %" PRIu64 " disturbed; block p95 %.1f ms", settings->name,
                     slot - STRESS_WARM_UP + 1, settings->slots, result->all.slots - result->quiet.slots,
                     (double)histogram_value_at(result->histograms[STRESS_PROPAGATION], 950000) / 1e6);
}

/* Its CPU time is known now, and with it whether it was quiet. */
static void end_slot(struct stress *stress) {
    uint64_t used_ns = clock_kernel_ns(CLOCK_THREAD_CPUTIME_ID);
    if (stress->slot != NULL) {
        stress_slots_count(&stress->slots, stress->slot, &(struct stress_tally){.cpu_ns = used_ns - stress->cpu_ns});
        stress_slots_close(&stress->slots, stress->slot->number);
    }
    stress->cpu_ns = used_ns;
}

static void begin_slot(struct stress *stress) {
    uint64_t number = schedule_slot(&stress->schedule, stress->now_ns), last = STRESS_WARM_UP + stress->settings->slots;
    struct node *leader = &stress->nodes[schedule_leader(&stress->schedule, number)];
    uint32_t length = stress->settings->block_bytes;
    end_slot(stress);
    if (number >= STRESS_WARM_UP && !stress->is_counting) begin_to_count(stress);
    say(stress, number);
    stress->next_slot_ns = schedule_start(&stress->schedule, number + 1);
    stress->slot = stress_slots_open(&stress->slots, number, number >= STRESS_WARM_UP && number < last);
    bytes_write64(stress->block, number);
    bytes_write64(stress->block + length - 8, number);
    stress->now_ns = stress->slot->proposed_ns = clock_now(&stress->clock);
    uint64_t late_ns = stress->now_ns - schedule_start(&stress->schedule, number);
    if (stress->is_counting && late_ns > stress->result->most_late_ns) stress->result->most_late_ns = late_ns;
    bool proposed = validator_propose(leader->validator, stress->block, length, stress->now_ns) == PROPOSED;
    stress->now_ns = clock_now(&stress->clock);
    uint64_t took_ns = stress->now_ns - stress->slot->proposed_ns;
    struct stress_tally one = {.slots = 1,
                               .proposed = proposed,
                               .expected = stress->settings->validators - 1,
                               .busy_ns = took_ns,
                               .awake_ns = took_ns};
    stress_slots_count(&stress->slots, stress->slot, &one);
}

static void deliver(struct stress *stress, const struct mesh_datagram *datagram) {
    struct node *node = &stress->nodes[datagram->to];
    struct header header;
    if (draw(stress) < stress->lost_up_to) {
        if (stress->slot != NULL) stress_slots_count(&stress->slots, stress->slot, &(struct stress_tally){.lost = 1});
        return;
    }
    if (header_read(datagram->bytes, datagram->length, &header) != HEADER_OK) return;
    stress->now_ns = clock_now(&stress->clock);
    validator_receive(node->validator, header.type, datagram->bytes + HEADER_BYTES, datagram->length - HEADER_BYTES,
                      datagram->from, stress->now_ns);
    validator_tick(node->validator, stress->now_ns);
}

/* Everybody's, once nothing is on the way: a leader's next burst, repairs and votes that are due. Answers until when.
 */
static uint64_t tick_all(struct stress *stress) {
    uint64_t deadline = stress->next_slot_ns;
    for (uint32_t i = 0; i < stress->settings->validators; i++) {
        uint64_t next = validator_tick(stress->nodes[i].validator, stress->now_ns);
        if (next < deadline) deadline = next;
    }
    return deadline;
}

/* One look at the mesh, and what follows from it. Answers until when there is nothing to do; 0: there may be more. */
static uint64_t look(struct stress *stress) {
    struct mesh_datagram list[MESH_BURST];
    uint64_t begin_ns = stress->now_ns, deadline_ns = 0;
    unsigned count = mesh_receive(stress->mesh, list, stress->now_ns);
    stress->has_sent = false;
    for (unsigned i = 0; i < count; i++) deliver(stress, &list[i]);
    if (count == 0) deadline_ns = tick_all(stress);
    if (stress->has_sent) deadline_ns = 0;
    stress->now_ns = clock_now(&stress->clock);
    uint64_t took_ns = stress->now_ns - begin_ns;
    struct stress_tally one = {.arrived = count, .busy_ns = deadline_ns == 0 ? took_ns : 0, .awake_ns = took_ns};
    if (stress->slot != NULL) stress_slots_count(&stress->slots, stress->slot, &one);
    return deadline_ns;
}

/* What the kernel has put off may still come: so pauses are short at first. */
static void pause_until(struct stress *stress, uint64_t deadline_ns, uint64_t *pause_ns) {
    uint64_t left_ns = deadline_ns > stress->now_ns ? deadline_ns - stress->now_ns : 0;
    idle_pause((uint32_t)(left_ns < *pause_ns ? left_ns : *pause_ns));
    if (*pause_ns < IDLE_LONGEST_NS) *pause_ns *= 2;
    stress->now_ns = clock_now(&stress->clock);
}

static void run(struct stress *stress) {
    uint64_t end_ns = schedule_start(&stress->schedule, STRESS_WARM_UP + stress->settings->slots);
    uint64_t pause_ns = FIRST_PAUSE_NS;
    idle_prepare_thread();
    stress->now_ns = clock_now(&stress->clock);
    while (stress->now_ns < end_ns) {
        if (stress->now_ns >= stress->next_slot_ns) begin_slot(stress);
        uint64_t deadline_ns = look(stress);
        if (deadline_ns == 0)
            pause_ns = FIRST_PAUSE_NS;
        else
            pause_until(stress, deadline_ns < end_ns ? deadline_ns : end_ns, &pause_ns);
    }
    end_slot(stress);
}

bool stress_run(const struct stress_settings *settings, struct mesh *mesh, struct stress_result *result,
                struct failure *why) {
    struct stress stress;
    for (unsigned i = 0; i < STRESS_SAMPLES; i++) histogram_clear(result->histograms[i]);
    result->quiet = result->all = (struct stress_tally){0};
    result->most_late_ns = 0;
    bool made = make(&stress, settings, mesh, result);
    if (made) {
        run(&stress);
        end_count(&stress);
    }
    release(&stress);
    if (!made) return failed(why, "no memory for %" PRIu32 " validators", settings->validators);
    return stress.is_readable || failed(why, "%s/stat cannot be read; mount proc there", settings->proc);
}
