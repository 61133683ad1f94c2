#include "transactions/gate.h"
#include "transactions/testing.h"

enum { PEERS = 2, BURST = 10 };
static struct limit limits[PEERS];
static struct transaction_counters counters;
static struct handed handed;

static struct gate make(unsigned threads) {
    memset(limits, 0, sizeof limits);
    memset(&counters, 0, sizeof counters);
    return (struct gate){
        .key = {1, 2},
        .rate = limit_rate_make(1000, BURST),
        .limits = limits,
        .peers = PEERS,
        .threads = threads,
        .counters = &counters,
    };
}

static uint64_t counted(enum transaction_count count) {
    return counter_read(&counters.list[count]);
}

static struct datagram datagram_of(uint8_t *bytes, uint64_t nonce, uint32_t peer) {
    uint16_t length = sample(bytes + HEADER_BYTES, 64, nonce, 1, 1);
    return (struct datagram){.bytes = bytes, .length = (uint16_t)(HEADER_BYTES + length), .peer = peer};
}

static void a_transaction_gets_its_tag_and_the_thread_that_goes_with_it(void **state) {
    (void)state;
    struct gate gate = make(4);
    uint8_t bytes[TRANSACTION_MAX_DATAGRAM] = {0};
    struct datagram datagram = datagram_of(bytes, 7, 1);
    unsigned thread = gate_take(&gate, &datagram, 1, &handed);
    assert_true(handed.tag == tag_of(&gate.key, bytes + HEADER_BYTES, datagram.length - HEADER_BYTES));
    assert_int_equal(thread, tag_thread(handed.tag, 4));
    assert_memory_equal(&handed.datagram, &datagram, sizeof datagram);
    assert_int_equal(counted(TRANSACTIONS_RECEIVED), 1);
}

/* The header holds a hint that each sender is told for itself. */
static void one_transaction_from_two_peers_has_one_tag(void **state) {
    (void)state;
    struct gate gate = make(4);
    uint8_t bytes[TRANSACTION_MAX_DATAGRAM] = {0};
    struct datagram datagram = datagram_of(bytes, 7, 1);
    gate_take(&gate, &datagram, 1, &handed);
    uint64_t tag = handed.tag;
    bytes[9] = 5;
    datagram.peer = 0;
    gate_take(&gate, &datagram, 1, &handed);
    assert_true(handed.tag == tag);
}

static void the_limit_comes_before_everything_else_and_is_each_peers_own(void **state) {
    (void)state;
    struct gate gate = make(1);
    uint8_t bytes[TRANSACTION_MAX_DATAGRAM] = {0};
    struct datagram datagram = datagram_of(bytes, 7, 1);
    for (unsigned i = 0; i < BURST; i++) assert_int_equal(gate_take(&gate, &datagram, 5, &handed), 0);
    datagram.bytes = NULL; /* nobody looks at it */
    datagram.length = 3;
    for (unsigned i = 0; i < 20; i++) assert_int_equal(gate_take(&gate, &datagram, 5, &handed), GATE_DROPPED);
    assert_int_equal(counted(TRANSACTIONS_OVER_LIMIT), 20);
    assert_int_equal(counted(TRANSACTIONS_MALFORMED_SHORT), 0);
    datagram = datagram_of(bytes, 7, 0);
    assert_int_equal(gate_take(&gate, &datagram, 5, &handed), 0);
    datagram.peer = 1;
    assert_int_equal(gate_take(&gate, &datagram, 1000005, &handed), 0);
    assert_int_equal(counted(TRANSACTIONS_RECEIVED), 32);
}

static void a_peer_that_there_is_not_is_over_its_limit(void **state) {
    (void)state;
    struct gate gate = make(1);
    uint8_t bytes[TRANSACTION_MAX_DATAGRAM] = {0};
    struct datagram datagram = datagram_of(bytes, 7, PEERS);
    assert_int_equal(gate_take(&gate, &datagram, 5, &handed), GATE_DROPPED);
    assert_int_equal(counted(TRANSACTIONS_OVER_LIMIT), 1);
}

static void a_length_that_cannot_be_costs_no_tag(void **state) {
    (void)state;
    struct gate gate = make(1);
    struct datagram datagram = {.bytes = NULL, .length = HEADER_BYTES + TRANSACTION_MIN - 1}; /* nobody looks at them */
    assert_int_equal(gate_take(&gate, &datagram, 5, &handed), GATE_DROPPED);
    datagram.length = TRANSACTION_MAX_DATAGRAM + 1;
    assert_int_equal(gate_take(&gate, &datagram, 5, &handed), GATE_DROPPED);
    assert_int_equal(counted(TRANSACTIONS_MALFORMED_SHORT), 1);
    assert_int_equal(counted(TRANSACTIONS_MALFORMED_LONG), 1);
}

static void every_count_has_a_name_of_its_own(void **state) {
    (void)state;
    for (unsigned i = 0; i < TRANSACTIONS_COUNTS; i++) {
        const char *name = transaction_count_name((enum transaction_count)i);
        assert_non_null(name);
        assert_memory_equal(name, "transactions_", 13);
        for (unsigned j = 0; j < i; j++)
            assert_string_not_equal(name, transaction_count_name((enum transaction_count)j));
    }
    assert_int_equal(transaction_count_of(TRANSACTION_SHORT), TRANSACTIONS_MALFORMED_SHORT);
    assert_int_equal(transaction_count_of(TRANSACTION_BAD_LENGTH), TRANSACTIONS_MALFORMED_LENGTH);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_transaction_gets_its_tag_and_the_thread_that_goes_with_it),
        cmocka_unit_test(one_transaction_from_two_peers_has_one_tag),
        cmocka_unit_test(the_limit_comes_before_everything_else_and_is_each_peers_own),
        cmocka_unit_test(a_peer_that_there_is_not_is_over_its_limit),
        cmocka_unit_test(a_length_that_cannot_be_costs_no_tag),
        cmocka_unit_test(every_count_has_a_name_of_its_own),
    };
    return cmocka_run_group_tests_name("gate", tests, NULL, NULL);
}
