#include "consensus/shred.h"
#include "consensus/testing.h"
#include "consensus/vote.h"

enum { STRIDE = 1120, BYTES = 3000 };

static uint8_t block[BYTES];

static struct shred sample(uint16_t index) {
    struct shred shred = {.head = {.slot = 0x0102030405060708,
                                   .block = 0x1112131415161718,
                                   .time_ns = 0x2122232425262728,
                                   .length = BYTES,
                                   .count = 3,
                                   .stride = STRIDE,
                                   .leader = 0x3132},
                          .index = index,
                          .payload = block + (size_t)index * STRIDE};
    for (unsigned i = 0; i < SHRED_SIGNATURE; i++) shred.head.signature[i] = (uint8_t)(0x80 + i);
    shred.payload_length = shred_payload_length(&shred.head, index);
    return shred;
}

static void a_shred_is_read_as_it_was_written(void **state) {
    (void)state;
    uint8_t bytes[SHRED_HEAD + SHRED_MAX_STRIDE];
    uint64_t random = 1;
    draw_bytes(&random, block, sizeof block);
    for (uint16_t index = 0; index < 3; index++) {
        struct shred written = sample(index), read;
        size_t length = shred_write(&written, bytes);
        assert_int_equal(length, SHRED_HEAD + (index < 2 ? STRIDE : BYTES - 2 * STRIDE));
        assert_true(shred_read(bytes, length, &read));
        assert_true(block_head_is_same(&read.head, &written.head));
        assert_int_equal(read.index, index);
        assert_ptr_equal(read.payload, bytes + SHRED_HEAD);
        assert_memory_equal(read.payload, block + (size_t)index * STRIDE, read.payload_length);
    }
}

static void a_shred_is_laid_out_as_the_header_says(void **state) {
    (void)state;
    static const uint8_t HEAD[36] = {1,    2,    3,    4,    5,    6,    7,    8,    0x11, 0x12, 0x13, 0x14,
                                     0x15, 0x16, 0x17, 0x18, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28,
                                     0,    0,    0x0b, 0xb8, 0,    3,    0x04, 0x60, 0x31, 0x32, 0,    2};
    uint8_t bytes[SHRED_HEAD + STRIDE];
    struct shred shred = sample(2);
    shred_write(&shred, bytes);
    assert_memory_equal(bytes, HEAD, sizeof HEAD);
    for (unsigned i = 0; i < SHRED_SIGNATURE; i++) assert_int_equal(bytes[36 + i], 0x80 + i);
}

static void every_length_but_the_right_one_is_refused(void **state) {
    (void)state;
    uint8_t bytes[SHRED_HEAD + STRIDE + 1] = {0};
    for (uint16_t index = 0; index < 3; index++) {
        struct shred shred = sample(index), read;
        size_t right = shred_write(&shred, bytes);
        for (size_t length = 0; length <= right + 1 && length <= sizeof bytes; length++)
            assert_int_equal(shred_read(bytes, length, &read), length == right);
    }
}

/* A shred with one field changed. */
static bool is_read_with(uint32_t length, uint16_t count, uint16_t stride, uint16_t index) {
    static uint8_t bytes[SHRED_HEAD + UINT16_MAX];
    struct shred shred = sample(0), read;
    shred.head.length = length;
    shred.head.count = count;
    shred.head.stride = stride;
    shred.index = index;
    shred.payload_length = 0;
    shred_write(&shred, bytes);
    for (size_t payload = 0; payload <= SHRED_MAX_STRIDE + 1; payload++)
        if (shred_read(bytes, SHRED_HEAD + payload, &read)) return true;
    return false;
}

