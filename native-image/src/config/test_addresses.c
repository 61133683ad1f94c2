#include "config/addresses.h"
#include "config/patterns.h"
#include "config/testing.h"

/* ADDRESSES: addresses.cases, from the build. */
static void is_of_kind(const char *kind, const char *text) {
    struct endpoint address, router;
    uint8_t ipv4[4], ipv6[16];
    bool host = pattern_address(text, &address), either = pattern_router(text, &router);
    if (host != (kind[0] == '4' || kind[0] == '6')) fail_msg("%s is %s", text, kind);
    if (either != (strcmp(kind, "none") != 0)) fail_msg("%s is %s", text, kind);
    if (host && (address.family != (kind[0] == '4' ? 4 : 6) || address.port != 0)) fail_msg("%s: family", text);
    if (pattern_ipv4(text, ipv4) != (kind[0] == '4')) fail_msg("%s is %s", text, kind);
    if (pattern_ipv6(text, ipv6) != (kind[0] == '6')) fail_msg("%s is %s", text, kind);
    if (kind[0] == '6') assert_memory_equal(address.address, ipv6, sizeof ipv6);
}

static void an_address_is_one_here_where_it_is_one_to_the_fleet_file(void **state) {
    (void)state;
    FILE *file = fopen(ADDRESSES, "re");
    assert_non_null(file);
    char line[256], kind[16], text[128];
    unsigned count = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        if (line[0] == '#' || sscanf(line, "%15s %127s", kind, text) != 2) continue;
        is_of_kind(kind, text);
        count++;
    }
    fclose(file);
    assert_true(count > 50);
}

static bool on_link(const char *own, uint32_t prefix, const char *other) {
    struct listen_conf listen = {.prefix = prefix};
    struct endpoint address;
    assert_true(pattern_address(own, &listen.endpoint) && pattern_address(other, &address));
    return addresses_on_link(&listen, &address);
}

static void an_address_is_on_the_link_where_all_bits_of_the_prefix_are_the_same(void **state) {
    (void)state;
    assert_true(on_link("10.78.0.1", 24, "10.78.0.255"));
    assert_false(on_link("10.78.0.1", 24, "10.78.1.1"));
    assert_true(on_link("10.78.0.1", 23, "10.78.1.1"));
    assert_false(on_link("10.78.0.1", 23, "10.78.2.1"));
    assert_true(on_link("10.78.0.1", 1, "100.64.0.1"));
    assert_false(on_link("10.78.0.1", 1, "192.0.2.1"));
    assert_false(on_link("10.78.0.1", 32, "10.78.0.0"));
    assert_true(on_link("10.78.0.1", 0, "192.0.2.1"));
    assert_true(on_link("fd00:78::1", 64, "fd00:78::ffff:0:0:1"));
    assert_false(on_link("fd00:78::1", 64, "fd00:78:0:1::1"));
    assert_true(on_link("fd00:78::1", 127, "fd00:78::"));
    assert_false(on_link("fd00:78::1", 128, "fd00:78::"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_one_here_where_it_is_one_to_the_fleet_file),
        cmocka_unit_test(an_address_is_on_the_link_where_all_bits_of_the_prefix_are_the_same),
    };
    return cmocka_run_group_tests_name("addresses", tests, NULL, NULL);
}
