#include "consensus/assembly.h"
#include "consensus/testing.h"

enum { STRIDE = 512, MOST = 64 * 1024, DEPTH = 4 };

/* A block of a slot, as its leader would cut it. */
struct sample {
    struct block_head head;
    uint8_t bytes[MOST];
};

static struct sample *make(uint64_t slot, uint32_t length) {
    static struct sample samples[8];
    struct sample *sample = &samples[slot % 8];
    uint64_t random = slot + 1, sum = 0;
    draw_bytes(&random, sample->bytes, length);
    sample->head = (struct block_head){.slot = slot, .time_ns = 5, .length = length, .stride = STRIDE, .leader = 1};
    sample->head.count = (uint16_t)((length + STRIDE - 1) / STRIDE);
    for (uint32_t i = 0; i < sample->head.count; i++)
        sum += shred_checksum(i, sample->bytes + (size_t)i * STRIDE, shred_payload_length(&sample->head, i));
    sample->head.block = block_id(sum);
    return sample;
}

static struct shred cut(const struct sample *sample, uint32_t index) {
    return (struct shred){.head = sample->head,
                          .index = (uint16_t)index,
                          .payload = sample->bytes + (size_t)index * STRIDE,
                          .payload_length = shred_payload_length(&sample->head, index)};
}

static enum assembly_result add(struct assembly *assembly, const struct sample *sample, uint32_t index) {
    struct shred shred = cut(sample, index);
    struct block *block = NULL;
    return assembly_add(assembly, &shred, &block);
}

static void blocks_come_together_in_any_order_and_are_handed_up_once(void **state) {
    (void)state;
    struct assembly *assembly = assembly_make(DEPTH, MOST);
    uint64_t random = 3;
    for (uint64_t slot = 0; slot < 40; slot++) {
        uint32_t length = 1 + (uint32_t)(draw(&random) % MOST), completed = 0;
        const struct sample *sample = make(slot, length);
        bool here[MOST / STRIDE + 1] = {false};
        for (uint32_t i = 0, left = sample->head.count; left > 0 || i < 50; i++) {
            uint32_t index = (uint32_t)(draw(&random) % sample->head.count);
            struct shred shred = cut(sample, index);
            struct block *block = NULL;
            enum assembly_result result = assembly_add(assembly, &shred, &block);
            assert_int_equal(result == ASSEMBLY_DUPLICATED, here[index]);
            left -= !here[index];
            here[index] = true;
            if (result != ASSEMBLY_COMPLETED) continue;
            completed++;
            assert_int_equal(left, 0);
            assert_memory_equal(block->bytes, sample->bytes, length);
        }
        assert_int_equal(completed, 1);
    }
    assembly_release(assembly);
}

static void a_shred_that_disagrees_with_the_others_is_refused(void **state) {
    (void)state;
    struct assembly *assembly = assembly_make(DEPTH, MOST);
    const struct sample *sample = make(1, 3 * STRIDE);
    assert_int_equal(add(assembly, sample, 0), ASSEMBLY_NEW);
    for (int field = 0; field < 6; field++) {
        struct shred shred = cut(sample, 1);
        struct block *block = NULL;
        if (field == 0) shred.head.block++;
        if (field == 1) shred.head.time_ns++;
        if (field == 2) shred.head.length--;
        if (field == 3) shred.head.leader++;
        if (field == 4) shred.head.signature[63] ^= 1;
        if (field == 5) {
            shred.head.stride = 768;
            shred.head.count = 2;
        }
        assert_int_equal(assembly_add(assembly, &shred, &block), ASSEMBLY_INCONSISTENT);
    }
    assert_int_equal(add(assembly, sample, 1), ASSEMBLY_NEW);
    assert_int_equal(add(assembly, sample, 2), ASSEMBLY_COMPLETED);
    struct shred late = cut(sample, 1);
    struct block *block = NULL;
    late.head.block++;
    assert_int_equal(assembly_add(assembly, &late, &block), ASSEMBLY_INCONSISTENT);
    assembly_release(assembly);
}

static void a_block_that_is_too_large_is_refused_before_it_takes_a_place(void **state) {
    (void)state;
    struct assembly *assembly = assembly_make(DEPTH, MOST - 1);
    assert_int_equal(add(assembly, make(1, MOST), 0), ASSEMBLY_TOO_LARGE);
    assert_null(assembly_find(assembly, 1));
    assert_int_equal(add(assembly, make(1, MOST - 1), 0), ASSEMBLY_NEW);
    assembly_release(assembly);
}

static void a_block_that_is_not_what_its_id_says_is_forgotten_and_may_come_again(void **state) {
    (void)state;
    struct assembly *assembly = assembly_make(DEPTH, MOST);
    struct sample *sample = make(1, 2 * STRIDE);
    assert_int_equal(add(assembly, sample, 0), ASSEMBLY_NEW);
    sample->bytes[STRIDE] ^= 1;
    assert_int_equal(add(assembly, sample, 1), ASSEMBLY_CORRUPT);
    sample->bytes[STRIDE] ^= 1;
    assert_int_equal(add(assembly, sample, 1), ASSEMBLY_NEW);
    assert_int_equal(add(assembly, sample, 0), ASSEMBLY_COMPLETED);
    assembly_release(assembly);
}