static void a_shred_that_contradicts_itself_is_refused(void **state) {
    (void)state;
    assert_true(is_read_with(BYTES, 3, STRIDE, 2));
    assert_false(is_read_with(BYTES, 3, STRIDE, 3));
    assert_false(is_read_with(BYTES, 2, STRIDE, 0));
    assert_false(is_read_with(BYTES, 4, STRIDE, 0));
    assert_false(is_read_with(BYTES, 0, STRIDE, 0));
    assert_false(is_read_with(0, 0, STRIDE, 0));
    assert_false(is_read_with(0, 1, STRIDE, 0));
    assert_false(is_read_with(BYTES, 3, 0, 0));
    assert_true(is_read_with(511, 1, 512, 0));
    assert_false(is_read_with(511, 1, 511, 0));
    assert_true(is_read_with(SHRED_MAX_STRIDE, 1, SHRED_MAX_STRIDE, 0));
    assert_false(is_read_with(SHRED_MAX_STRIDE + 1, 1, SHRED_MAX_STRIDE + 1, 0));
    assert_true(is_read_with(SHRED_MAX_BLOCK, UINT16_MAX, SHRED_MIN_STRIDE, UINT16_MAX - 1));
    assert_false(is_read_with(SHRED_MAX_BLOCK + 1, 0, SHRED_MIN_STRIDE, 0));
    assert_false(is_read_with(UINT32_MAX, 1, SHRED_MIN_STRIDE, 0));
    assert_false(is_read_with(UINT32_MAX, 0, SHRED_MAX_STRIDE, 0));
}

static void a_block_without_an_id_is_refused(void **state) {
    (void)state;
    uint8_t bytes[SHRED_HEAD + STRIDE];
    struct shred shred = sample(0), read;
    shred.head.block = BLOCK_ANY;
    assert_false(shred_read(bytes, shred_write(&shred, bytes), &read));
}

static uint64_t id_of(const uint8_t *bytes, const uint16_t *order) {
    uint64_t sum = 0;
    for (unsigned i = 0; i < 2; i++) sum += shred_checksum(order[i], bytes + (size_t)i * STRIDE, STRIDE);
    return block_id(sum);
}

