#include "application/batches.h"

#include <pthread.h>
#include <sched.h>

#include "application/desk.h"
#include "transactions/batch.h"
#include "transactions/testing.h"

enum { ROOM = 3, LONGEST = 100 };

/* A batch of `number` bytes that all say it. */
static bool put(struct batches *batches, uint8_t number) {
    uint8_t *bytes = batches_room(batches);
    if (bytes == NULL) return false;
    memset(bytes, number, number);
    batches_put(batches, number);
    return true;
}

static void check(const uint8_t *bytes, uint32_t length, uint8_t number) {
    assert_int_equal(length, number);
    for (uint32_t i = 0; i < length; i++) assert_int_equal(bytes[i], number);
}

static void take(struct batches *batches, uint8_t number) {
    uint32_t length = 0;
    const uint8_t *bytes = batches_take(batches, &length);
    assert_non_null(bytes);
    check(bytes, length, number);
}

static void batches_come_in_the_order_in_which_they_were_put(void **state) {
    (void)state;
    struct batches *batches = batches_make(ROOM, LONGEST);
    uint32_t length;
    assert_null(batches_take(batches, &length));
    for (uint8_t number = 1; number < LONGEST; number += 2) {
        assert_true(put(batches, number));
        assert_true(put(batches, (uint8_t)(number + 1)));
        take(batches, number);
        take(batches, (uint8_t)(number + 1));
        assert_null(batches_take(batches, &length));
    }
    batches_release(batches);
}

static void what_there_is_no_room_for_is_not_taken(void **state) {
    (void)state;
    struct batches *batches = batches_make(ROOM, LONGEST);
    for (uint8_t number = 1; number <= ROOM; number++) assert_true(put(batches, number));
    assert_false(put(batches, 9));
    take(batches, 1);
    assert_true(put(batches, 4));
    assert_false(put(batches, 9));
    for (uint8_t number = 2; number <= 4; number++) take(batches, number);
    batches_release(batches);
}

static void a_batch_that_is_being_read_is_not_written_over(void **state) {
    (void)state;
    struct batches *batches = batches_make(ROOM, LONGEST);
    uint32_t length, more;
    for (unsigned round = 0; round < 10; round++) {
        for (uint8_t number = 1; number <= ROOM; number++) assert_true(put(batches, number));
        const uint8_t *bytes = batches_take(batches, &length);
        assert_true(put(batches, 7));
        assert_false(put(batches, 8));
        check(bytes, length, 1);
        while (batches_take(batches, &more) != NULL) continue;
    }
    batches_release(batches);
}

enum { MANY = 20000 };

static void *put_many(void *argument) {
    for (unsigned i = 0; i < MANY; i++)
        while (!put(argument, (uint8_t)(1 + i % (LONGEST - 1)))) sched_yield();
    return NULL;
}

static void two_threads_pass_batches_whole(void **state) {
    (void)state;
    struct batches *batches = batches_make(ROOM, LONGEST);
    pthread_t desk;
    pthread_create(&desk, NULL, put_many, batches);
    for (unsigned i = 0; i < MANY; i++) {
        uint32_t length;
        const uint8_t *bytes;
        while ((bytes = batches_take(batches, &length)) == NULL) sched_yield();
        check(bytes, length, (uint8_t)(1 + i % (LONGEST - 1)));
    }
    pthread_join(desk, NULL);
    batches_release(batches);
}

/* A desk with a small pool, and transactions of a peer that are valid for a while. */
struct place {
    struct desk desk;
    void *memory;
    struct handed list[DESK_BATCH];
    struct datagram back[DESK_BATCH];
    uint8_t bytes[DESK_BATCH][HEADER_BYTES + TRANSACTION_MIN];
    uint64_t number;
};

