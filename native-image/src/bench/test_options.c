#include "bench/options.h"
#include "bench/testing.h"
#include "bench/units.h"

#define READ(options, why, ...)                                                                                        \
    options_read((int)(sizeof((char *[]){"pantheon-bench", __VA_ARGS__}) / sizeof(char *)),                            \
                 (char *[]){"pantheon-bench", __VA_ARGS__}, options, why)

#define REFUSED(wanted, ...)                                                                                           \
    do {                                                                                                               \
        struct options options;                                                                                        \
        struct failure why = {""};                                                                                     \
        assert_false(READ(&options, &why, __VA_ARGS__));                                                               \
        assert_string_equal(why.text, wanted);                                                                         \
    } while (0)

static void the_command_lines_of_the_seed_are_read(void **state) {
    (void)state;
    struct options options;
    struct failure why;
    assert_true(
        READ(&options, &why, "tx-throughput", "--duration", "60s", "--connections", "500", "--tx-rate", "10000"));
    assert_string_equal(options.command->name, "tx-throughput");
    assert_true(options.duration_ns == 60000000000ull);
    assert_int_equal(options.connections, 500);
    assert_int_equal(options.tx_rate, 10000);
    assert_true(
        READ(&options, &why, "consensus-stress", "--validators", "100", "--block-time", "2s", "--duration", "300s"));
    assert_int_equal(options.validators, 100);
    assert_int_equal(options.block_bytes, 128 * 1024);
    assert_true(options.loss < 0); /* both: none, and 1 % */
    assert_true(options.block_time_ns == 2000000000ull && options.duration_ns == 300000000000ull);
    assert_true(
        READ(&options, &why, "network-latency", "--peers", "100", "--packet-size", "1024", "--duration", "60s"));
    assert_int_equal(options.peers, 100);
    assert_int_equal(options.packet_size, 1024);
}

static void without_options_they_are_those_of_the_seed(void **state) {
    (void)state;
    struct options options;
    struct failure why;
    assert_true(READ(&options, &why, "tx-throughput"));
    assert_true(options.duration_ns == 60000000000ull && options.connections == 500 && options.tx_rate == 10000);
    assert_int_equal(options.backend, BACKEND_BOTH);
    assert_null(options.json);
    assert_true(READ(&options, &why, "consensus-stress"));
    assert_true(options.duration_ns == 300000000000ull && options.validators == 100);
    assert_true(READ(&options, &why, "network-latency"));
    assert_int_equal(options.packet_size, 1024);
    assert_true(READ(&options, &why, "packet-rate"));
    assert_int_equal(options.packet_size, 64);
    assert_true(READ(&options, &why, "compare"));
    assert_true(options.pairs == 6 && options.traffic == COMPARED_BOTH);
    assert_true(READ(&options, &why, "compare", "--traffic", "transactions"));
    assert_int_equal(options.traffic, COMPARED_TRANSACTIONS);
}

static void options_of_all_commands_are_read(void **state) {
    (void)state;
    struct options options;
    struct failure why;
    assert_true(READ(&options, &why, "packet-rate", "--backend=kernel", "--json", "a.json", "--svg=b.svg", "--config",
                     "c.toml", "--max-steal", "5%"));
    assert_int_equal(options.backend, BACKEND_KERNEL);
    assert_string_equal(options.json, "a.json");
    assert_string_equal(options.svg, "b.svg");
    assert_string_equal(options.config, "c.toml");
    assert_near(options.most_steal, 0.05, 1e-12);
    assert_true(READ(&options, &why, "hostile-peer", "--backend", "dpdk", "--pairs", "3", "--peers", "10"));
    assert_int_equal(options.backend, BACKEND_DPDK);
    assert_true(options.duration_ns == 2000000000 && options.pairs == 3 && options.peers == 10);
}

static void a_blocks_size_and_loss_are_read(void **state) {
    (void)state;
    struct options options;
    struct failure why;
    assert_true(READ(&options, &why, "consensus-stress", "--block-size", "1MB", "--loss", "1%", "--max-steal", "5%"));
    assert_int_equal(options.block_bytes, 1 << 20);
    assert_near(options.loss, 0.01, 1e-12);
    assert_near(options.most_steal, 0.05, 1e-12);
    assert_true(READ(&options, &why, "consensus-stress", "--block-size", "512B", "--loss", "0%"));
    assert_int_equal(options.block_bytes, 512);
    assert_true(options.loss == 0);
}

