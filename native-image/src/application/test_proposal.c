#include "application/proposal.h"

#include "net/bytes.h"
#include "transactions/batch.h"
#include "transactions/testing.h"

enum { TEN = 10, ROOM = PROPOSAL_HEAD + TEN * TRANSACTION_MIN };

/* `count` transactions with these numbers on, valid until slot `until`. */
static uint32_t write_batch(uint8_t *bytes, uint64_t first, unsigned count, uint64_t until) {
    uint32_t length = 0;
    for (unsigned i = 0; i < count; i++) length += sample(bytes + length, 0, first + i, 1, until);
    return length;
}

static uint32_t add(struct proposal *proposal, uint64_t first, unsigned count, uint64_t until) {
    uint8_t bytes[TEN * TRANSACTION_MIN];
    return proposal_add(proposal, bytes, write_batch(bytes, first, count, until));
}

/* The block holds these numbers, one behind the other, and says how many. */
static void check_block(const struct proposed *block, uint64_t first, unsigned count) {
    struct transaction transaction;
    size_t at = PROPOSAL_HEAD;
    assert_int_equal(bytes_read32(block->bytes), count);
    assert_int_equal(block->transactions, count);
    for (unsigned i = 0; i < count; i++) {
        assert_int_equal(batch_next(block->bytes, block->length, &at, &transaction), BATCH_TRANSACTION);
        assert_int_equal(transaction.nonce, first + i);
    }
    assert_int_equal(batch_next(block->bytes, block->length, &at, &transaction), BATCH_END);
}

static void batches_become_a_block_in_the_order_in_which_they_came(void **state) {
    (void)state;
    struct proposal *proposal = proposal_make(ROOM);
    assert_int_equal(add(proposal, 1, 3, 100), 0);
    assert_int_equal(add(proposal, 4, 4, 100), 0);
    struct proposed block = proposal_block(proposal, 7);
    check_block(&block, 1, 7);
    block = proposal_block(proposal, 7); /* it was not proposed: all of it waits still */
    check_block(&block, 1, 7);
    proposal_clear(proposal);
    block = proposal_block(proposal, 8);
    check_block(&block, 0, 0);
    proposal_release(proposal);
}

static void a_block_without_transactions_has_bytes(void **state) {
    (void)state;
    struct proposal *proposal = proposal_make(ROOM);
    struct proposed block = proposal_block(proposal, 1);
    assert_int_equal(block.length, PROPOSAL_HEAD);
    check_block(&block, 0, 0);
    proposal_release(proposal);
}

static void the_oldest_go_where_a_batch_does_not_fit(void **state) {
    (void)state;
    struct proposal *proposal = proposal_make(ROOM);
    uint64_t next = 1;
    uint32_t gone = 0;
    for (unsigned round = 0; round < 100; round++) {
        unsigned count = 1 + round % TEN;
        gone += add(proposal, next, count, 100);
        next += count;
        struct proposed block = proposal_block(proposal, 1);
        assert_in_range(block.length, PROPOSAL_HEAD, ROOM);
        check_block(&block, gone + 1, (unsigned)(next - 1 - gone));
    }
    assert_int_equal(next - 1 - gone, TEN);
    proposal_release(proposal);
}

static void what_is_no_longer_valid_is_left_out_and_counted(void **state) {
    (void)state;
    struct proposal *proposal = proposal_make(ROOM);
    add(proposal, 90, 2, 4);
    add(proposal, 1, 2, 5);
    add(proposal, 92, 1, 4);
    add(proposal, 3, 2, 6);
    struct proposed block = proposal_block(proposal, 4); /* the last slot that may hold them */
    assert_int_equal(block.transactions, 7);
    block = proposal_block(proposal, 5);
    assert_int_equal(block.expired, 3);
    check_block(&block, 1, 4);
    block = proposal_block(proposal, 5);
    assert_int_equal(block.expired, 0);
    add(proposal, 5, 6, 6);
    block = proposal_block(proposal, 5);
    check_block(&block, 1, TEN);
    proposal_release(proposal);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(batches_become_a_block_in_the_order_in_which_they_came),
        cmocka_unit_test(a_block_without_transactions_has_bytes),
        cmocka_unit_test(the_oldest_go_where_a_batch_does_not_fit),
        cmocka_unit_test(what_is_no_longer_valid_is_left_out_and_counted),
    };
    return cmocka_run_group_tests_name("proposal", tests, NULL, NULL);
}
