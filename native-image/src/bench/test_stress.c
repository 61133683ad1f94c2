#include "bench/stress.h"
#include "bench/testing.h"

/* A mesh in memory, so that only the benchmark's own work is looked at. It may keep everything from one endpoint. */
enum { ROOM = 4096, VALIDATORS = 10, SLOTS = 3, BLOCK = 16 * 1024, NOBODY = VALIDATORS };

struct packet {
    uint16_t length;
    uint32_t from, to;
    uint8_t bytes[SETTINGS_DATAGRAM];
};

struct mesh {
    struct packet ring[ROOM];
    uint64_t written, read;
    uint32_t deaf;
};

bool mesh_send(struct mesh *mesh, uint32_t from, const uint8_t *bytes, uint16_t length, const uint32_t *to,
               unsigned count) {
    if (mesh->written - mesh->read + count > ROOM - MESH_BURST) return false;
    for (unsigned i = 0; i < count; i++) {
        if (to[i] == mesh->deaf) continue;
        struct packet *packet = &mesh->ring[mesh->written++ % ROOM];
        *packet = (struct packet){.length = length, .from = from, .to = to[i]};
        memcpy(packet->bytes, bytes, length);
    }
    return true;
}

unsigned mesh_receive(struct mesh *mesh, struct mesh_datagram list[MESH_BURST], uint64_t now_ns) {
    unsigned count = 0;
    (void)now_ns;
    for (; count < MESH_BURST && mesh->read < mesh->written; count++) {
        const struct packet *packet = &mesh->ring[mesh->read++ % ROOM];
        list[count] = (struct mesh_datagram){packet->bytes, packet->length, packet->from, packet->to};
    }
    return count;
}

void mesh_count(struct mesh *mesh, struct mesh_counters *counters) {
    *counters = (struct mesh_counters){.sent = mesh->written, .received = mesh->read};
}

static void run(uint32_t deaf, double loss, struct stress_result *result) {
    struct stress_settings settings = {.name = "test",
                                       .validators = VALIDATORS,
                                       .block_bytes = BLOCK,
                                       .slot_ns = 500000000,
                                       .slots = SLOTS,
                                       .loss = loss,
                                       .most_lost = 1,
                                       .proc = "/proc"};
    struct failure why;
    struct mesh *mesh = calloc(1, sizeof *mesh);
    mesh->deaf = deaf;
    *result = (struct stress_result){0};
    for (unsigned i = 0; i < STRESS_SAMPLES; i++) result->histograms[i] = histogram_make();
    assert_true(stress_run(&settings, mesh, result, &why));
    free(mesh);
}

static void release(struct stress_result *result) {
    for (unsigned i = 0; i < STRESS_SAMPLES; i++) histogram_release(result->histograms[i]);
}

static void every_block_votes_and_slot_is_counted_with_loss_too(void **state) {
    (void)state;
    struct stress_result result;
    const uint64_t blocks = SLOTS * (VALIDATORS - 1), votes = SLOTS * (VALIDATORS - 2);
    run(NOBODY, 0.05, &result);
    const struct stress_tally *all = &result.all;
    assert_int_equal(all->slots, SLOTS);
    assert_int_equal(all->proposed, SLOTS);
    assert_int_equal(all->expected, blocks);
    assert_int_equal(all->completed, blocks);
    assert_in_range(all->in_time, 1, blocks); /* all of them, unless this machine stands still */
    assert_int_equal(all->wrong, 0);
    assert_int_equal(all->confirmed, SLOTS);
    assert_memory_equal(all, &result.quiet, sizeof *all);
    assert_int_equal(result.histograms[STRESS_PROPAGATION]->count, blocks);
    assert_int_equal(result.histograms[STRESS_RESPONSE]->count, votes);
    assert_int_equal(result.histograms[STRESS_ROUND]->count, votes);
    assert_int_equal(result.histograms[STRESS_CONFIRMATION]->count, SLOTS);
    assert_in_range(all->lost, all->arrived / 50, all->arrived / 10);
    assert_int_equal(result.counters[BLOCKS_PROPOSED], SLOTS);
    assert_in_range(result.counters[SHREDS_REPAIRED], 1, all->arrived);
    assert_in_range(all->cpu_ns, 1, 5000000000);
    assert_in_range(all->busy_ns, 1, all->awake_ns);
    release(&result);
}

