#include "transactions/testing.h"

static uint8_t bytes[TRANSACTION_MAX + 16];
static struct transaction read;

static void the_layout_is_as_documented(void **state) {
    (void)state;
    uint8_t sender[TRANSACTION_SENDER], signature[TRANSACTION_SIGNATURE], payload[3] = {7, 8, 9};
    memset(sender, 0x11, sizeof sender);
    memset(signature, 0x22, sizeof signature);
    const struct transaction transaction = {
        .sender = sender,
        .payload = payload,
        .signature = signature,
        .nonce = 0x0102030405060708,
        .fee = 0x1112131415161718,
        .valid_until = 0x2122232425262728,
        .payload_length = 3,
    };
    const uint8_t head[] = {1, 0, 0, 3};
    const uint8_t numbers[] = {1,    2,    3,    4,    5,    6,    7,    8,    0x11, 0x12, 0x13, 0x14,
                               0x15, 0x16, 0x17, 0x18, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28};
    assert_int_equal(transaction_write(&transaction, bytes), 127);
    assert_memory_equal(bytes, head, sizeof head);
    assert_memory_equal(bytes + 4, sender, sizeof sender);
    assert_memory_equal(bytes + 36, numbers, sizeof numbers);
    assert_memory_equal(bytes + 60, payload, sizeof payload);
    assert_memory_equal(bytes + 63, signature, sizeof signature);
}

static void what_was_written_is_read(void **state) {
    (void)state;
    for (uint16_t payload = 0; payload <= TRANSACTION_MAX_PAYLOAD; payload++) {
        uint16_t length = sample(bytes, payload, 5, 6 + payload, 7);
        assert_int_equal(length, TRANSACTION_MIN + payload);
        assert_int_equal(transaction_length(bytes, sizeof bytes), length);
        assert_int_equal(transaction_read(bytes, length, &read), TRANSACTION_OK);
        assert_int_equal(read.nonce, 5);
        assert_int_equal(read.fee, 6 + payload);
        assert_int_equal(read.valid_until, 7);
        assert_int_equal(read.payload_length, payload);
        assert_ptr_equal(read.sender, bytes + 4);
        assert_ptr_equal(read.payload, bytes + 60);
        assert_ptr_equal(read.signature, bytes + length - TRANSACTION_SIGNATURE);
    }
}

static void a_benchmark_may_use_datagrams_of_200_bytes_and_the_longest_have_1232(void **state) {
    (void)state;
    assert_true(HEADER_BYTES + TRANSACTION_MIN <= 200);
    assert_int_equal(HEADER_BYTES + TRANSACTION_MIN + TRANSACTION_MAX_PAYLOAD, 1232);
}

static void every_other_length_is_refused(void **state) {
    (void)state;
    uint16_t length = sample(bytes, 40, 1, 1, 1);
    for (size_t other = 0; other <= sizeof bytes; other++) {
        enum transaction_result result = transaction_read(bytes, other, &read);
        if (other < TRANSACTION_MIN)
            assert_int_equal(result, TRANSACTION_SHORT);
        else if (other > TRANSACTION_MAX)
            assert_int_equal(result, TRANSACTION_LONG);
        else
            assert_int_equal(result, other == length ? TRANSACTION_OK : TRANSACTION_BAD_LENGTH);
        assert_int_equal(transaction_length(bytes, other), other < length ? 0 : length);
    }
}

static void another_version_and_any_flag_are_refused(void **state) {
    (void)state;
    uint16_t length = sample(bytes, 0, 1, 1, 1);
    for (unsigned version = 0; version < 256; version++) {
        bytes[0] = (uint8_t)version;
        assert_int_equal(transaction_read(bytes, length, &read),
                         version == 1 ? TRANSACTION_OK : TRANSACTION_BAD_VERSION);
    }
    bytes[0] = 1;
    for (unsigned flag = 1; flag < 256; flag <<= 1) {
        bytes[1] = (uint8_t)flag;
        assert_int_equal(transaction_read(bytes, length, &read), TRANSACTION_BAD_FLAGS);
    }
}

static void a_length_field_beyond_the_longest_transaction_ends_a_batch(void **state) {
    (void)state;
    static uint8_t large[70000];
    sample(large, 0, 1, 1, 1);
    large[2] = 0xff;
    large[3] = 0xff;
    assert_int_equal(transaction_length(large, sizeof large), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_layout_is_as_documented),
        cmocka_unit_test(what_was_written_is_read),
        cmocka_unit_test(a_benchmark_may_use_datagrams_of_200_bytes_and_the_longest_have_1232),
        cmocka_unit_test(every_other_length_is_refused),
        cmocka_unit_test(another_version_and_any_flag_are_refused),
        cmocka_unit_test(a_length_field_beyond_the_longest_transaction_ends_a_batch),
    };
    return cmocka_run_group_tests_name("transaction", tests, NULL, NULL);
}
