#include <stdlib.h>

#include "protocol/testing.h"

static void what_is_built_is_what_is_parsed(void **state) {
    (void)state;
    struct frame frame = sample_frame(), read;
    uint8_t bytes[FRAME_LENGTH];
    frame_build(&frame, bytes);
    assert_int_equal(parse(bytes, sizeof bytes, &read), FRAME_OK);
    read.udp_length = 0;
    assert_memory_equal(read.destination_mac, frame.destination_mac, 6);
    assert_memory_equal(read.source_mac, frame.source_mac, 6);
    assert_int_equal(endpoint_compare(&read.source, &frame.source), 0);
    assert_int_equal(endpoint_compare(&read.destination, &frame.destination), 0);
    assert_int_equal(read.type, frame.type);
    assert_true(read.sequence == frame.sequence && read.timestamp == frame.timestamp);
    assert_true(read.network == frame.network && read.session == frame.session);
}

/* Sums and hash of these bytes were computed by another program. */
static void a_frame_is_these_bytes(void **state) {
    (void)state;
    /* clang-format off */
    static const uint8_t EXPECTED[FRAME_LENGTH] = {
        0x52, 0x54, 0x00, 0xd1, 0x00, 0x01, 0x52, 0x54, 0x00, 0xd1, 0x00, 0x02, 0x08, 0x00, /* Ethernet */
        0x45, 0x00, 0x00, 0x3c, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11, 0x26, 0x13,             /* IPv4 */
        0x0a, 0x4e, 0x00, 0x02, 0x0a, 0x4e, 0x00, 0x01,                                     /* addresses */
        0x78, 0xb4, 0x78, 0xb4, 0x00, 0x28, 0xa5, 0x77,                                     /* UDP */
        0x50, 0x41, 0x4e, 0x54, 0x01, 0x01, 0x00, 0x00, 0x36, 0xe1, 0x69, 0xa4,             /* ours */
        0x00, 0x00, 0x00, 0x07, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xe8};
    /* clang-format on */
    struct frame frame = sample_frame();
    uint8_t bytes[FRAME_LENGTH];
    frame_build(&frame, bytes);
    assert_memory_equal(bytes, EXPECTED, sizeof bytes);
}

static void a_network_id_is_hashed_as_fnv_1a(void **state) {
    (void)state;
    assert_int_equal(frame_network(""), 0x811c9dc5);
    assert_int_equal(frame_network("a"), 0xe40c292c);
    assert_int_equal(frame_network("foobar"), 0xbf9cf968);
}

static void padding_behind_a_short_frame_is_ethernets(void **state) {
    (void)state;
    struct frame frame = sample_frame(), read;
    uint8_t bytes[FRAME_LENGTH + 20] = {0};
    frame_build(&frame, bytes);
    memset(bytes + FRAME_LENGTH, 0xee, 20);
    assert_int_equal(parse(bytes, sizeof bytes, &read), FRAME_OK);
}

/* Every prefix lies in memory of its own length: an address sanitizer sees a byte that is read behind it. */
static void a_frame_that_ends_early_is_short(void **state) {
    (void)state;
    struct frame frame = sample_frame(), read;
    uint8_t bytes[FRAME_LENGTH];
    frame_build(&frame, bytes);
    for (size_t length = 0; length < FRAME_LENGTH; length++) {
        uint8_t *exact = malloc(length > 0 ? length : 1);
        assert_non_null(exact);
        memcpy(exact, bytes, length);
        assert_int_equal(parse(exact, length, &read), FRAME_SHORT);
        free(exact);
    }
}

static void every_bit_that_changes_is_noticed(void **state) {
    (void)state;
    struct frame frame = sample_frame(), read;
    uint8_t bytes[FRAME_LENGTH];
    for (size_t bit = FRAME_ETHERNET * 8; bit < FRAME_LENGTH * 8; bit++) {
        frame_build(&frame, bytes);
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (parse(bytes, sizeof bytes, &read) == FRAME_OK) fail_msg("bit %zu", bit);
    }
}

/* Writes IPv4's checksum again. */
static void mend(uint8_t *bytes) {
    uint32_t sum = 0;
    uint8_t *ip = bytes + FRAME_ETHERNET;
    ip[10] = ip[11] = 0;
    for (int i = 0; i < 20; i += 2) sum += (uint32_t)(ip[i] << 8 | ip[i + 1]);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = ~((sum & 0xffff) + (sum >> 16));
    ip[10] = (uint8_t)(sum >> 8);
    ip[11] = (uint8_t)sum;
}

static void changed(size_t at, uint8_t value, enum frame_result expected) {
    struct frame frame = sample_frame(), read;
    uint8_t bytes[FRAME_LENGTH];
    frame_build(&frame, bytes);
    bytes[at] = value;
    mend(bytes);
    assert_int_equal(parse(bytes, sizeof bytes, &read), expected);
}

static void what_is_not_ours_is_told_from_what_is_broken(void **state) {
    (void)state;
    changed(13, 0x06, FRAME_OTHER_PROTOCOL); /* ARP */
    changed(12, 0x86, FRAME_OTHER_PROTOCOL);
    changed(23, 6, FRAME_OTHER_PROTOCOL); /* TCP */
    changed(14, 0x46, FRAME_OPTIONS);
    changed(20, 0x20, FRAME_FRAGMENT); /* more fragments */
    changed(21, 0x01, FRAME_FRAGMENT);
    changed(14, 0x65, FRAME_BAD_IP);
    changed(14, 0x44, FRAME_BAD_IP);
    changed(17, 10, FRAME_BAD_IP);
    changed(17, 61, FRAME_SHORT);
    changed(39, 41, FRAME_BAD_UDP);
    changed(41, 0x99, FRAME_BAD_SUM);
    changed(42, 'Q', FRAME_BAD_MAGIC);
    changed(46, 2, FRAME_BAD_VERSION);
    changed(47, 3, FRAME_BAD_HEADER);
    changed(48, 1, FRAME_BAD_HEADER);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_built_is_what_is_parsed),
        cmocka_unit_test(a_frame_is_these_bytes),
        cmocka_unit_test(a_network_id_is_hashed_as_fnv_1a),
        cmocka_unit_test(padding_behind_a_short_frame_is_ethernets),
        cmocka_unit_test(a_frame_that_ends_early_is_short),
        cmocka_unit_test(every_bit_that_changes_is_noticed),
        cmocka_unit_test(what_is_not_ours_is_told_from_what_is_broken),
    };
    return cmocka_run_group_tests_name("frame", tests, NULL, NULL);
}
