#include "transactions/tag.h"
#include "transactions/testing.h"

/*
 * SipHash-1-3 of the first 0 to 63 of the bytes 0, 1, 2, … under the key 00 01 … 0f, by the reference implementation
 * (github.com/veorq/SipHash, built with cROUNDS=1 and dROUNDS=3).
 */
static const uint64_t REFERENCE[64] = {
    0xabac0158050fc4dc, 0xc9f49bf37d57ca93, 0x82cb9b024dc7d44d, 0x8bf80ab8e7ddf7fb, 0xcf75576088d38328,
    0xdef9d52f49533b67, 0xc50d2b50c59f22a7, 0xd3927d989bb11140, 0x369095118d299a8e, 0x25a48eb36c063de4,
    0x79de85ee92ff097f, 0x70c118c1f94dc352, 0x78a384b157b4d9a2, 0x306f760c1229ffa7, 0x605aa111c0f95d34,
    0xd320d86d2a519956, 0xcc4fdd1a7d908b66, 0x9cf2689063dbd80c, 0x8ffc389cb473e63e, 0xf21f9de58d297d1c,
    0xc0dc2f46a6cce040, 0xb992abfe2b45f844, 0x7ffe7b9ba320872e, 0x525a0e7fdae6c123, 0xf464aeb267349c8c,
    0x45cd5928705b0979, 0x3a3e35e3ca9913a5, 0xa91dc74e4ade3b35, 0xfb0bed02ef6cd00d, 0x88d93cb44ab1e1f4,
    0x540f11d643c5e663, 0x2370dd1f8c21d1bc, 0x81157b6c16a7b60d, 0x4d54b9e57a8ff9bf, 0x759f12781f2a753e,
    0xcea1a3bebf186b91, 0x2cf508d3ada26206, 0xb6101c2da3c33057, 0xb3f47496ae3a36a1, 0x626b57547b108392,
    0xc1d2363299e41531, 0x667cc1923f1ad944, 0x65704ffec8138825, 0x24f280d1c28949a6, 0xc2ca1cedfaf8876b,
    0xc2164bfc9f042196, 0xa16e9c9368b1d623, 0x49fb169c8b5114fd, 0x9f3143f8df074c46, 0xc6fdaf2412cc86b3,
    0x7eaf49d10a52098f, 0x1cf313559d292f9a, 0xc44a30dda2f41f12, 0x36fae98943a71ed0, 0x318fb34c73f0bce6,
    0xa27abf3670a7e980, 0xb4bcc0db243c6d75, 0x23f8d852fdb71513, 0x8f035f4da67d8a08, 0xd89cd0e5b7e8f148,
    0xf6f4e6bcf7a644ee, 0xaec59ad80f1837f2, 0xc3b2f6154b6694e0, 0x9d199062b7bbb3a8,
};
static const struct tag_key KEY = {0x0706050403020100, 0x0f0e0d0c0b0a0908};

static void tags_are_those_of_the_reference(void **state) {
    (void)state;
    uint8_t bytes[1220];
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)i;
    for (size_t length = 0; length < 64; length++) assert_true(tag_of(&KEY, bytes, length) == REFERENCE[length]);
    assert_true(tag_of(&KEY, bytes, 188) == 0x222fba9198f9d53b);
    assert_true(tag_of(&KEY, bytes, 1220) == 0xbe9e82dc1e3430e8);
    assert_true(tag_of(&(struct tag_key){0, 0}, bytes, 0) == 0xd1fba762150c532c);
}

static void an_address_that_is_not_aligned_changes_nothing(void **state) {
    (void)state;
    uint8_t bytes[72];
    for (size_t shift = 0; shift < 8; shift++) {
        for (size_t i = 0; i < 64; i++) bytes[shift + i] = (uint8_t)i;
        assert_true(tag_of(&KEY, bytes + shift, 63) == REFERENCE[63]);
    }
}

static void each_bit_of_a_transaction_and_of_the_key_changes_the_tag(void **state) {
    (void)state;
    uint8_t bytes[TRANSACTION_MAX];
    uint16_t length = sample(bytes, 64, 1, 2, 3);
    uint64_t tag = tag_of(&KEY, bytes, length);
    for (size_t bit = 0; bit < length * 8u; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_true(tag_of(&KEY, bytes, length) != tag);
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (unsigned bit = 0; bit < 64; bit++) {
        const struct tag_key first = {KEY.first ^ 1ull << bit, KEY.second},
                             second = {KEY.first, KEY.second ^ 1ull << bit};
        assert_true(tag_of(&first, bytes, length) != tag);
        assert_true(tag_of(&second, bytes, length) != tag);
    }
}

static void two_drawn_keys_differ(void **state) {
    (void)state;
    struct tag_key a = {0}, b = {0};
    assert_true(tag_key_draw(&a));
    assert_true(tag_key_draw(&b));
    assert_true(a.first != b.first && a.second != b.second && a.first != a.second);
}

static void tags_are_spread_over_the_threads_evenly(void **state) {
    (void)state;
    for (unsigned threads = 1; threads <= 16; threads++) {
        unsigned counts[16] = {0};
        for (uint64_t i = 0; i < 16000; i++) {
            unsigned thread = tag_thread(tag_of(&KEY, (const uint8_t *)&i, sizeof i), threads);
            assert_true(thread < threads);
            counts[thread]++;
        }
        for (unsigned i = 0; i < threads; i++)
            assert_in_range(counts[i], 16000 / threads * 8 / 10, 16000 / threads * 12 / 10);
    }
}

/* Else each thread would use but a part of its map. */
static void the_tags_of_a_thread_begin_in_every_way(void **state) {
    (void)state;
    unsigned counts[16] = {0};
    for (uint64_t i = 0; i < 64000; i++) {
        uint64_t tag = tag_of(&KEY, (const uint8_t *)&i, sizeof i);
        if (tag_thread(tag, 4) == 2) counts[tag >> 60]++;
    }
    for (unsigned i = 0; i < 16; i++) assert_in_range(counts[i], 800, 1200);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags_are_those_of_the_reference),
        cmocka_unit_test(an_address_that_is_not_aligned_changes_nothing),
        cmocka_unit_test(each_bit_of_a_transaction_and_of_the_key_changes_the_tag),
        cmocka_unit_test(two_drawn_keys_differ),
        cmocka_unit_test(tags_are_spread_over_the_threads_evenly),
        cmocka_unit_test(the_tags_of_a_thread_begin_in_every_way),
    };
    return cmocka_run_group_tests_name("tag", tests, NULL, NULL);
}
