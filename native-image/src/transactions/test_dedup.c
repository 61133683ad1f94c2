#include "transactions/dedup.h"
#include "transactions/testing.h"

static struct dedup make(uint32_t tags) {
    struct dedup dedup;
    dedup_init(&dedup, memory_of(dedup_bytes(tags)), tags);
    return dedup;
}

static void release(const struct dedup *dedup) {
    free(dedup->map);
}

static uint32_t remembered(const struct dedup *dedup) {
    uint32_t count = 0;
    for (uint32_t i = 0; i <= dedup->map_mask; i++) count += dedup->map[i] != 0;
    return count;
}

static void a_tag_is_seen_from_when_it_is_remembered_until_it_is_the_oldest_of_too_many(void **state) {
    (void)state;
    struct dedup dedup = make(8);
    for (uint64_t tag = 1; tag <= 100; tag++) {
        uint64_t spread = tag * 0x9e3779b97f4a7c15;
        assert_false(dedup_seen(&dedup, spread));
        dedup_remember(&dedup, spread);
        for (uint64_t other = 1; other <= tag; other++)
            assert_int_equal(dedup_seen(&dedup, other * 0x9e3779b97f4a7c15), other + 8 > tag);
    }
    release(&dedup);
}

static void a_tag_that_is_there_is_not_remembered_twice(void **state) {
    (void)state;
    struct dedup dedup = make(2);
    dedup_remember(&dedup, 5);
    for (int i = 0; i < 10; i++) dedup_remember(&dedup, 6);
    assert_true(dedup_seen(&dedup, 5));
    assert_int_equal(remembered(&dedup), 2);
    release(&dedup);
}

static void what_is_forgotten_may_come_again(void **state) {
    (void)state;
    struct dedup dedup = make(4);
    dedup_forget(&dedup, 5);
    dedup_remember(&dedup, 5);
    dedup_forget(&dedup, 5);
    assert_false(dedup_seen(&dedup, 5));
    dedup_remember(&dedup, 5);
    assert_true(dedup_seen(&dedup, 5));
    release(&dedup);
}

/* The same, as slow and plain as can be. */
struct model {
    uint64_t ring[64];
    uint64_t set[64];
    uint32_t tags, next, count;
};

static uint32_t model_find(const struct model *model, uint64_t tag) {
    for (uint32_t i = 0; i < model->count; i++)
        if (model->set[i] == tag) return i;
    return UINT32_MAX;
}

static void model_forget(struct model *model, uint64_t tag) {
    uint32_t at = model_find(model, tag);
    if (at != UINT32_MAX) model->set[at] = model->set[--model->count];
}

static void model_remember(struct model *model, uint64_t tag) {
    if (model_find(model, tag) != UINT32_MAX) return;
    model_forget(model, model->ring[model->next]);
    model->ring[model->next] = tag;
    model->next = (model->next + 1) % model->tags;
    model->set[model->count++] = tag;
}

/*
 * Tags from few places at the map's end, so that they crowd, run over into its beginning and are moved back a lot:
 * worse than anybody without the key can bring about.
 */
static uint64_t crowded(uint64_t *random, unsigned places) {
    uint64_t place = UINT64_MAX - draw(random) % places;
    return place << 57 | (1 + draw(random) % 40);
}

static void it_agrees_with_a_plain_list_whatever_comes(void **state) {
    (void)state;
    uint64_t random = 1;
    for (unsigned round = 0; round < 300; round++) {
        uint32_t tags = 2u << draw(&random) % 6;
        struct dedup dedup = make(tags);
        struct model model = {.tags = tags};
        unsigned places = 1 + (unsigned)(draw(&random) % 128);
        for (unsigned i = 0; i < 600; i++) {
            uint64_t tag = crowded(&random, places);
            switch (draw(&random) % 8) {
            case 0:
                dedup_forget(&dedup, tag);
                model_forget(&model, tag);
                break;
            case 1: dedup_prefetch(&dedup, tag, (uint32_t)draw(&random)); break;
            default: dedup_remember(&dedup, tag); model_remember(&model, tag);
            }
            tag = crowded(&random, places);
            assert_int_equal(dedup_seen(&dedup, tag), model_find(&model, tag) != UINT32_MAX);
            assert_int_equal(remembered(&dedup), model.count);
        }
        for (uint32_t i = 0; i < model.count; i++) assert_true(dedup_seen(&dedup, model.set[i]));
        release(&dedup);
    }
}

/* With tags as SipHash makes them no search is long, though the map stays half full for ever. */
static void no_search_is_long_after_many_rounds(void **state) {
    (void)state;
    struct dedup dedup = make(4096);
    uint64_t random = 99;
    for (unsigned i = 0; i < 200000; i++) dedup_remember(&dedup, draw(&random));
    assert_int_equal(remembered(&dedup), 4096);
    uint32_t run = 0, longest = 0;
    for (uint32_t i = 0; i <= dedup.map_mask; i++) {
        run = dedup.map[i] != 0 ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    assert_in_range(longest, 2, 64);
    release(&dedup);
}

static void only_powers_of_two_have_a_size(void **state) {
    (void)state;
    assert_int_equal(dedup_bytes(0), 0);
    assert_int_equal(dedup_bytes(1), 0);
    assert_int_equal(dedup_bytes(3), 0);
    assert_int_equal(dedup_bytes(DEDUP_MAX_TAGS * 2), 0);
    assert_int_equal(dedup_bytes(2), 64);
    assert_int_equal(dedup_bytes(DEDUP_TAGS), 6 << 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tag_is_seen_from_when_it_is_remembered_until_it_is_the_oldest_of_too_many),
        cmocka_unit_test(a_tag_that_is_there_is_not_remembered_twice),
        cmocka_unit_test(what_is_forgotten_may_come_again),
        cmocka_unit_test(it_agrees_with_a_plain_list_whatever_comes),
        cmocka_unit_test(no_search_is_long_after_many_rounds),
        cmocka_unit_test(only_powers_of_two_have_a_size),
    };
    return cmocka_run_group_tests_name("dedup", tests, NULL, NULL);
}
