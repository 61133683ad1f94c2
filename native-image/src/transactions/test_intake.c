#include "transactions/batch.h"
#include "transactions/intake.h"
#include "transactions/tag.h"
#include "transactions/testing.h"

enum { MOST = 64, PEERS = 4 };
static const struct tag_key KEY = {3, 4};
static uint8_t bytes[MOST][TRANSACTION_MAX_DATAGRAM];
static struct handed list[MOST];

static struct intake *make(uint32_t tags, uint32_t capacity, uint32_t share) {
    const struct intake_config config = {tags, {capacity, share, PEERS}};
    return intake_init(memory_of(intake_bytes(&config)), &config);
}

static uint64_t counted(const struct intake *intake, enum transaction_count count) {
    return counter_read(&intake->counters.list[count]);
}

static void hand(unsigned at, uint64_t nonce, uint64_t fee, uint64_t valid_until, uint32_t peer) {
    uint16_t length = sample(bytes[at] + HEADER_BYTES, 64, nonce, fee, valid_until);
    list[at].datagram =
        (struct datagram){.bytes = bytes[at], .length = (uint16_t)(HEADER_BYTES + length), .peer = peer};
    list[at].tag = tag_of(&KEY, bytes[at] + HEADER_BYTES, length);
}

static uint64_t judged(const struct intake *intake) {
    uint64_t sum = 0;
    for (unsigned i = TRANSACTIONS_MALFORMED_SHORT; i <= TRANSACTIONS_POOLED; i++)
        sum += counted(intake, (enum transaction_count)i);
    return sum;
}

/* As counters.h says. */
static void check_sums(const struct intake *intake, uint64_t handed) {
    assert_int_equal(judged(intake), handed);
    assert_int_equal(counted(intake, TRANSACTIONS_POOLED),
                     counted(intake, TRANSACTIONS_EVICTED) + counted(intake, TRANSACTIONS_EXPIRED) +
                         counted(intake, TRANSACTIONS_BATCHED) + pool_count(intake->pool));
}

static void a_burst_is_pooled_and_the_same_again_is_not(void **state) {
    (void)state;
    struct intake *intake = make(1024, 256, 256);
    for (unsigned i = 0; i < MOST; i++) hand(i, i, 5, 10, i % PEERS);
    intake_burst(intake, list, MOST, 1, NULL);
    assert_int_equal(pool_count(intake->pool), MOST);
    for (unsigned i = 0; i < MOST; i++) list[i].datagram.peer = 0;
    intake_burst(intake, list, MOST, 1, NULL);
    assert_int_equal(pool_count(intake->pool), MOST);
    assert_int_equal(counted(intake, TRANSACTIONS_DUPLICATED), MOST);
    check_sums(intake, 2 * MOST);
    free(intake);
}

static void a_transaction_twice_in_one_burst_is_pooled_once(void **state) {
    (void)state;
    struct intake *intake = make(1024, 256, 256);
    for (unsigned i = 0; i < 32; i++) hand(i, i / 2, 5, 10, 0);
    intake_burst(intake, list, 32, 1, NULL);
    assert_int_equal(pool_count(intake->pool), 16);
    check_sums(intake, 32);
    free(intake);
}

static void what_was_batched_is_not_pooled_again(void **state) {
    (void)state;
    struct intake *intake = make(1024, 256, 256);
    static uint8_t block[MOST * TRANSACTION_MAX];
    for (unsigned i = 0; i < 8; i++) hand(i, i, 5, 10, 0);
    intake_burst(intake, list, 8, 1, NULL);
    assert_int_equal(pool_batch(intake->pool, 100, block, sizeof block, 1, &intake->counters).count, 8);
    intake_burst(intake, list, 8, 1, NULL);
    assert_int_equal(counted(intake, TRANSACTIONS_DUPLICATED), 8);
    check_sums(intake, 16);
    free(intake);
}