static void an_id_is_of_every_bit_at_its_place_and_of_no_order_of_arrival(void **state) {
    (void)state;
    uint64_t random = 7;
    draw_bytes(&random, block, sizeof block);
    const uint16_t order[2] = {0, 1}, swapped[2] = {1, 0};
    uint64_t id = id_of(block, order);
    assert_int_not_equal(id, id_of(block, swapped));
    for (size_t bit = 0; bit < 2 * STRIDE * 8; bit++) {
        block[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_not_equal(id_of(block, order), id);
        block[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t length = 0; length < 40; length++) /* zeros at the end count as well */
        assert_int_not_equal(shred_checksum(0, (const uint8_t[40]){0}, length),
                             shred_checksum(0, (const uint8_t[41]){0}, length + 1));
    assert_int_not_equal(block_id(0), BLOCK_ANY);
    assert_int_equal(id_of(block, order), id);
}

static void a_request_is_read_as_it_was_written_and_joins_neighbours(void **state) {
    (void)state;
    uint8_t bytes[REPAIR_MAX_BYTES];
    struct repair_request written = {.slot = 9, .block = 77}, read;
    for (uint16_t index = 5; index < 8; index++) assert_true(repair_want(&written, index));
    assert_true(repair_want(&written, 9));
    assert_int_equal(repair_write(&written, bytes), REPAIR_HEAD + 8);
    assert_true(repair_read(bytes, REPAIR_HEAD + 8, &read));
    assert_int_equal(read.slot, 9);
    assert_int_equal(read.block, 77);
    assert_int_equal(read.ranges, 2);
    assert_int_equal(read.shreds, 4);
    assert_int_equal(read.list[0].first, 5);
    assert_int_equal(read.list[0].count, 3);
    assert_int_equal(read.list[1].first, 9);
    for (size_t length = 0; length < sizeof bytes; length++)
        if (length != REPAIR_HEAD + 8) assert_false(repair_read(bytes, length, &read));
}

static void a_request_holds_64_shreds_and_no_more(void **state) {
    (void)state;
    uint8_t bytes[REPAIR_MAX_BYTES];
    struct repair_request written = {.slot = 1}, read;
    for (uint16_t i = 0; i < REPAIR_MOST; i++) assert_true(repair_want(&written, (uint16_t)(2 * i)));
    assert_false(repair_want(&written, 1000));
    size_t length = repair_write(&written, bytes);
    assert_int_equal(length, REPAIR_MAX_BYTES);
    assert_true(repair_read(bytes, length, &read));
    bytes[length - 1] = 2; /* the last range one longer */
    assert_false(repair_read(bytes, length, &read));
}

static bool ranges_are_read(struct repair_range a, struct repair_range b) {
    uint8_t bytes[REPAIR_MAX_BYTES];
    struct repair_request written = {.ranges = 2, .list = {a, b}}, read;
    return repair_read(bytes, repair_write(&written, bytes), &read);
}

static void ranges_that_could_be_written_otherwise_are_refused(void **state) {
    (void)state;
    assert_true(ranges_are_read((struct repair_range){0, 1}, (struct repair_range){2, 1}));
    assert_false(ranges_are_read((struct repair_range){0, 1}, (struct repair_range){1, 1}));
    assert_false(ranges_are_read((struct repair_range){5, 1}, (struct repair_range){2, 1}));
    assert_false(ranges_are_read((struct repair_range){5, 1}, (struct repair_range){5, 1}));
    assert_false(ranges_are_read((struct repair_range){5, 9}, (struct repair_range){7, 1}));
    assert_false(ranges_are_read((struct repair_range){5, 0}, (struct repair_range){7, 1}));
    assert_false(ranges_are_read((struct repair_range){0, 33}, (struct repair_range){40, 32}));
    assert_true(ranges_are_read((struct repair_range){0, 32}, (struct repair_range){40, 32}));
    assert_true(ranges_are_read((struct repair_range){0, 1}, (struct repair_range){65534, 1}));
    assert_false(ranges_are_read((struct repair_range){0, 1}, (struct repair_range){65535, 1}));
    assert_false(ranges_are_read((struct repair_range){0, 65535}, (struct repair_range){65535, 65535}));
    uint8_t bytes[REPAIR_MAX_BYTES] = {0};
    struct repair_request read;
    assert_false(repair_read(bytes, REPAIR_HEAD, &read)); /* no range at all */
    struct repair_request written = {.ranges = 1, .list = {{0, 1}}};
    size_t length = repair_write(&written, bytes);
    bytes[19] = 1; /* reserved */
    assert_false(repair_read(bytes, length, &read));
}

static void votes_and_acknowledgements_are_read_as_they_were_written(void **state) {
    (void)state;
    uint8_t bytes[VOTE_BYTES + 1] = {0};
    struct vote vote = {.slot = 5, .block = 6, .voter = 7, .signature = {1, 2, 3}}, read;
    vote_write(&vote, bytes);
    for (size_t length = 0; length <= VOTE_BYTES + 1; length++)
        assert_int_equal(vote_read(bytes, length, &read), length == VOTE_BYTES);
    assert_int_equal(read.slot, 5);
    assert_int_equal(read.block, 6);
    assert_int_equal(read.voter, 7);
    assert_memory_equal(read.signature, vote.signature, VOTE_SIGNATURE);
    bytes[18] = 1; /* reserved */
    assert_false(vote_read(bytes, VOTE_BYTES, &read));
    vote.block = BLOCK_ANY;
    vote_write(&vote, bytes);
    assert_false(vote_read(bytes, VOTE_BYTES, &read));

    struct vote_ack ack = {.slot = 5, .block = 6, .confirmed_ns = 9}, again;
    vote_ack_write(&ack, bytes);
    for (size_t length = 0; length <= VOTE_ACK_BYTES + 1; length++)
        assert_int_equal(vote_ack_read(bytes, length, &again), length == VOTE_ACK_BYTES);
    assert_int_equal(again.slot, 5);
    assert_int_equal(again.block, 6);
    assert_int_equal(again.confirmed_ns, 9);
    assert_true(VOTE_ACK_BYTES < VOTE_BYTES);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_shred_is_read_as_it_was_written),
        cmocka_unit_test(a_shred_is_laid_out_as_the_header_says),
        cmocka_unit_test(every_length_but_the_right_one_is_refused),
        cmocka_unit_test(a_shred_that_contradicts_itself_is_refused),
        cmocka_unit_test(a_block_without_an_id_is_refused),
        cmocka_unit_test(an_id_is_of_every_bit_at_its_place_and_of_no_order_of_arrival),
        cmocka_unit_test(a_request_is_read_as_it_was_written_and_joins_neighbours),
        cmocka_unit_test(a_request_holds_64_shreds_and_no_more),
        cmocka_unit_test(ranges_that_could_be_written_otherwise_are_refused),
        cmocka_unit_test(votes_and_acknowledgements_are_read_as_they_were_written),
    };
    return cmocka_run_group_tests_name("shred", tests, NULL, NULL);
}