static struct place *place_make(struct batches *batches) {
    static const struct intake_config CONFIG = {.tags = 4096, .pool = {.capacity = 512, .share = 512, .peers = 1}};
    struct place *place = calloc(1, sizeof *place);
    place->memory = memory_of(intake_bytes(&CONFIG));
    /* A slot since 1970, so that it is the same one all the time. */
    place->desk =
        (struct desk){.intake = intake_init(place->memory, &CONFIG), .slot_ns = UINT64_MAX, .batches = batches};
    return place;
}

static void place_release(struct place *place) {
    free(place->memory);
    free(place);
}

/* DESK_BATCH transactions that nobody has sent before. */
static void give_a_batch(struct place *place) {
    for (unsigned i = 0; i < DESK_BATCH; i++) {
        uint64_t number = ++place->number;
        sample(place->bytes[i] + HEADER_BYTES, 0, number, 1, 5);
        place->list[i] = (struct handed){.datagram = {.bytes = place->bytes[i], .length = sizeof place->bytes[i]},
                                         .tag = number * 0x9e3779b97f4a7c15ull};
    }
    desk_take(&place->desk, place->list, DESK_BATCH, place->back);
}

static uint64_t count_of(const struct place *place, enum transaction_count count) {
    return counter_read(&place->desk.intake->counters.list[count]);
}

static void a_desk_gives_its_batches_to_the_consensus_thread(void **state) {
    (void)state;
    struct batches *batches = batches_make(ROOM, DESK_BATCH_BYTES);
    struct place *place = place_make(batches);
    struct transaction transaction;
    uint32_t length;
    size_t at = 0;
    give_a_batch(place);
    const uint8_t *bytes = batches_take(batches, &length);
    assert_non_null(bytes);
    for (uint64_t number = 1; number <= DESK_BATCH; number++) {
        assert_int_equal(batch_next(bytes, length, &at, &transaction), BATCH_TRANSACTION);
        assert_int_equal(transaction.nonce, number);
    }
    assert_int_equal(batch_next(bytes, length, &at, &transaction), BATCH_END);
    place_release(place);
    batches_release(batches);
}

static void transactions_wait_in_the_pool_while_the_consensus_thread_is_behind(void **state) {
    (void)state;
    struct batches *batches = batches_make(ROOM, DESK_BATCH_BYTES);
    struct place *place = place_make(batches);
    uint32_t length;
    for (unsigned i = 0; i < ROOM + 2; i++) give_a_batch(place);
    assert_int_equal(count_of(place, TRANSACTIONS_BATCHED), ROOM * DESK_BATCH);
    assert_int_equal(pool_count(place->desk.intake->pool), 2 * DESK_BATCH);
    assert_non_null(batches_take(batches, &length));
    desk_take(&place->desk, place->list, 0, place->back);
    assert_int_equal(count_of(place, TRANSACTIONS_BATCHED), (ROOM + 1) * DESK_BATCH);
    place_release(place);
    batches_release(batches);
}

static void without_a_consensus_thread_batches_are_thrown_away(void **state) {
    (void)state;
    struct place *place = place_make(NULL);
    place->desk.thrown_away = memory_of(DESK_BATCH_BYTES);
    for (unsigned i = 0; i < 10; i++) give_a_batch(place);
    assert_int_equal(count_of(place, TRANSACTIONS_BATCHED), 10 * DESK_BATCH);
    assert_int_equal(pool_count(place->desk.intake->pool), 0);
    free(place->desk.thrown_away);
    place_release(place);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(batches_come_in_the_order_in_which_they_were_put),
        cmocka_unit_test(what_there_is_no_room_for_is_not_taken),
        cmocka_unit_test(a_batch_that_is_being_read_is_not_written_over),
        cmocka_unit_test(two_threads_pass_batches_whole),
        cmocka_unit_test(a_desk_gives_its_batches_to_the_consensus_thread),
        cmocka_unit_test(transactions_wait_in_the_pool_while_the_consensus_thread_is_behind),
        cmocka_unit_test(without_a_consensus_thread_batches_are_thrown_away),
    };
    return cmocka_run_group_tests_name("batches", tests, NULL, NULL);
}