static void a_wrong_command_line_says_what_is_wrong(void **state) {
    (void)state;
    REFUSED("throughput is no command of pantheon-bench; see --help", "throughput");
    REFUSED("--connections: found 0; must be from 1 to 65535", "tx-throughput", "--connections", "0");
    REFUSED("--connections: found ten; must be from 1 to 65535", "tx-throughput", "--connections", "ten");
    REFUSED("--packet-size: found 63; must be from 64 to 9216", "packet-rate", "--packet-size", "63");
    REFUSED("--duration: found 60; must be a whole number and its unit: ns, us, ms, s, m or h, as in 60s",
            "tx-throughput", "--duration", "60");
    REFUSED("--duration: found 999ms; must be from 1s to 86400s", "tx-throughput", "--duration", "999ms");
    REFUSED("--block-time: found 1ms; must be from 100ms to 60s", "consensus-stress", "--block-time", "1ms");
    REFUSED("--block-time: is longer than --duration; there would be no block", "consensus-stress", "--block-time",
            "60s", "--duration", "30s");
    REFUSED("--validators is no option of tx-throughput; see pantheon-bench tx-throughput --help", "tx-throughput",
            "--validators", "3");
    REFUSED("--block-size: found 1M; must be a whole number and its unit: B, KB or MB, as in 128KB", "consensus-stress",
            "--block-size", "1M");
    REFUSED("--block-size: found 511B; must be from 512B to 4MB", "consensus-stress", "--block-size", "511B");
    REFUSED("--block-size: found 4097KB; must be from 512B to 4MB", "consensus-stress", "--block-size", "4097KB");
    REFUSED(
        "--block-size: 500 validators would need 8000 MB for blocks, and 4096 MB are the most; take fewer of them, or "
        "smaller blocks",
        "consensus-stress", "--block-size", "4MB", "--validators", "500");
    REFUSED("--loss: found 0.5%; must be from 0% to 100%, without a fraction", "consensus-stress", "--loss", "0.5%");
    REFUSED("--speed is no option of pantheon-bench; see --help", "compare", "--speed", "3");
    REFUSED("--json lacks its value; see --help", "compare", "--json");
    REFUSED("--json: found nothing; must be the name of a file", "compare", "--json", "");
    REFUSED("extra belongs to no option; see --help", "compare", "extra");
    REFUSED("--backend: found xdp; must be dpdk, kernel or both", "packet-rate", "--backend", "xdp");
    REFUSED("--traffic: found votes; must be packets, transactions or both", "compare", "--traffic", "votes");
    REFUSED("--backend: compare needs both", "compare", "--backend", "dpdk");
    REFUSED("--max-steal: found 1.5%; must be from 0% to 100%, without a fraction", "compare", "--max-steal", "1.5%");
    struct options options;
    struct failure why;
    assert_false(options_read(1, (char *[]){"pantheon-bench"}, &options, &why));
    assert_string_equal(why.text, "a command is missing; see --help");
}

static void help_has_every_command_and_exit_code(void **state) {
    (void)state;
    static const char *const PARTS[] = {"tx-throughput ",   "consensus-stress ", "network-latency ", "packet-rate ",
                                        "compare ",         "\n   0  measured",  "\n   1  failed",   "\n   2  wrong",
                                        "\n  75  ran, but", "\n  78  conf"};
    struct written written;
    write_begin(&written);
    options_help(written.file, NULL);
    const char *text = write_end(&written);
    for (unsigned i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++) assert_contains(text, PARTS[i]);
    written_free(&written);
}

static void help_of_a_command_has_its_own_options_only(void **state) {
    (void)state;
    struct options options;
    struct failure why;
    struct written written;
    assert_true(READ(&options, &why, "consensus-stress", "--help"));
    assert_true(options.help);
    write_begin(&written);
    options_help(written.file, options.command);
    const char *text = write_end(&written);
    assert_contains(text, "--block-time TIME");
    assert_contains(text, "300s if not given");
    assert_null(strstr(text, "--connections"));
    written_free(&written);
    assert_true(READ(&options, &why, "--help"));
    assert_true(options.help && options.command == NULL);
    assert_true(READ(&options, &why, "--version"));
    assert_true(options.version);
}

static void durations_have_units(void **state) {
    (void)state;
    uint64_t ns;
    assert_true(units_duration("250ms", &ns) && ns == 250000000);
    assert_true(units_duration("2m", &ns) && ns == 120000000000ull);
    assert_true(units_duration("1h", &ns) && ns == 3600000000000ull);
    assert_true(units_duration("7us", &ns) && ns == 7000);
    assert_true(units_duration("9ns", &ns) && ns == 9);
    static const char *const WRONG[] = {
        "", "s", "60", "-1s", "1.5s", "1 s", "60S", "1000000000s", "9999999999999999999s", "1ss", "999999999h"};
    for (unsigned i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++)
        if (units_duration(WRONG[i], &ns)) fail_msg("%s was read as %llu", WRONG[i], (unsigned long long)ns);
}

static void numbers_are_shown_with_three_digits(void **state) {
    (void)state;
    static const struct {
        double value;
        const char *time;
        const char *count;
    } SHOWN[] = {{0, "0 ns", "0"},
                 {870, "870 ns", "870"},
                 {12345, "12.3 us", "12.3 k"},
                 {999600, "1.00 ms", "1.00 M"},
                 {4.5e6, "4.50 ms", "4.50 M"},
                 {60e9, "60.0 s", "60.0 G"}};
    static const char *const SHORT[][2] = {
        {"5.00 us", "5 us"}, {"50.0 k", "50 k"}, {"2.50 s", "2.5 s"}, {"100 ns", "100 ns"}, {"0", "0"}};
    char text[UNITS_TEXT];
    for (unsigned i = 0; i < sizeof SHORT / sizeof SHORT[0]; i++) {
        strcpy(text, SHORT[i][0]);
        assert_string_equal(units_short(text), SHORT[i][1]);
    }
    for (unsigned i = 0; i < sizeof SHOWN / sizeof SHOWN[0]; i++) {
        assert_string_equal(units_time(text, SHOWN[i].value), SHOWN[i].time);
        assert_string_equal(units_count(text, SHOWN[i].value), SHOWN[i].count);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_command_lines_of_the_seed_are_read),
        cmocka_unit_test(without_options_they_are_those_of_the_seed),
        cmocka_unit_test(options_of_all_commands_are_read),
        cmocka_unit_test(a_blocks_size_and_loss_are_read),
        cmocka_unit_test(a_wrong_command_line_says_what_is_wrong),
        cmocka_unit_test(help_has_every_command_and_exit_code),
        cmocka_unit_test(help_of_a_command_has_its_own_options_only),
        cmocka_unit_test(durations_have_units),
        cmocka_unit_test(numbers_are_shown_with_three_digits),
    };
    return cmocka_run_group_tests_name("bench options", tests, NULL, NULL);
}
