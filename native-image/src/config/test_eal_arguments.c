#include "config/eal_command.h"
#include "config/testing.h"

static void read(struct sample *sample, const char *text) {
    sample->document = (struct document){.file = "dpdk.conf", .arena = &sample->arena};
    const struct setting setting = {.key = "eal-args", .line = 2, .kind = SETTING_WORD, .raw = text, .text = text};
    eal_arguments_read(&sample->document, &setting, &sample->conf.global.eal, &sample->report);
}

static void refused(const char *text, const char *line) {
    struct sample *sample = sample_new();
    char whole[1024];
    read(sample, text);
    snprintf(whole, sizeof whole, "dpdk.conf:2: [global] eal-args: found %s\n", line);
    assert_string_equal(reported(sample), whole);
    sample_free(sample);
}

static void arguments_are_read_with_and_without_an_equals_sign(void **state) {
    (void)state;
    struct sample *sample = sample_new();
    read(sample, "-l2-3  -n 4 --proc-type primary --vdev net_null0 --huge-unlink --log-level=pmd.*:debug -m64");
    const struct eal_arguments *eal = &sample->conf.global.eal;
    assert_string_equal(reported(sample), "");
    assert_int_equal(eal->lcores.count, 2);
    assert_int_equal(eal->memory_channels, 4);
    assert_true(eal->has_vdev);
    assert_true(eal->has_huge_unlink);
    assert_int_equal(eal->more_count, 5);
    assert_string_equal(eal->more[0], "--vdev=net_null0");
    assert_string_equal(eal->more[1], "--huge-unlink");
    assert_string_equal(eal->more[2], "--log-level=pmd.*:debug");
    assert_string_equal(eal->more[3], "-m");
    assert_string_equal(eal->more[4], "64");
    sample_free(sample);
}

static void what_the_node_decides_itself_is_refused(void **state) {
    (void)state;
    refused("-l 2 -a 0000:01:00.0", "-a; ports are taken by port-N-pci of [ports]; leave it out");
    refused("-l 2 --socket-mem=64", "--socket-mem=64; write it as socket-mem in [memory]");
    refused("-l 2 --lcores=0@1", "--lcores=0@1; write the data plane's CPUs as a list, -l 2-7");
    refused("-l 2 -d /tmp/evil.so", "-d; drivers are built into the program; leave it out");
    refused("-l 2 --proc-type=secondary", "--proc-type=secondary; the node owns its ports; write --proc-type=primary");
}

static void what_eal_does_not_know_is_refused(void **state) {
    (void)state;
    refused("-l 2 --no-hugee", "--no-hugee; is no EAL argument that may stand here; did you mean --no-huge?");
    refused("-l 2 stray", "stray; belongs to no argument; write it behind one, such as -l 2-7");
    refused("-l 2 --vdev", "--vdev; lacks its value; write it behind it");
    refused("-l 2 --no-pci=1", "--no-pci=1; takes no value; take it out");
    refused("-l 2 --vdev=a;b", "--vdev=a;b; has a character that no EAL argument needs; take it out");
    refused("-l 2 -l 3", "3; -l is there already; keep one of them");
    refused("-l 2 -n 17", "17; -n must be memory channels from 1 to 16");
    refused("-l 2-", "2-; -l must be a list of CPUs such as 2-7");
    refused("-n 4", "-n 4; name the data plane's CPUs with -l, such as -l 2-7");
}

static void command_is(const char *conf, unsigned workers, const char *start, const char *expected) {
    struct sample *sample = sample_new();
    struct eal_command command;
    struct cpu_list cpus;
    char text[2048] = "";
    assert_string_equal(dpdk_conf_of(sample, conf), "");
    assert_true(cpu_list_parse(start, &cpus));
    eal_command_build(&sample->conf, workers, &cpus, &sample->arena, &command);
    for (int i = 0; i < command.count; i++) {
        strcat(text, i > 0 ? " " : "");
        strcat(text, command.arguments[i]);
    }
    assert_string_equal(text, expected);
    sample_free(sample);
}

static void the_main_lcore_floats_beside_the_data_plane(void **state) {
    (void)state;
    command_is(DPDK_CONF, 1, "0-3",
               "pantheon-node --lcores=0@(0-1),1@2 --main-lcore=0 -n4 --proc-type=primary --socket-mem=256,256 "
               "--huge-unlink=always --iova-mode=va --allow=0000:01:10.0");
    command_is(DPDK_CONF, 2, "2-3",
               "pantheon-node --lcores=0@(2),1@2,2@3 --main-lcore=0 -n4 --proc-type=primary --socket-mem=256,256 "
               "--huge-unlink=always --iova-mode=va --allow=0000:01:10.0");
}

static void what_was_asked_for_is_not_overruled(void **state) {
    (void)state;
    char *pa = with(DPDK_CONF, "--proc-type=primary", "--iova-mode=pa --huge-unlink=never --huge-dir=/mnt/huge");
    command_is(pa, 1, "0-3",
               "pantheon-node --lcores=0@(0-1),1@2 --main-lcore=0 -n4 --proc-type=primary --socket-mem=256,256 "
               "--allow=0000:01:10.0 --iova-mode=pa --huge-unlink=never --huge-dir=/mnt/huge");
    free(pa);
    char *memory = with(DPDK_CONF, "--proc-type=primary", "--in-memory");
    command_is(memory, 1, "0-3",
               "pantheon-node --lcores=0@(0-1),1@2 --main-lcore=0 -n4 --proc-type=primary --socket-mem=256,256 "
               "--iova-mode=va --allow=0000:01:10.0 --in-memory");
    free(memory);
    char *named = with(DPDK_CONF, "0000:01:10.0", "net_null0"),
         *null = with(named, "-n 4", "--no-huge --vdev=net_null0");
    command_is(
        null, 1, "0-3",
        "pantheon-node --lcores=0@(0-1),1@2 --main-lcore=0 --proc-type=primary --iova-mode=va --no-pci --no-huge "
        "--vdev=net_null0");
    free(named);
    free(null);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_are_read_with_and_without_an_equals_sign),
        cmocka_unit_test(what_the_node_decides_itself_is_refused),
        cmocka_unit_test(what_eal_does_not_know_is_refused),
        cmocka_unit_test(the_main_lcore_floats_beside_the_data_plane),
        cmocka_unit_test(what_was_asked_for_is_not_overruled),
    };
    return cmocka_run_group_tests_name("eal_arguments", tests, NULL, NULL);
}
