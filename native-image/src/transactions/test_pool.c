#include "transactions/pool.h"
#include "transactions/testing.h"

static struct pool *make(uint32_t capacity, uint32_t share, uint32_t peers) {
    const struct pool_config config = {capacity, share, peers};
    return pool_init(memory_of(pool_bytes(&config)), &config);
}

static uint64_t evicted;

/* A transaction whose nonce is its tag. */
static enum pool_result put(struct pool *pool, uint64_t tag, uint64_t fee, uint32_t peer, uint64_t valid_until) {
    uint8_t bytes[TRANSACTION_MAX];
    uint16_t length = sample(bytes, (uint16_t)(tag % (TRANSACTION_MAX_PAYLOAD + 1)), tag, fee, valid_until);
    const struct pool_entry entry = {bytes, fee, valid_until, tag, peer, length};
    return pool_insert(pool, &entry, &evicted);
}

/* Takes the first one out and answers its nonce; 0 where there is none. It must be whole. */
static uint64_t take(struct pool *pool) {
    struct pool_view view;
    struct transaction transaction;
    if (!pool_first(pool, &view)) return 0;
    assert_int_equal(transaction_read(view.bytes, view.length, &transaction), TRANSACTION_OK);
    assert_int_equal(transaction.payload_length, transaction.nonce % (TRANSACTION_MAX_PAYLOAD + 1));
    assert_int_equal(transaction.valid_until, view.valid_until);
    pool_remove_first(pool);
    return transaction.nonce;
}

static void the_highest_fee_comes_first_and_within_a_class_who_came_first(void **state) {
    (void)state;
    struct pool *pool = make(8, 8, 1);
    const uint64_t fees[] = {1000, 5, 1000000, 1001, 0, 5};
    const uint64_t order[] = {3, 1, 4, 2, 6, 5, 0};
    for (uint64_t i = 0; i < 6; i++) assert_int_equal(put(pool, i + 1, fees[i], 0, 9), POOL_TAKEN);
    for (unsigned i = 0; i < 7; i++) assert_int_equal(take(pool), order[i]);
    free(pool);
}

static void classes_rise_with_fees_and_are_an_eighth_wide(void **state) {
    (void)state;
    for (uint64_t fee = 0; fee < 16; fee++) assert_int_equal(pool_class(fee), fee);
    assert_int_equal(pool_class(UINT64_MAX), 495);
    for (uint64_t fee = 16; fee < UINT64_MAX / 2; fee += fee / 100 + 1) {
        assert_in_range(pool_class(fee + 1) - pool_class(fee), 0, 1);
        assert_true(pool_class(fee + fee / 8 + 1) > pool_class(fee));
        assert_int_equal(pool_class(2 * fee), pool_class(fee) + 8);
    }
}

static void a_full_pool_gives_the_last_place_to_who_pays_more(void **state) {
    (void)state;
    struct pool *pool = make(3, 4, 2);
    put(pool, 1, 100, 0, 9);
    put(pool, 2, 50, 0, 9);
    put(pool, 3, 50, 0, 9);
    assert_int_equal(put(pool, 4, 50, 0, 9), POOL_LOW_FEE);
    assert_int_equal(put(pool, 4, 51, 0, 9), POOL_LOW_FEE);
    assert_int_equal(put(pool, 4, 60, 0, 9), POOL_TAKEN_FOR_ANOTHER);
    assert_int_equal(evicted, 3);
    assert_int_equal(put(pool, 5, 120, 1, 9), POOL_TAKEN_FOR_ANOTHER);
    assert_int_equal(evicted, 2);
    assert_int_equal(pool_count_of(pool, 0), 2);
    assert_int_equal(pool_count_of(pool, 1), 1);
    assert_int_equal(take(pool), 5);
    assert_int_equal(take(pool), 1);
    assert_int_equal(take(pool), 4);
    assert_int_equal(take(pool), 0);
    free(pool);
}

static void a_peer_holds_no_more_than_its_share_whatever_it_pays(void **state) {
    (void)state;
    struct pool *pool = make(8, 3, 2);
    for (uint64_t i = 1; i <= 3; i++) assert_int_equal(put(pool, i, 1, 1, 9), POOL_TAKEN);
    assert_int_equal(put(pool, 4, UINT64_MAX, 1, 9), POOL_OVER_SHARE);
    assert_int_equal(put(pool, 5, 1, 0, 9), POOL_TAKEN);
    assert_int_equal(take(pool), 1);
    assert_int_equal(put(pool, 4, 1, 1, 9), POOL_TAKEN);
    free(pool);
}