static void what_is_malformed_is_counted_by_reason_and_not_remembered(void **state) {
    (void)state;
    struct intake *intake = make(1024, 256, 256);
    for (unsigned i = 0; i < 6; i++) hand(i, i, 5, 10, 0);
    bytes[0][HEADER_BYTES] = 9;
    bytes[1][HEADER_BYTES + 1] = 1;
    bytes[2][HEADER_BYTES + 3] ^= 1;
    list[3].datagram.length = HEADER_BYTES - 1;
    list[4].datagram.length = HEADER_BYTES + TRANSACTION_MIN - 1;
    list[5].datagram.length = TRANSACTION_MAX_DATAGRAM + 1;
    for (unsigned i = 0; i < 2; i++) intake_burst(intake, list, 6, 1, NULL);
    assert_int_equal(counted(intake, TRANSACTIONS_MALFORMED_VERSION), 2);
    assert_int_equal(counted(intake, TRANSACTIONS_MALFORMED_FLAGS), 2);
    assert_int_equal(counted(intake, TRANSACTIONS_MALFORMED_LENGTH), 2);
    assert_int_equal(counted(intake, TRANSACTIONS_MALFORMED_SHORT), 4);
    assert_int_equal(counted(intake, TRANSACTIONS_MALFORMED_LONG), 2);
    check_sums(intake, 12);
    free(intake);
}

static void what_is_valid_no_more_or_for_too_long_is_refused(void **state) {
    (void)state;
    struct intake *intake = make(1024, 256, 256);
    hand(0, 0, 5, 99, 0);
    hand(1, 1, 5, 100, 0);
    hand(2, 2, 5, 100 + TRANSACTION_MAX_AGE, 0);
    hand(3, 3, 5, 101 + TRANSACTION_MAX_AGE, 0);
    hand(4, 4, 5, UINT64_MAX, 0);
    intake_burst(intake, list, 5, 100, NULL);
    assert_int_equal(counted(intake, TRANSACTIONS_LATE), 1);
    assert_int_equal(counted(intake, TRANSACTIONS_TOO_FAR), 2);
    assert_int_equal(pool_count(intake->pool), 2);
    intake_burst(intake, list + 3, 1, 101, NULL);
    for (unsigned i = 0; i < 256 / 64; i++) intake_burst(intake, NULL, 0, 101, NULL);
    assert_int_equal(pool_count(intake->pool), 2); /* the one of slot 100 has left, the one of slot 251 has come */
    assert_int_equal(counted(intake, TRANSACTIONS_EXPIRED), 1);
    intake_burst(intake, list, 1, 1, NULL);
    assert_int_equal(counted(intake, TRANSACTIONS_LATE), 2); /* time does not go back */
    check_sums(intake, 7);
    free(intake);
}

static void what_the_pool_refused_may_come_again(void **state) {
    (void)state;
    struct intake *intake = make(1024, 4, 3);
    for (unsigned i = 0; i < 4; i++) hand(i, i, 5, 10, 0);
    intake_burst(intake, list, 4, 1, NULL);
    assert_int_equal(counted(intake, TRANSACTIONS_OVER_SHARE), 1);
    hand(4, 4, 5, 10, 1);
    hand(5, 5, 5, 10, 1);
    intake_burst(intake, list + 4, 2, 1, NULL);
    assert_int_equal(counted(intake, TRANSACTIONS_LOW_FEE), 1);
    pool_remove_first(intake->pool);
    intake_burst(intake, list + 3, 1, 1, NULL);
    intake_burst(intake, list + 5, 1, 1, NULL);
    assert_int_equal(counted(intake, TRANSACTIONS_DUPLICATED), 0);
    assert_int_equal(counted(intake, TRANSACTIONS_POOLED), 5);
    free(intake);
}

static void what_was_evicted_may_come_again(void **state) {
    (void)state;
    struct intake *intake = make(1024, 2, 2);
    hand(0, 0, 5, 10, 0);
    hand(1, 1, 5, 10, 0);
    hand(2, 2, 50, 10, 1);
    intake_burst(intake, list, 3, 1, NULL);
    assert_int_equal(counted(intake, TRANSACTIONS_EVICTED), 1);
    pool_remove_first(intake->pool);
    intake_burst(intake, list + 1, 1, 1, NULL);
    assert_int_equal(counted(intake, TRANSACTIONS_DUPLICATED), 0);
    assert_int_equal(pool_count(intake->pool), 2);
    free(intake);
}

