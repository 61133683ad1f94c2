#include "net/testing.h"

#include <rte_ip.h>

#include "net/bytes.h"
#include "net/packet.h"
#include "net/sum.h"

enum { LONGEST = 65507 }; /* of UDP in IPv4 */
static const unsigned FAMILIES[] = {4, 6};
static uint8_t bytes[PACKET_MAX_HEADERS + LONGEST + 64];

static struct packet_template template_of(unsigned family) {
    struct packet_template template;
    struct endpoint source = host_of(family, 2, 30900), destination = host_of(family, 1, 30901);
    packet_template_make(&template, MAC_OF_2, MAC_OF_1, &source, &destination);
    return template;
}

/* A packet from host 2 to host 1 with bytes that count from 1; its length. */
static size_t sample(unsigned family, size_t payload) {
    struct packet_template template = template_of(family);
    memset(bytes, 0xee, sizeof bytes);
    for (size_t i = 0; i < payload; i++) bytes[template.length + i] = (uint8_t)(i + 1);
    packet_write(&template, bytes, payload, true);
    return template.length + payload;
}

static void is_right(size_t length, struct packet *packet) {
    assert_int_equal(packet_read(bytes, length, packet), PACKET_OK);
    assert_true(packet_sum_is_right(bytes, packet));
}

static void what_is_written_is_what_is_read(void **state) {
    (void)state;
    static const size_t PAYLOADS[] = {0,  1,  2,  3,    17,   18,   31,    32,    33,
                                      63, 64, 65, 1471, 1472, 8972, 65494, 65495, LONGEST};
    for (unsigned f = 0; f < 2; f++)
        for (size_t i = 0; i < sizeof PAYLOADS / sizeof *PAYLOADS; i++) {
            struct packet packet;
            struct endpoint source = host_of(FAMILIES[f], 2, 30900), destination = host_of(FAMILIES[f], 1, 30901);
            size_t length = sample(FAMILIES[f], PAYLOADS[i]);
            is_right(length, &packet);
            assert_int_equal(packet.payload, PAYLOADS[i]);
            assert_int_equal(packet.headers, length - PAYLOADS[i]);
            assert_int_equal(endpoint_compare(&packet.source, &source), 0);
            assert_int_equal(endpoint_compare(&packet.destination, &destination), 0);
            assert_memory_equal(packet.source_mac, MAC_OF_2, 6);
            assert_memory_equal(packet.destination_mac, MAC_OF_1, 6);
        }
}

/* Sums of these bytes were computed by another program. */
static void a_packet_is_these_bytes(void **state) {
    (void)state;
    /* clang-format off */
    static const uint8_t IPV4[] = {
        0x52, 0x54, 0x00, 0xd1, 0x00, 0x01, 0x52, 0x54, 0x00, 0xd1, 0x00, 0x02, 0x08, 0x00, /* Ethernet */
        0x45, 0x00, 0x00, 0x2f, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11, 0x26, 0x20,             /* IPv4 */
        0x0a, 0x4e, 0x00, 0x02, 0x0a, 0x4e, 0x00, 0x01,                                     /* addresses */
        0x78, 0xb4, 0x78, 0xb5, 0x00, 0x1b, 0x95, 0x55,                                     /* UDP */
        0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a,
        0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x12, 0x13};
    static const uint8_t IPV6[] = {
        0x52, 0x54, 0x00, 0xd1, 0x00, 0x01, 0x52, 0x54, 0x00, 0xd1, 0x00, 0x02, 0x86, 0xdd, /* Ethernet */
        0x60, 0x00, 0x00, 0x00, 0x00, 0x1b, 0x11, 0x40,                                     /* IPv6 */
        0xfd, 0x00, 0x00, 0x78, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02,                      /* addresses */
        0xfd, 0x00, 0x00, 0x78, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01,
        0x78, 0xb4, 0x78, 0xb5, 0x00, 0x1b, 0xae, 0xff,                                     /* UDP */
        0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a,
        0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x12, 0x13};
    /* clang-format on */
    assert_int_equal(sample(4, 19), sizeof IPV4);
    assert_memory_equal(bytes, IPV4, sizeof IPV4);
    assert_int_equal(sample(6, 19), sizeof IPV6);
    assert_memory_equal(bytes, IPV6, sizeof IPV6);
}

