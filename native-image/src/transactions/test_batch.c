#include "transactions/batch.h"
#include "transactions/testing.h"

enum { ROOM = 64 * 1024 };
static uint8_t block[ROOM];
static struct transaction_counters counters;

static struct pool *make(uint32_t capacity) {
    const struct pool_config config = {capacity, capacity, 1};
    memset(&counters, 0, sizeof counters);
    return pool_init(memory_of(pool_bytes(&config)), &config);
}

static void put(struct pool *pool, uint64_t nonce, uint64_t fee, uint16_t payload, uint64_t valid_until) {
    uint8_t bytes[TRANSACTION_MAX];
    uint16_t length = sample(bytes, payload, nonce, fee, valid_until);
    const struct pool_entry entry = {bytes, fee, valid_until, nonce, 0, length};
    uint64_t evicted;
    assert_int_equal(pool_insert(pool, &entry, &evicted), POOL_TAKEN);
}

static uint64_t counted(enum transaction_count count) {
    return counter_read(&counters.list[count]);
}

/* Walks over a batch, which must be whole, and answers how many transactions are in it. */
static unsigned walk(size_t length, uint64_t *nonces) {
    struct transaction transaction;
    size_t at = 0;
    unsigned count = 0;
    enum batch_step step;
    while ((step = batch_next(block, length, &at, &transaction)) == BATCH_TRANSACTION)
        nonces[count++] = transaction.nonce;
    assert_int_equal(step, BATCH_END);
    assert_int_equal(at, length);
    return count;
}

static void a_batch_is_the_first_transactions_one_behind_the_other(void **state) {
    (void)state;
    struct pool *pool = make(8);
    uint64_t nonces[8];
    for (uint64_t i = 1; i <= 5; i++) put(pool, i, i * 1000, (uint16_t)(i * 10), 9);
    struct batch batch = pool_batch(pool, 3, block, ROOM, 9, &counters);
    assert_int_equal(batch.count, 3);
    assert_int_equal(batch.length, 3 * TRANSACTION_MIN + 50 + 40 + 30);
    assert_int_equal(walk(batch.length, nonces), 3);
    for (uint64_t i = 0; i < 3; i++) assert_int_equal(nonces[i], 5 - i);
    assert_int_equal(pool_count(pool), 2);
    assert_int_equal(counted(TRANSACTIONS_BATCHED), 3);
    free(pool);
}

static void batches_one_behind_the_other_are_a_batch(void **state) {
    (void)state;
    struct pool *pool = make(8);
    uint64_t nonces[8];
    size_t length = 0;
    for (uint64_t i = 1; i <= 7; i++) put(pool, i, 5, (uint16_t)i, 9);
    while (pool_count(pool) > 0) length += pool_batch(pool, 2, block + length, ROOM - length, 9, &counters).length;
    assert_int_equal(walk(length, nonces), 7);
    for (uint64_t i = 0; i < 7; i++) assert_int_equal(nonces[i], i + 1);
    free(pool);
}

static void a_batch_ends_at_the_first_that_does_not_fit_and_writes_nothing_behind_its_room(void **state) {
    (void)state;
    struct pool *pool = make(8);
    put(pool, 1, 30, 0, 9);
    put(pool, 2, 20, 100, 9);
    put(pool, 3, 10, 0, 9);
    memset(block, 0xee, sizeof block);
    struct batch batch = pool_batch(pool, 8, block, TRANSACTION_MIN * 2 + 99, 9, &counters);
    assert_int_equal(batch.count, 1);
    for (size_t i = batch.length; i < sizeof block; i++) assert_int_equal(block[i], 0xee);
    assert_int_equal(pool_count(pool), 2);
    batch = pool_batch(pool, 8, block, TRANSACTION_MIN * 2 + 100, 9, &counters);
    assert_int_equal(batch.count, 2);
    free(pool);
}

static void what_is_too_old_is_in_no_batch(void **state) {
    (void)state;
    struct pool *pool = make(64);
    uint64_t nonces[64];
    for (uint64_t i = 1; i <= 40; i++) put(pool, i, 5, 0, i % 2 == 0 ? 20 : 10);
    struct batch batch = pool_batch(pool, 100, block, ROOM, 11, &counters);
    assert_int_equal(batch.count, 20);
    assert_int_equal(batch.expired, 20);
    assert_int_equal(walk(batch.length, nonces), 20);
    for (unsigned i = 0; i < 20; i++) assert_int_equal(nonces[i] % 2, 0);
    assert_int_equal(counted(TRANSACTIONS_EXPIRED), 20);
    assert_int_equal(pool_count(pool), 0);
    free(pool);
}

static void an_empty_pool_an_empty_room_and_a_batch_of_nothing_are_empty(void **state) {
    (void)state;
    struct pool *pool = make(4);
    uint64_t nonces[1];
    assert_int_equal(pool_batch(pool, 4, block, ROOM, 1, &counters).length, 0);
    put(pool, 1, 1, 0, 9);
    assert_int_equal(pool_batch(pool, 0, block, ROOM, 1, &counters).count, 0);
    assert_int_equal(pool_batch(pool, 4, block, 0, 1, &counters).count, 0);
    assert_int_equal(pool_count(pool), 1);
    assert_int_equal(walk(0, nonces), 0);
    free(pool);
}

static void a_batch_that_was_cut_or_changed_is_malformed_where_it_was(void **state) {
    (void)state;
    struct pool *pool = make(4);
    struct transaction transaction;
    for (uint64_t i = 1; i <= 3; i++) put(pool, i, 5, 0, 9);
    struct batch batch = pool_batch(pool, 4, block, ROOM, 1, &counters);
    for (size_t length = 1; length < batch.length; length++) {
        size_t at = 0;
        enum batch_step step;
        while ((step = batch_next(block, length, &at, &transaction)) == BATCH_TRANSACTION) {
        }
        assert_int_equal(step, length % TRANSACTION_MIN == 0 ? BATCH_END : BATCH_MALFORMED);
        assert_int_equal(at, length / TRANSACTION_MIN * TRANSACTION_MIN);
    }
    size_t at = TRANSACTION_MIN;
    block[at] = 2;
    assert_int_equal(batch_next(block, batch.length, &at, &transaction), BATCH_MALFORMED);
    assert_int_equal(at, TRANSACTION_MIN);
    free(pool);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_batch_is_the_first_transactions_one_behind_the_other),
        cmocka_unit_test(batches_one_behind_the_other_are_a_batch),
        cmocka_unit_test(a_batch_ends_at_the_first_that_does_not_fit_and_writes_nothing_behind_its_room),
        cmocka_unit_test(what_is_too_old_is_in_no_batch),
        cmocka_unit_test(an_empty_pool_an_empty_room_and_a_batch_of_nothing_are_empty),
        cmocka_unit_test(a_batch_that_was_cut_or_changed_is_malformed_where_it_was),
    };
    return cmocka_run_group_tests_name("batch", tests, NULL, NULL);
}