static void a_peer_that_there_is_not_has_no_share(void **state) {
    (void)state;
    struct pool *pool = make(8, 3, 2);
    assert_int_equal(put(pool, 1, 1, 2, 9), POOL_OVER_SHARE);
    assert_int_equal(put(pool, 1, 1, UINT32_MAX, 9), POOL_OVER_SHARE);
    assert_int_equal(pool_count_of(pool, UINT32_MAX), 0);
    free(pool);
}

static void a_sweep_looks_at_so_many_slots_and_goes_round_once_a_slot_of_time(void **state) {
    (void)state;
    struct pool *pool = make(10, 10, 1);
    for (uint64_t i = 0; i < 10; i++) put(pool, i + 1, 5, 0, i % 2 == 0 ? 3 : 4);
    assert_int_equal(pool_sweep(pool, 3, 100), 0);
    assert_int_equal(pool_sweep(pool, 4, 4), 2);
    assert_int_equal(pool_sweep(pool, 4, 4), 2);
    assert_int_equal(pool_sweep(pool, 4, 4), 1);
    assert_int_equal(pool_sweep(pool, 4, 4), 0);
    assert_int_equal(pool_sweep(pool, 3, 100), 0);
    assert_int_equal(pool_count(pool), 5);
    assert_int_equal(take(pool), 2);
    assert_int_equal(pool_sweep(pool, UINT64_MAX, 100), 4);
    assert_int_equal(take(pool), 0);
    free(pool);
}

static void a_pool_of_one_slot_is_a_pool(void **state) {
    (void)state;
    struct pool *pool = make(1, 1, 2);
    assert_int_equal(put(pool, 1, 1, 0, 9), POOL_TAKEN);
    assert_int_equal(put(pool, 2, 9, 0, 9), POOL_OVER_SHARE);
    assert_int_equal(put(pool, 2, 9, 1, 9), POOL_TAKEN_FOR_ANOTHER);
    assert_int_equal(take(pool), 2);
    assert_int_equal(put(pool, 3, 0, 0, 9), POOL_TAKEN);
    assert_int_equal(take(pool), 3);
    free(pool);
}

static void what_cannot_be_has_no_size(void **state) {
    (void)state;
    assert_int_equal(pool_bytes(&(struct pool_config){0, 1, 1}), 0);
    assert_int_equal(pool_bytes(&(struct pool_config){1, 0, 1}), 0);
    assert_int_equal(pool_bytes(&(struct pool_config){POOL_MAX_CAPACITY + 1, 1, 1}), 0);
    assert_in_range(pool_bytes(&(struct pool_config){POOL_CAPACITY, POOL_SHARE, 500}), 80000000, 90000000);
}

/* The same, as slow and plain as can be: a list in the order of arrival. */
enum { MODEL = 24, PEERS = 4 };
struct model {
    struct {
        uint64_t tag, valid_until;
        unsigned class;
        uint32_t peer;
    } list[MODEL];
    uint32_t count, capacity, share;
};

static void model_remove(struct model *model, uint32_t at) {
    memmove(&model->list[at], &model->list[at + 1], (--model->count - at) * sizeof model->list[0]);
}

/* The first one, or with `last` the last one. */
static uint32_t model_end(const struct model *model, bool last) {
    uint32_t end = 0;
    for (uint32_t i = 1; i < model->count; i++) {
        unsigned class = model->list[i].class, best = model->list[end].class;
        if (last ? class <= best : class > best) end = i;
    }
    return end;
}

static uint32_t model_held(const struct model *model, uint32_t peer) {
    uint32_t held = 0;
    for (uint32_t i = 0; i < model->count; i++) held += model->list[i].peer == peer;
    return held;
}

static enum pool_result model_put(struct model *model, uint64_t tag, uint64_t fee, uint32_t peer, uint64_t valid_until,
                                  uint64_t *out) {
    enum pool_result result = POOL_TAKEN;
    if (model_held(model, peer) >= model->share) return POOL_OVER_SHARE;
    if (model->count == model->capacity) {
        uint32_t last = model_end(model, true);
        if (pool_class(fee) <= model->list[last].class) return POOL_LOW_FEE;
        *out = model->list[last].tag;
        model_remove(model, last);
        result = POOL_TAKEN_FOR_ANOTHER;
    }
    uint32_t at = model->count++;
    model->list[at].tag = tag;
    model->list[at].class = pool_class(fee);
    model->list[at].peer = peer;
    model->list[at].valid_until = valid_until;
    return result;
}

static unsigned model_sweep(struct model *model, uint64_t slot) {
    unsigned left = 0;
    for (uint32_t i = model->count; i-- > 0;) {
        if (model->list[i].valid_until >= slot) continue;
        model_remove(model, i);
        left++;
    }
    return left;
}