static void padding_behind_a_short_packet_is_ethernets(void **state) {
    (void)state;
    struct packet packet;
    for (unsigned f = 0; f < 2; f++) {
        size_t length = sample(FAMILIES[f], 1);
        is_right(length + 17, &packet);
        assert_int_equal(packet.payload, 1);
    }
}

static void a_packet_that_ends_early_is_short(void **state) {
    (void)state;
    struct packet packet;
    for (unsigned f = 0; f < 2; f++) {
        size_t whole = sample(FAMILIES[f], 5);
        for (size_t length = 0; length < whole; length++) {
            uint8_t *exact = exactly(bytes, length);
            assert_int_equal(packet_read(exact, length, &packet), PACKET_SHORT);
            free(exact);
        }
        uint8_t *exact = exactly(bytes, whole);
        assert_int_equal(packet_read(exact, whole, &packet), PACKET_OK);
        assert_true(packet_sum_is_right(exact, &packet));
        free(exact);
    }
}

/* IPv6 has no checksum over its traffic class, flow label and hop limit. */
static bool is_covered(unsigned family, size_t bit) {
    return family == 4 ||
           ((bit < PACKET_ETHERNET * 8 + 4 || bit >= PACKET_ETHERNET * 8 + 32) && bit / 8 != PACKET_ETHERNET + 7);
}

