#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/announcement.h"

static const uint8_t OURS[6] = {0x52, 0x54, 0, 0xd1, 0, 1};

static void an_ipv4_address_is_announced_as_rfc_5227_has_it(void **state) {
    (void)state;
    static const uint8_t EXPECTED[42] = {
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x52, 0x54, 0, 0xd1, 0, 1, 8, 6, 0, 1, 8,  0,  6, 4, 0, 1, /* a request */
        0x52, 0x54, 0,    0xd1, 0,    1,    10,   78,   0, 1,    0, 0, 0, 0, 0, 0, 10, 78, 0, 1};
    uint8_t bytes[RESOLUTION_MAX];
    struct endpoint address = endpoint_ipv4((const uint8_t[]){10, 78, 0, 1}, 30900);
    assert_int_equal(announcement_write(&address, OURS, bytes), 60);
    assert_memory_equal(bytes, EXPECTED, sizeof EXPECTED);
}

static void an_ipv6_address_is_advertised_to_all_nodes_unasked(void **state) {
    (void)state;
    static const uint8_t FD78[16] = {0xfd, 0x78, [15] = 1}, ALL_NODES[16] = {0xff, 2, [15] = 1};
    uint8_t bytes[RESOLUTION_MAX];
    struct resolution said;
    struct endpoint address = endpoint_ipv6(FD78, 30900);
    size_t length = announcement_write(&address, OURS, bytes);
    assert_int_equal(resolution_read(bytes, length, &said), RESOLUTION_OK);
    assert_int_equal(said.kind, RESOLUTION_ANSWER);
    assert_false(said.solicited);
    assert_int_equal(said.target.family, 0);
    assert_memory_equal(said.sender.address, FD78, 16);
    assert_memory_equal(said.mac, OURS, 6);
    assert_memory_equal(bytes, ((const uint8_t[]){0x33, 0x33, 0, 0, 0, 1}), 6);
    assert_memory_equal(bytes + 38, ALL_NODES, 16);
    assert_int_equal(bytes[58] & 0x20, 0x20); /* override */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ipv4_address_is_announced_as_rfc_5227_has_it),
        cmocka_unit_test(an_ipv6_address_is_advertised_to_all_nodes_unasked),
    };
    return cmocka_run_group_tests_name("announcement", tests, NULL, NULL);
}