static void who_hears_nothing_misses_its_rounds_and_confirms_no_slot(void **state) {
    (void)state;
    struct stress_result result;
    uint32_t deaf = STRESS_WARM_UP + 1; /* leads the second slot, and collects the first one's votes */
    run(deaf, 0, &result);
    const struct stress_tally *all = &result.all;
    assert_int_equal(all->slots, SLOTS);
    assert_int_equal(all->completed, all->expected - (SLOTS - 1));
    assert_in_range(all->expected - all->in_time, SLOTS - 1, all->expected);
    assert_int_equal(all->confirmed, SLOTS - 1);
    assert_int_equal(all->lost, 0);
    release(&result);
}

/* Slots kept by hand, of which a third of the time may be lost. */
struct book {
    struct stress_slots slots;
    struct histogram *histograms[STRESS_SAMPLES];
    struct stress_tally quiet, all;
};

static void book_open(struct book *book) {
    *book = (struct book){0};
    for (unsigned i = 0; i < STRESS_SAMPLES; i++) book->histograms[i] = histogram_make();
    assert_true(stress_slots_make(&book->slots, VALIDATORS, book->histograms, &book->quiet, &book->all));
    book->slots.most_lost = 0.3;
}

static void book_close(struct book *book) {
    for (unsigned i = 0; i < STRESS_SAMPLES; i++) histogram_release(book->histograms[i]);
    stress_slots_release(&book->slots);
}

/* A slot with one block, in which the thread had so much of 100 ns. */
static struct stress_slot *keep_slot(struct book *book, uint64_t number, uint64_t cpu_ns, bool counts) {
    struct stress_slot *slot = stress_slots_open(&book->slots, number, counts);
    struct stress_tally all = {.slots = 1, .completed = 1, .awake_ns = 100, .cpu_ns = cpu_ns};
    stress_slots_count(&book->slots, slot, &all);
    stress_slots_sample(&book->slots, slot, STRESS_PROPAGATION, number);
    return slot;
}

static void times_of_slots_in_which_others_ran_are_left_out(void **state) {
    (void)state;
    static const uint64_t CPU_NS[] = {100, 70, 69, 0, 120};
    struct book book;
    book_open(&book);
    for (uint64_t i = 0; i < sizeof CPU_NS / sizeof *CPU_NS; i++) {
        keep_slot(&book, 10 + i, CPU_NS[i], true);
        assert_int_equal(book.all.slots, i);
        stress_slots_close(&book.slots, 10 + i);
    }
    assert_int_equal(book.all.slots, 5);
    assert_int_equal(book.quiet.slots, 3);
    assert_int_equal(book.quiet.completed, 3);
    assert_int_equal(book.histograms[STRESS_PROPAGATION]->count, 3);
    assert_int_equal(book.histograms[STRESS_PROPAGATION]->most, 14);
    assert_int_equal(book.histograms[STRESS_RESPONSE]->count, 0);
    book_close(&book);
}

static void what_comes_late_goes_where_its_slot_went(void **state) {
    (void)state;
    struct book book;
    book_open(&book);
    const struct stress_tally late = {.completed = 1};
    static const uint64_t CPU_NS[] = {100, 0};
    for (unsigned i = 0; i < 2; i++) {
        struct stress_slot *slot = keep_slot(&book, 20 + i, CPU_NS[i], true);
        stress_slots_close(&book.slots, 20 + i);
        stress_slots_count(&book.slots, slot, &late);
        stress_slots_sample(&book.slots, slot, STRESS_PROPAGATION, 99);
    }
    assert_int_equal(book.all.completed, 4);
    assert_int_equal(book.quiet.completed, 2);
    assert_int_equal(book.histograms[STRESS_PROPAGATION]->count, 2);
    assert_null(stress_slots_find(&book.slots, 20 - STRESS_DEPTH));
    book_close(&book);
}

static void slots_of_the_warm_up_are_nowhere(void **state) {
    (void)state;
    struct book book;
    book_open(&book);
    keep_slot(&book, 1, 100, false);
    stress_slots_close(&book.slots, 1);
    assert_int_equal(book.all.slots + book.quiet.slots, 0);
    assert_int_equal(book.histograms[STRESS_PROPAGATION]->count, 0);
    book_close(&book);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_block_votes_and_slot_is_counted_with_loss_too),
        cmocka_unit_test(who_hears_nothing_misses_its_rounds_and_confirms_no_slot),
        cmocka_unit_test(times_of_slots_in_which_others_ran_are_left_out),
        cmocka_unit_test(what_comes_late_goes_where_its_slot_went),
        cmocka_unit_test(slots_of_the_warm_up_are_nowhere),
    };
    return cmocka_run_group_tests_name("stress", tests, NULL, NULL);
}