static void every_bit_that_changes_is_noticed(void **state) {
    (void)state;
    for (unsigned f = 0; f < 2; f++) {
        size_t length = sample(FAMILIES[f], 33);
        for (size_t bit = 12 * 8; bit < length * 8; bit++) {
            struct packet packet;
            bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
            /* Bits of a byte are numbered from its top here, as headers are drawn. */
            size_t drawn = bit / 8 * 8 + (7 - bit % 8);
            bool noticed = packet_read(bytes, length, &packet) != PACKET_OK || !packet_sum_is_right(bytes, &packet);
            if (noticed != is_covered(FAMILIES[f], drawn)) fail_msg("IPv%u, bit %zu", FAMILIES[f], drawn);
            bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
    }
}

static void changed(unsigned family, size_t at, uint8_t value, enum packet_result expected) {
    size_t length = sample(family, 18);
    struct packet packet;
    bytes[at] = value;
    if (family == 4) { /* as if the sender had meant it */
        memset(bytes + 24, 0, 2);
        uint16_t field = sum_field(sum_bytes(bytes + PACKET_ETHERNET, PACKET_IPV4, 0));
        memcpy(bytes + 24, &field, sizeof field);
    }
    assert_int_equal(packet_read(bytes, length, &packet), expected);
}

static void what_is_not_ours_is_told_from_what_is_broken(void **state) {
    (void)state;
    changed(4, 13, 0x06, PACKET_OTHER_PROTOCOL); /* ARP */
    changed(4, 12, 0x81, PACKET_OTHER_PROTOCOL); /* a VLAN tag */
    changed(4, 23, 6, PACKET_OTHER_PROTOCOL);    /* TCP */
    changed(4, 14, 0x46, PACKET_OPTIONS);
    changed(4, 20, 0x20, PACKET_FRAGMENT); /* more fragments */
    changed(4, 21, 0x01, PACKET_FRAGMENT);
    changed(4, 20, 0x80, PACKET_FRAGMENT); /* the reserved bit */
    changed(4, 20, 0x00, PACKET_OK);       /* may be fragmented, and is not */
    changed(4, 15, 0x03, PACKET_OK);       /* congestion */
    changed(4, 22, 1, PACKET_OK);          /* a long way */
    changed(4, 14, 0x65, PACKET_BAD_IP);
    changed(4, 14, 0x44, PACKET_BAD_IP);
    changed(4, 17, 10, PACKET_BAD_IP);
    changed(4, 17, 27, PACKET_SHORT);
    changed(4, 17, 47, PACKET_SHORT);
    changed(4, 17, 45, PACKET_BAD_UDP);
    changed(4, 39, 27, PACKET_BAD_UDP);
}

static void the_same_of_ipv6(void **state) {
    (void)state;
    changed(6, 14, 0x45, PACKET_BAD_IP);
    changed(6, 15, 0x10, PACKET_OK); /* a flow label */
    changed(6, 21, 1, PACKET_OK);    /* a long way */
    changed(6, 19, 27, PACKET_SHORT);
    changed(6, 19, 7, PACKET_SHORT);
    changed(6, 19, 25, PACKET_BAD_UDP);
    changed(6, 59, 27, PACKET_BAD_UDP);
    changed(6, 20, 58, PACKET_OTHER_PROTOCOL); /* ICMPv6 */
    changed(6, 20, 59, PACKET_OTHER_PROTOCOL); /* nothing */
    changed(6, 20, 44, PACKET_FRAGMENT);
    static const uint8_t EXTENSIONS[] = {0, 43, 50, 51, 60, 135, 139, 140, 253, 254};
    for (size_t i = 0; i < sizeof EXTENSIONS; i++) changed(6, 20, EXTENSIONS[i], PACKET_OPTIONS);
}

static void a_packet_without_udp_checksum_is_refused(void **state) {
    (void)state;
    struct packet packet;
    for (unsigned f = 0; f < 2; f++) {
        size_t length = sample(FAMILIES[f], 18);
        memset(bytes + length - 18 - 2, 0, 2);
        assert_int_equal(packet_read(bytes, length, &packet), PACKET_BAD_UDP);
    }
}

static void a_sum_of_zero_is_written_as_ffff(void **state) {
    (void)state;
    for (unsigned f = 0; f < 2; f++) {
        struct packet packet;
        struct packet_template template = template_of(FAMILIES[f]);
        uint8_t *payload = bytes + template.length, *field = payload - 2;
        memset(payload, 0, 4);
        packet_write(&template, bytes, 4, true);
        memcpy(payload, field, 2); /* what was missing to nothing */
        packet_write(&template, bytes, 4, true);
        assert_int_equal(bytes_read16(field), 0xffff);
        is_right(template.length + 4u, &packet);
    }
}

static void a_turned_packet_goes_to_its_sender_and_its_sums_are_right(void **state) {
    (void)state;
    for (unsigned f = 0; f < 2; f++)
        for (size_t payload = 0; payload < 40; payload += 13) {
            struct packet packet, turned;
            size_t length = sample(FAMILIES[f], payload);
            is_right(length, &packet);
            packet_turn(bytes, packet.headers);
            is_right(length, &turned);
            assert_int_equal(endpoint_compare(&turned.source, &packet.destination), 0);
            assert_int_equal(endpoint_compare(&turned.destination, &packet.source), 0);
            assert_memory_equal(turned.source_mac, packet.destination_mac, 6);
            assert_memory_equal(turned.destination_mac, packet.source_mac, 6);
        }
}

/* Every word of a payload grows by everything that could go wrong, and by random numbers. */
static void a_sum_grows_with_the_payload(void **state) {
    (void)state;
    static const uint16_t GROWN[] = {0, 1, 0xff, 0x100, 0x7fff, 0xfffe};
    for (unsigned f = 0; f < 2; f++)
        for (size_t i = 0; i < 100; i++) {
            struct packet packet;
            size_t length = sample(FAMILIES[f], 34);
            is_right(length, &packet);
            uint8_t *word = bytes + packet.headers + 2 * (i % 17);
            uint16_t grown = i < 6 ? GROWN[i] : (uint16_t)(i * 40503), room = (uint16_t)(0xffff - bytes_read16(word));
            if (grown > room) grown = room;
            bytes_write16(word, (uint16_t)(bytes_read16(word) + grown));
            assert_true(grown == 0 || !packet_sum_is_right(bytes, &packet));
            packet_sum_grow(bytes, packet.headers, grown);
            is_right(length, &packet);
        }
}

/* What the card's driver expects in the field, by DPDK's own functions. */
static void for_a_card_the_field_holds_the_pseudo_headers_sum(void **state) {
    (void)state;
    static const size_t PAYLOADS[] = {0, 1, 18, 1472, 8972, 65494};
    for (size_t i = 0; i < sizeof PAYLOADS / sizeof *PAYLOADS; i++) {
        struct packet_template template = template_of(4);
        packet_write(&template, bytes, PAYLOADS[i], false);
        struct rte_ipv4_hdr ipv4;
        memcpy(&ipv4, bytes + PACKET_ETHERNET, sizeof ipv4);
        uint16_t field;
        memcpy(&field, bytes + 40, sizeof field);
        assert_int_equal(field, rte_ipv4_phdr_cksum(&ipv4, 0));
        assert_int_equal(rte_ipv4_cksum(&ipv4), 0); /* the header's own is there all the same */

        template = template_of(6);
        packet_write(&template, bytes, PAYLOADS[i], false);
        struct rte_ipv6_hdr ipv6;
        memcpy(&ipv6, bytes + PACKET_ETHERNET, sizeof ipv6);
        memcpy(&field, bytes + 60, sizeof field);
        assert_int_equal(field, rte_ipv6_phdr_cksum(&ipv6, 0));
    }
}

/* The same, read as the standard says it: 16 bits at a time. */
static uint16_t plain_sum(const uint8_t *from, size_t length) {
    uint32_t sum = 0;
    for (size_t i = 0; i < length; i++) {
        sum += i % 2 == 0 ? (uint32_t)from[i] << 8 : from[i];
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return (uint16_t)sum;
}

static void a_sum_is_the_standards_at_every_length_and_alignment(void **state) {
    (void)state;
    uint32_t drawn = 1;
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)((drawn = drawn * 1664525u + 1013904223u) >> 24);
    for (size_t length = 0; length < 300; length++)
        for (size_t at = 0; at < 9; at++) {
            uint8_t *exact = exactly(bytes + at, length);
            assert_int_equal(__builtin_bswap16(sum_fold(sum_bytes(exact, length, 0))), plain_sum(exact, length));
            free(exact);
        }
    memset(bytes, 0xff, sizeof bytes); /* every carry there is */
    assert_int_equal(sum_fold(sum_bytes(bytes, 65535, UINT32_MAX)), sum_fold(sum_bytes(bytes, 65535, 0)));
    assert_int_equal(__builtin_bswap16(sum_fold(sum_bytes(bytes, 65535, 0))), plain_sum(bytes, 65535));
    assert_int_equal(sum_fold(UINT64_MAX), 0xffff);
    assert_int_equal(sum_fold(0), 0);
}

static void every_reason_has_a_name(void **state) {
    (void)state;
    assert_null(packet_result_name(PACKET_OK));
    for (unsigned result = PACKET_OK + 1; result < PACKET_RESULTS; result++)
        assert_non_null(packet_result_name((enum packet_result)result));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_what_is_read),
        cmocka_unit_test(a_packet_is_these_bytes),
        cmocka_unit_test(padding_behind_a_short_packet_is_ethernets),
        cmocka_unit_test(a_packet_that_ends_early_is_short),
        cmocka_unit_test(every_bit_that_changes_is_noticed),
        cmocka_unit_test(what_is_not_ours_is_told_from_what_is_broken),
        cmocka_unit_test(the_same_of_ipv6),
        cmocka_unit_test(a_packet_without_udp_checksum_is_refused),
        cmocka_unit_test(a_sum_of_zero_is_written_as_ffff),
        cmocka_unit_test(a_turned_packet_goes_to_its_sender_and_its_sums_are_right),
        cmocka_unit_test(a_sum_grows_with_the_payload),
        cmocka_unit_test(for_a_card_the_field_holds_the_pseudo_headers_sum),
        cmocka_unit_test(a_sum_is_the_standards_at_every_length_and_alignment),
        cmocka_unit_test(every_reason_has_a_name),
    };
    return cmocka_run_group_tests_name("packet", tests, NULL, NULL);
}