static void empty_bursts_sweep_the_whole_pool(void **state) {
    (void)state;
    struct intake *intake = make(1024, 1000, 1000);
    for (unsigned n = 0; n < 640; n += MOST) {
        for (unsigned i = 0; i < MOST; i++) hand(i, n + i, 5, 10, 0);
        intake_burst(intake, list, MOST, 1, NULL);
    }
    for (unsigned i = 0; i < 1000 / 64 + 1; i++) intake_burst(intake, NULL, 0, 11, NULL);
    assert_int_equal(pool_count(intake->pool), 0);
    assert_int_equal(counted(intake, TRANSACTIONS_EXPIRED), 640);
    free(intake);
}

/* One peer floods with the highest fees there are; what the others send is pooled all the same. */
static void a_peer_that_floods_leaves_room_for_the_others(void **state) {
    (void)state;
    struct intake *intake = make(4096, 256, 64);
    for (unsigned n = 0; n < 100; n++) {
        for (unsigned i = 0; i < MOST; i++) hand(i, n * MOST + i, UINT64_MAX, 10, 3);
        intake_burst(intake, list, MOST, 1, NULL);
    }
    for (unsigned i = 0; i < MOST; i++) hand(i, 1000000 + i, 5, 10, i % 3);
    intake_burst(intake, list, MOST, 1, NULL);
    assert_int_equal(counted(intake, TRANSACTIONS_POOLED), 64 + MOST);
    assert_int_equal(counted(intake, TRANSACTIONS_EVICTED), 0);
    check_sums(intake, 101 * MOST);
    free(intake);
}

static void counts_add_up_whatever_comes(void **state) {
    (void)state;
    static uint8_t block[8 * TRANSACTION_MAX];
    uint64_t random = 5, handed = 0, slot = 100;
    struct intake *intake = make(64, 40, 15);
    for (unsigned round = 0; round < 3000; round++) {
        unsigned count = (unsigned)(draw(&random) % MOST);
        for (unsigned i = 0; i < count; i++) {
            hand(i, draw(&random) % 500, draw(&random) % 100, slot + draw(&random) % 5 - 1,
                 (uint32_t)(draw(&random) % 5));
            if (draw(&random) % 8 == 0) bytes[i][HEADER_BYTES + draw(&random) % 4] ^= 1;
        }
        slot += draw(&random) % 16 == 0;
        intake_burst(intake, list, count, slot, NULL);
        handed += count;
        if (draw(&random) % 4 == 0) pool_batch(intake->pool, 9, block, sizeof block, slot, &intake->counters);
        check_sums(intake, handed);
    }
    for (unsigned i = TRANSACTIONS_MALFORMED_VERSION; i < TRANSACTIONS_COUNTS; i++)
        if (i != TRANSACTIONS_TOO_FAR) assert_true(counted(intake, (enum transaction_count)i) > 0);
    free(intake);
}

static void what_cannot_be_has_no_size(void **state) {
    (void)state;
    assert_int_equal(intake_bytes(&(struct intake_config){3, {1, 1, 1}}), 0);
    assert_int_equal(intake_bytes(&(struct intake_config){4, {0, 1, 1}}), 0);
    assert_true(intake_bytes(&(struct intake_config){4, {1, 1, 0}}) > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_burst_is_pooled_and_the_same_again_is_not),
        cmocka_unit_test(a_transaction_twice_in_one_burst_is_pooled_once),
        cmocka_unit_test(what_was_batched_is_not_pooled_again),
        cmocka_unit_test(what_is_malformed_is_counted_by_reason_and_not_remembered),
        cmocka_unit_test(what_is_valid_no_more_or_for_too_long_is_refused),
        cmocka_unit_test(what_the_pool_refused_may_come_again),
        cmocka_unit_test(what_was_evicted_may_come_again),
        cmocka_unit_test(empty_bursts_sweep_the_whole_pool),
        cmocka_unit_test(a_peer_that_floods_leaves_room_for_the_others),
        cmocka_unit_test(counts_add_up_whatever_comes),
        cmocka_unit_test(what_cannot_be_has_no_size),
    };
    return cmocka_run_group_tests_name("intake", tests, NULL, NULL);
}