static void do_something(struct pool *pool, struct model *model, uint64_t *random, uint64_t tag, uint64_t *slot) {
    switch (draw(random) % 16) {
    case 0:
        *slot += draw(random) % 3;
        assert_int_equal(pool_sweep(pool, *slot, model->capacity), model_sweep(model, *slot));
        break;
    case 1:
    case 2:
    case 3: {
        uint32_t first = model_end(model, false);
        assert_int_equal(take(pool), model->count == 0 ? 0 : model->list[first].tag);
        if (model->count > 0) model_remove(model, first);
        break;
    }
    default: {
        uint64_t fee = draw(random) >> draw(random) % 64, expected = 0, valid_until = *slot + draw(random) % 8;
        uint32_t peer = (uint32_t)(draw(random) % PEERS);
        if (draw(random) % 2 == 0) fee %= 4;
        evicted = 0;
        pool_prefetch(pool, (uint32_t)(draw(random) % 30), 200);
        enum pool_result result = put(pool, tag, fee, peer, valid_until);
        assert_int_equal(result, model_put(model, tag, fee, peer, valid_until, &expected));
        assert_int_equal(evicted, expected);
    }
    }
}

static void it_agrees_with_a_plain_list_whatever_comes(void **state) {
    (void)state;
    uint64_t random = 1;
    for (unsigned round = 0; round < 200; round++) {
        struct model model = {.capacity = 1 + (uint32_t)(draw(&random) % MODEL)};
        model.share = 1 + (uint32_t)(draw(&random) % model.capacity);
        struct pool *pool = make(model.capacity, model.share, PEERS);
        uint64_t slot = 0;
        for (uint64_t i = 1; i <= 500; i++) {
            do_something(pool, &model, &random, i, &slot);
            assert_int_equal(pool_count(pool), model.count);
            for (uint32_t peer = 0; peer < PEERS; peer++)
                assert_int_equal(pool_count_of(pool, peer), model_held(&model, peer));
        }
        free(pool);
    }
}

static void what_waits_stays_when_peers_change_and_shares_go_with_their_peers(void **state) {
    (void)state;
    struct pool *pool = make(8, 2, 2);
    for (uint64_t tag = 1; tag <= 4; tag++) assert_int_equal(put(pool, tag, tag, tag <= 2 ? 0 : 1, 9), POOL_TAKEN);
    const uint32_t to[] = {UINT32_MAX, 2}, again[] = {UINT32_MAX, UINT32_MAX, 0};
    uint32_t *held = calloc(1, pool_held_bytes(3)), *held_again = calloc(1, pool_held_bytes(1));
    pool_move(pool, held, 3, to); /* the first one is gone, the second one is the third */
    assert_int_equal(pool_count(pool), 4);
    assert_int_equal(pool_count_of(pool, 0), 0);
    assert_int_equal(pool_count_of(pool, 2), 2);
    assert_int_equal(put(pool, 5, 5, 2, 9), POOL_OVER_SHARE);
    assert_int_equal(put(pool, 5, 5, 0, 9), POOL_TAKEN);
    assert_int_equal(put(pool, 6, 6, 3, 9), POOL_OVER_SHARE); /* there is none */
    pool_move(pool, held_again, 1, again);
    free(held);
    assert_int_equal(pool_count_of(pool, 0), 2);
    for (uint64_t tag = 5; tag > 0; tag--) assert_int_equal(take(pool), tag);
    assert_int_equal(pool_count_of(pool, 0), 0);
    assert_int_equal(put(pool, 7, 7, 0, 1), POOL_TAKEN);
    assert_int_equal(pool_sweep(pool, 2, 8), 1);
    free(held_again);
    free(pool);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_highest_fee_comes_first_and_within_a_class_who_came_first),
        cmocka_unit_test(classes_rise_with_fees_and_are_an_eighth_wide),
        cmocka_unit_test(a_full_pool_gives_the_last_place_to_who_pays_more),
        cmocka_unit_test(a_peer_holds_no_more_than_its_share_whatever_it_pays),
        cmocka_unit_test(a_peer_that_there_is_not_has_no_share),
        cmocka_unit_test(a_sweep_looks_at_so_many_slots_and_goes_round_once_a_slot_of_time),
        cmocka_unit_test(a_pool_of_one_slot_is_a_pool),
        cmocka_unit_test(what_cannot_be_has_no_size),
        cmocka_unit_test(it_agrees_with_a_plain_list_whatever_comes),
        cmocka_unit_test(what_waits_stays_when_peers_change_and_shares_go_with_their_peers),
    };
    return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
