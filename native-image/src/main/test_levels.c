#include "config/testing.h"
#include "main/levels.h"

static struct levels levels;
static struct failure why;

static int forget(void **state) {
    (void)state;
    levels.count = 0;
    return 0;
}

static void setting_is(unsigned index, enum level_kind kind, const char *pattern, unsigned level) {
    assert_true(index < levels.count);
    assert_int_equal(levels.list[index].kind, kind);
    assert_string_equal(levels.list[index].pattern, pattern);
    assert_int_equal(levels.list[index].level, level);
}

static void a_level_alone_is_everybodys(void **state) {
    (void)state;
    for (unsigned i = 0; i < LOG_COMPONENTS; i++) assert_int_equal(levels_of(&levels, i), 6);
    assert_true(levels_add(&levels, "debug", &why));
    for (unsigned i = 0; i < LOG_COMPONENTS; i++) assert_int_equal(levels_of(&levels, i), 7);
    setting_is(0, LEVEL_GLOB, "*", 7);
}

static void a_component_has_a_level_of_its_own_and_the_last_counts(void **state) {
    (void)state;
    static const char *const NAMES[] = {"node",      "config",       "eal",     "port", "protocol",
                                        "consensus", "transactions", "metrics", "bench"};
    char text[64];
    for (unsigned i = 0; i < LOG_COMPONENTS; i++) {
        levels.count = 0;
        snprintf(text, sizeof text, "%s=error", NAMES[i]);
        assert_true(levels_add(&levels, text, &why));
        for (unsigned k = 0; k < LOG_COMPONENTS; k++) assert_int_equal(levels_of(&levels, k), k == i ? 3 : 6);
    }
    assert_true(levels_add(&levels, "warning", &why));
    assert_int_equal(levels_of(&levels, LOG_BENCH), 4);
    assert_true(levels_add(&levels, "bench=emergency", &why));
    assert_int_equal(levels_of(&levels, LOG_BENCH), 0);
}

static void dpdks_log_types_belong_to_eal_and_port_or_are_named(void **state) {
    (void)state;
    assert_true(levels_add(&levels, "eal=debug", &why));
    assert_true(levels_add(&levels, "port=notice", &why));
    assert_true(levels_add(&levels, "lib.mbuf=alert", &why));
    assert_true(levels_add(&levels, "pantheon.con*=critical", &why));
    setting_is(0, LEVEL_GLOB, "pantheon.eal", 7);
    setting_is(1, LEVEL_GLOB, "lib.*", 7);
    setting_is(2, LEVEL_GLOB, "pantheon.port", 5);
    setting_is(3, LEVEL_GLOB, "pmd.*", 5);
    setting_is(4, LEVEL_GLOB, "bus.*", 5);
    setting_is(5, LEVEL_GLOB, "lib.mbuf", 1);
    assert_int_equal(levels_of(&levels, LOG_CONFIG), 2);
    assert_int_equal(levels_of(&levels, LOG_CONSENSUS), 2);
    assert_int_equal(levels_of(&levels, LOG_NODE), 6);
}

static void a_wrong_level_or_name_is_told(void **state) {
    (void)state;
    assert_false(levels_add(&levels, "verbose", &why));
    assert_string_equal(why.text, "--log-level: found verbose; must be emergency, alert, critical, error, warning, "
                                  "notice, info or debug, alone or behind NAME=");
    assert_false(levels_add(&levels, "port=", &why));
    assert_false(levels_add(&levels, "=debug", &why));
    assert_false(levels_add(&levels, "ports=debug", &why));
    assert_string_equal(why.text, "--log-level: found ports; must be node, config, eal, port, protocol, consensus, "
                                  "transactions, metrics or bench, or a pattern of DPDK's log types such as lib.eal");
    assert_int_equal(levels.count, 0);
    unsigned times = 0;
    while (levels_add(&levels, "port=debug", &why)) times++;
    assert_string_equal(why.text, "--log-level: is given too often");
    assert_true(times >= 20 && levels.count <= LEVELS_OF_COMMAND_LINE);
}

static void eal_args_come_first_and_the_command_line_counts_more(void **state) {
    (void)state;
    struct levels command_line = {0};
    const struct eal_arguments eal = {.more = {"--log-level=pantheon.port:debug", "--no-pci", "--log-level=lib.eal:8",
                                               "--log-level=pantheon.*,err", "--log-level=notice",
                                               "--log-level=lib.x:nonsense", "--log-level=pantheon.n*:warn"},
                                      .more_count = 7};
    assert_true(levels_add(&command_line, "bench=debug", &why));
    assert_true(levels_add(&levels, "debug", &why)); /* what stood in it before counts no more */
    levels_make(&levels, &eal, &command_line);
    assert_int_equal(levels.count, 6);
    setting_is(0, LEVEL_GLOB, "pantheon.port", 7);
    setting_is(1, LEVEL_GLOB, "lib.eal", 7);
    setting_is(2, LEVEL_REGEXP, "pantheon.*", 3);
    setting_is(3, LEVEL_GLOBAL, "", 5);
    setting_is(4, LEVEL_GLOB, "pantheon.n*", 4);
    setting_is(5, LEVEL_GLOB, "pantheon.bench", 7);
    assert_int_equal(levels_of(&levels, LOG_PORT), 7); /* the regular expression is for DPDK's types */
    assert_int_equal(levels_of(&levels, LOG_NODE), 4);
    assert_int_equal(levels_of(&levels, LOG_BENCH), 7);
}

#define LEVELS_TEST(f) cmocka_unit_test_setup(f, forget)

int main(void) {
    const struct CMUnitTest tests[] = {
        LEVELS_TEST(a_level_alone_is_everybodys),
        LEVELS_TEST(a_component_has_a_level_of_its_own_and_the_last_counts),
        LEVELS_TEST(dpdks_log_types_belong_to_eal_and_port_or_are_named),
        LEVELS_TEST(a_wrong_level_or_name_is_told),
        LEVELS_TEST(eal_args_come_first_and_the_command_line_counts_more),
    };
    return cmocka_run_group_tests_name("levels", tests, NULL, NULL);
}
