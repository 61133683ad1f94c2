#include "bench/stress_slots.h"

#include <stdlib.h>

bool stress_slots_make(struct stress_slots *slots, uint32_t validators, struct histogram **histograms,
                       struct stress_tally *quiet, struct stress_tally *all) {
    *slots = (struct stress_slots){.histograms = histograms, .quiet = quiet, .all = all, .validators = validators};
    slots->memory = calloc((size_t)STRESS_DEPTH * STRESS_SAMPLES * validators, sizeof *slots->memory);
    for (unsigned i = 0; slots->memory != NULL && i < STRESS_DEPTH; i++) {
        slots->list[i].number = UINT64_MAX;
        for (unsigned k = 0; k < STRESS_SAMPLES; k++)
            slots->list[i].samples[k] = slots->memory + ((size_t)i * STRESS_SAMPLES + k) * validators;
    }
    return slots->memory != NULL;
}

void stress_slots_release(struct stress_slots *slots) {
    free(slots->memory);
    slots->memory = NULL;
}

struct stress_slot *stress_slots_open(struct stress_slots *slots, uint64_t number, bool counts) {
    struct stress_slot *slot = &slots->list[number % STRESS_DEPTH];
    slot->number = number;
    slot->state = counts ? STRESS_OPEN : STRESS_NOT_COUNTED;
    slot->tally = (struct stress_tally){0};
    for (unsigned i = 0; i < STRESS_SAMPLES; i++) slot->counts[i] = 0;
    return slot;
}

struct stress_slot *stress_slots_find(struct stress_slots *slots, uint64_t number) {
    struct stress_slot *slot = &slots->list[number % STRESS_DEPTH];
    return slot->number == number ? slot : NULL;
}

static void add(struct stress_tally *to, const struct stress_tally *more) {
    to->slots += more->slots;
    to->proposed += more->proposed;
    to->expected += more->expected;
    to->completed += more->completed;
    to->in_time += more->in_time;
    to->wrong += more->wrong;
    to->confirmed += more->confirmed;
    to->arrived += more->arrived;
    to->lost += more->lost;
    to->busy_ns += more->busy_ns;
    to->awake_ns += more->awake_ns;
    to->cpu_ns += more->cpu_ns;
}

static bool is_quiet(const struct stress_tally *tally, double most_lost) {
    uint64_t lost = tally->awake_ns > tally->cpu_ns ? tally->awake_ns - tally->cpu_ns : 0;
    return (double)lost <= most_lost * (double)tally->awake_ns;
}

void stress_slots_close(struct stress_slots *slots, uint64_t number) {
    struct stress_slot *slot = stress_slots_find(slots, number);
    if (slot == NULL || slot->state != STRESS_OPEN) return;
    add(slots->all, &slot->tally);
    slot->state = is_quiet(&slot->tally, slots->most_lost) ? STRESS_QUIET : STRESS_DISTURBED;
    if (slot->state == STRESS_DISTURBED) return;
    add(slots->quiet, &slot->tally);
    for (unsigned i = 0; i < STRESS_SAMPLES; i++)
        for (unsigned k = 0; k < slot->counts[i]; k++) histogram_record(slots->histograms[i], slot->samples[i][k]);
}

void stress_slots_sample(struct stress_slots *slots, struct stress_slot *slot, enum stress_sample sample, uint64_t ns) {
    if (slot->state == STRESS_OPEN && slot->counts[sample] < slots->validators)
        slot->samples[sample][slot->counts[sample]++] = ns;
    if (slot->state == STRESS_QUIET) histogram_record(slots->histograms[sample], ns);
}

void stress_slots_count(struct stress_slots *slots, struct stress_slot *slot, const struct stress_tally *more) {
    if (slot->state == STRESS_OPEN) add(&slot->tally, more);
    if (slot->state == STRESS_QUIET || slot->state == STRESS_DISTURBED) add(slots->all, more);
    if (slot->state == STRESS_QUIET) add(slots->quiet, more);
}