static void the_oldest_slot_makes_room_and_does_not_come_back(void **state) {
    (void)state;
    struct assembly *assembly = assembly_make(DEPTH, MOST);
    for (uint64_t slot = 10; slot < 14; slot++) assert_int_equal(add(assembly, make(slot, 2000), 0), ASSEMBLY_NEW);
    assert_int_equal(add(assembly, make(15, 2000), 0), ASSEMBLY_NEW); /* in the place of 11 */
    assert_null(assembly_find(assembly, 11));
    assert_int_equal(add(assembly, make(11, 2000), 1), ASSEMBLY_OLD);
    assert_int_equal(add(assembly, make(12, 2000), 1), ASSEMBLY_NEW);
    assert_int_equal(add(assembly, make(14, 2000), 0), ASSEMBLY_NEW); /* late, in the place of 10 */
    assert_int_equal(add(assembly, make(10, 2000), 1), ASSEMBLY_OLD);
    assert_int_equal(add(assembly, make(2, 2000), 1), ASSEMBLY_OLD);
    assert_int_equal(add(assembly, make(UINT64_MAX, 2000), 0), ASSEMBLY_OLD); /* it means no slot */
    assert_null(assembly_find(assembly, UINT64_MAX));
    assembly_release(assembly);
}

static void nothing_of_a_slot_shows_in_the_one_that_takes_its_place(void **state) {
    (void)state;
    struct assembly *assembly = assembly_make(DEPTH, MOST);
    for (uint32_t i = 0; i < 4; i++) add(assembly, make(1, 4 * STRIDE), i);
    const struct sample *next = make(1 + DEPTH, 8 * STRIDE);
    struct block *block = assembly_open(assembly, 1 + DEPTH);
    struct shred shred;
    assert_int_equal(block->state, BLOCK_EMPTY);
    assert_false(assembly_shred(block, 0, &shred));
    for (uint32_t i = 0; i < 8; i++)
        assert_int_equal(add(assembly, next, i), i < 7 ? ASSEMBLY_NEW : ASSEMBLY_COMPLETED);
    assembly_release(assembly);
}

static void what_is_missing_is_asked_for_from_the_first_on(void **state) {
    (void)state;
    struct assembly *assembly = assembly_make(DEPTH, MOST);
    const struct sample *sample = make(1, 100 * STRIDE);
    struct repair_request request;
    struct block *block = assembly_open(assembly, 1);
    assert_int_equal(assembly_missing(block, &request), REPAIR_MOST); /* nothing is known of it */
    assert_int_equal(request.block, BLOCK_ANY);
    assert_int_equal(request.shreds, REPAIR_MOST);
    for (uint32_t i = 0; i < 100; i++)
        if (i != 3 && i != 63 && i != 64 && i != 99) add(assembly, sample, i);
    assert_int_equal(assembly_missing(block, &request), 100);
    assert_int_equal(request.block, sample->head.block);
    assert_int_equal(request.ranges, 3);
    assert_int_equal(request.shreds, 4);
    assert_int_equal(request.list[1].first, 63);
    assert_int_equal(request.list[1].count, 2);
    for (uint32_t i = 0; i < 100; i++) add(assembly, sample, i);
    assert_int_equal(assembly_missing(block, &request), 0);
    assert_int_equal(add(assembly, make(2, 100 * STRIDE), 0), ASSEMBLY_NEW);
    assert_int_equal(assembly_missing(assembly_find(assembly, 2), &request), 65);
    assert_int_equal(request.shreds, REPAIR_MOST);
    assembly_release(assembly);
}

static void a_block_of_our_own_is_cut_as_others_put_it_together(void **state) {
    (void)state;
    struct assembly *ours = assembly_make(DEPTH, MOST), *theirs = assembly_make(DEPTH, MOST);
    static const uint32_t LENGTHS[] = {1, 511, 512, 513, 5000, MOST};
    for (uint64_t slot = 0; slot < 6; slot++) {
        uint32_t length = LENGTHS[slot];
        const struct sample *sample = make(slot, length);
        struct block_head head = {.slot = slot, .time_ns = 5, .length = length, .stride = STRIDE, .leader = 1};
        const struct block *block = assembly_fill(ours, &head, sample->bytes);
        assert_non_null(block);
        assert_true(block_head_is_same(&block->head, &sample->head));
        assert_null(assembly_fill(ours, &head, sample->bytes)); /* a second time */
        struct shred shred;
        struct block *there = NULL;
        uint32_t i = 0;
        for (; assembly_shred(block, i, &shred); i++)
            assert_int_equal(assembly_add(theirs, &shred, &there),
                             i + 1 < block->head.count ? ASSEMBLY_NEW : ASSEMBLY_COMPLETED);
        assert_int_equal(i, block->head.count);
        assert_memory_equal(there->bytes, sample->bytes, length);
    }
    struct block_head head = {.slot = 9, .length = 0, .stride = STRIDE};
    assert_null(assembly_fill(ours, &head, (const uint8_t *)""));
    head = (struct block_head){.slot = 9, .length = 1, .stride = 1};
    assert_null(assembly_fill(ours, &head, (const uint8_t *)"x"));
    assembly_release(ours);
    assembly_release(theirs);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_come_together_in_any_order_and_are_handed_up_once),
        cmocka_unit_test(a_shred_that_disagrees_with_the_others_is_refused),
        cmocka_unit_test(a_block_that_is_too_large_is_refused_before_it_takes_a_place),
        cmocka_unit_test(a_block_that_is_not_what_its_id_says_is_forgotten_and_may_come_again),
        cmocka_unit_test(the_oldest_slot_makes_room_and_does_not_come_back),
        cmocka_unit_test(nothing_of_a_slot_shows_in_the_one_that_takes_its_place),
        cmocka_unit_test(what_is_missing_is_asked_for_from_the_first_on),
        cmocka_unit_test(a_block_of_our_own_is_cut_as_others_put_it_together),
    };
    return cmocka_run_group_tests_name("assembly", tests, NULL, NULL);
}
