#include "statistics/telemetry_answers.h"

#include <stdio.h>

#include "io/dpdk.h"

void telemetry_drops(const struct telemetry *source, struct rte_tel_data *answer, const char *parameters) {
    (void)parameters;
    struct node_totals totals = totals_of_node(source->workers);
    for (unsigned drop = 0; drop < DROPS; drop++)
        if (drop_name(drop) != NULL) rte_tel_data_add_dict_uint(answer, drop_name(drop), totals.drops[drop]);
    rte_tel_data_add_dict_uint(answer, "no_room", totals.refused);
}

void telemetry_workers(const struct telemetry *source, struct rte_tel_data *answer, const char *parameters) {
    (void)parameters;
    for (unsigned i = 0; i < source->workers->count; i++) {
        const struct worker *worker = source->workers->list[i];
        struct rte_tel_data *entry = rte_tel_data_alloc();
        char key[16];
        if (entry == NULL) return;
        snprintf(key, sizeof key, "%u", i);
        rte_tel_data_start_dict(entry);
        rte_tel_data_add_dict_uint(entry, "lcore", worker->lcore);
        rte_tel_data_add_dict_uint(entry, "received", counter_read(&worker->io->counters->received));
        rte_tel_data_add_dict_uint(entry, "transmitted", counter_read(&worker->io->counters->transmitted));
        rte_tel_data_add_dict_uint(entry, "rounds", counter_read(&worker->rounds));
        rte_tel_data_add_dict_uint(entry, "busy_rounds", counter_read(&worker->busy_rounds));
        rte_tel_data_add_dict_uint(entry, "pauses", counter_read(&worker->pauses));
        if (rte_tel_data_add_dict_container(answer, key, entry, 0) != 0) rte_tel_data_free(entry);
    }
}

static void add_stages(struct rte_tel_data *entry, const struct stages *stages) {
    rte_tel_data_add_dict_uint(entry, "rounds", counter_read(&stages->rounds));
    rte_tel_data_add_dict_uint(entry, "busy_rounds", counter_read(&stages->busy_rounds));
    for (unsigned i = 0; i < STAGES; i++) {
        char key[RTE_TEL_MAX_STRING_LEN];
        snprintf(key, sizeof key, "%s_cycles", stage_name(i));
        rte_tel_data_add_dict_uint(entry, key, counter_read(&stages->list[i].cycles));
        if (i == STAGE_IDLE || i == STAGE_PAUSE) continue;
        snprintf(key, sizeof key, "%s_packets", stage_name(i));
        rte_tel_data_add_dict_uint(entry, key, counter_read(&stages->list[i].packets));
    }
}

void telemetry_profile(const struct telemetry *source, struct rte_tel_data *answer, const char *parameters) {
    (void)parameters;
    rte_tel_data_add_dict_uint(answer, "enabled", counter_read(&source->workers->list[0]->stages.on));
    rte_tel_data_add_dict_uint(answer, "ticks_per_second", source->ticks_per_second);
    for (unsigned i = 0; i < source->workers->count; i++) {
        struct rte_tel_data *entry = rte_tel_data_alloc();
        char key[16];
        if (entry == NULL) return;
        snprintf(key, sizeof key, "%u", i);
        rte_tel_data_start_dict(entry);
        add_stages(entry, &source->workers->list[i]->stages);
        if (rte_tel_data_add_dict_container(answer, key, entry, 0) != 0) rte_tel_data_free(entry);
    }
}

/* Of all workers together, of those that the DPDK backend has. */
static uint64_t sum_of(const struct telemetry *source,
                       const struct counter *(*counter)(const struct dpdk_io *dpdk, unsigned index), unsigned index) {
    uint64_t sum = 0;
    for (unsigned i = 0; i < source->workers->count; i++) {
        const struct dpdk_io *dpdk = dpdk_io_of(source->workers->list[i]->io);
        if (dpdk != NULL) sum += counter_read(counter(dpdk, index));
    }
    return sum;
}

static const struct counter *heard(const struct dpdk_io *dpdk, unsigned index) {
    return &dpdk->more.neighbours[index];
}

static const struct counter *resolving(const struct dpdk_io *dpdk, unsigned index) {
    const struct counter *const list[] = {&dpdk->more.questions, &dpdk->more.answers, &dpdk->more.overrun,
                                          &dpdk->counters.unresolved};
    return list[index];
}

static const struct counter *passed(const struct dpdk_io *dpdk, unsigned index) {
    return index == 0 ? &dpdk->more.to_kernel : &dpdk->more.from_kernel;
}

void telemetry_exception(const struct telemetry *source, struct rte_tel_data *answer, const char *parameters) {
    (void)parameters;
    const struct exception *exception = source->exception;
    rte_tel_data_add_dict_uint(answer, "open", exception->open);
    rte_tel_data_add_dict_uint(answer, "to_kernel", sum_of(source, passed, 0));
    rte_tel_data_add_dict_uint(answer, "written", counter_read(&exception->written));
    rte_tel_data_add_dict_uint(answer, "refused", counter_read(&exception->refused));
    rte_tel_data_add_dict_uint(answer, "taken", counter_read(&exception->taken));
    rte_tel_data_add_dict_uint(answer, "too_long", counter_read(&exception->too_long));
    rte_tel_data_add_dict_uint(answer, "from_kernel", sum_of(source, passed, 1));
}

void telemetry_neighbours(const struct telemetry *source, struct rte_tel_data *answer, const char *parameters) {
    (void)parameters;
    static const char *const NAMES[] = {"questions", "answers", "overrun", "unresolved"};
    const struct dpdk_io *first = dpdk_io_of(source->workers->list[0]->io);
    if (first == NULL) return;
    rte_tel_data_add_dict_uint(answer, "asked", first->wire->neighbours->asked);
    rte_tel_data_add_dict_uint(answer, "known", neighbours_known(first->wire->neighbours));
    for (unsigned i = NEIGHBOURS_MALFORMED; i < NEIGHBOURS_RESULTS; i++)
        rte_tel_data_add_dict_uint(answer, neighbours_result_name(i), sum_of(source, heard, i));
    for (unsigned i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        rte_tel_data_add_dict_uint(answer, NAMES[i], sum_of(source, resolving, i));
}
