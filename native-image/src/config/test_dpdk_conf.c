#include "config/testing.h"

static void refused(const char *from, const char *to, const char *lines) {
    struct sample *sample = sample_new();
    char *text = with(DPDK_CONF, from, to);
    assert_string_equal(dpdk_conf_of(sample, text), lines);
    free(text);
    sample_free(sample);
}

static void every_value_is_read(void **state) {
    (void)state;
    struct sample *sample = sample_new();
    assert_string_equal(dpdk_conf_of(sample, DPDK_CONF), "");
    const struct dpdk_conf *conf = &sample->conf;
    assert_int_equal(conf->global.eal.lcores.count, 2);
    assert_int_equal(conf->memory.hugepage_size, HUGEPAGE_2M);
    assert_int_equal(conf->memory.numa_nodes, 2);
    assert_int_equal(conf->memory.socket_mem_mb[1], 256);
    assert_int_equal(conf->ports.count, 1);
    assert_string_equal(conf->ports.list[0].pci, "0000:01:10.0");
    assert_int_equal(conf->ports.list[0].tx_desc, 512);
    assert_int_equal(conf->performance.mempool_size, 4095);
    assert_false(conf->advanced.enable_rss);
    assert_false(conf->advanced.has_rss_queues);
    assert_false(conf->has_bonding);
    sample_free(sample);
}

static void a_mistake_says_where_what_and_what_to_do(void **state) {
    (void)state;
    refused("burst-size = 32", "burst-size = 0",
            "dpdk.conf:16: [performance] burst-size: found 0; must be a whole number from 1 to 512\n");
    refused("mempool-size = 4095", "mempool-size = many",
            "dpdk.conf:18: [performance] mempool-size: found many; must be a whole number from 1 to 16777215\n");
    refused("enable-rss = false", "enable-rss = no",
            "dpdk.conf:23: [advanced] enable-rss: found no; must be true or false\n");
    refused("hugepage-size = 2M", "hugepage-size = 4M",
            "dpdk.conf:4: [memory] hugepage-size: found 4M; must be 2M or 1G\n");
    refused("0000:01:10.0", "01:10.0",
            "dpdk.conf:9: [ports] port-0-pci: found 01:10.0; must be a PCI address with its domain, lowercase, such as "
            "0000:01:00.0\n");
    refused("0000:01:10.0", "net_memif0",
            "dpdk.conf:9: [ports] port-0-pci: found net_memif0; must be a PCI address with its domain, lowercase, such "
            "as 0000:01:00.0\n");
    refused("256,256", "256,",
            "dpdk.conf:6: [memory] socket-mem: found 256,; must be MB for each NUMA node, 4194304 at most, such as "
            "4096,4096\n");
    refused("rss-hash-key = auto", "rss-hash-key = 6d5a",
            "dpdk.conf:24: [advanced] rss-hash-key: found 6d5a; must be auto, or 40 or 52 bytes as lowercase "
            "hexadecimal digits\n");
}

static void unknown_and_missing_keys_are_told(void **state) {
    (void)state;
    refused("burst-size = 32", "bust-size = 32",
            "dpdk.conf:16: [performance] bust-size: found 32; is no key here; did you mean burst-size?\n"
            "dpdk.conf:13: [performance] burst-size: found nothing; write this key in the section\n");
    refused("[advanced]\n", "[advanced]\nqqqqqqqqqq = 1\n",
            "dpdk.conf:20: [advanced] qqqqqqqqqq: found 1; is no key here; there is enable-jumbo-frames, "
            "max-rx-pkt-len, enable-hw-checksum, enable-rss, rss-queues, rss-hash-key\n");
    refused("port-0-queues = 2", "port-1-queues = 2\nport-1-pci = 0000:02:00.0",
            "dpdk.conf:7: [ports] port-0-queues: found nothing; write this key in the section\n"
            "dpdk.conf:7: [ports] port-1-rx-desc: found nothing; write this key in the section\n"
            "dpdk.conf:7: [ports] port-1-tx-desc: found nothing; write this key in the section\n");
}

static void unknown_and_missing_sections_are_told(void **state) {
    (void)state;
    struct sample *sample = sample_new();
    char *text = with(DPDK_CONF, "[memory]", "[memry]");
    const char *lines = dpdk_conf_of(sample, text);
    assert_non_null(strstr(lines, "dpdk.conf:3: section: found [memry]; is no section here; did you mean memory?\n"));
    assert_non_null(strstr(lines, "[memory] socket-mem: found nothing; write the section with this key\n"));
    free(text);
    sample_free(sample);
}

static void bonding_is_read_and_checked(void **state) {
    (void)state;
    static const char BONDING[] = "[bonding]\nenabled = false\nmode = active-backup  # Mode 1\nprimary-port = "
                                  "0000:01:00.0\nsecondary-port = 0000:02:00.0\nlink-monitor-interval = 100  # ms\n";
    char text[2048];
    struct sample *sample = sample_new();
    snprintf(text, sizeof text, "%s%s", DPDK_CONF, BONDING);
    assert_string_equal(dpdk_conf_of(sample, text), "");
    assert_true(sample->conf.has_bonding);
    assert_false(sample->conf.bonding.enabled);
    assert_int_equal(sample->conf.bonding.link_monitor_interval, 100);
    sample_free(sample);
    char *wrong = with(text, "primary-port", "primary");
    sample = sample_new();
    assert_non_null(strstr(dpdk_conf_of(sample, wrong), "[bonding] primary: found 0000:01:00.0; is no key here;"));
    free(wrong);
    sample_free(sample);
}

static void a_virtual_device_needs_its_eal_argument(void **state) {
    (void)state;
    struct sample *sample = sample_new();
    char *named = with(DPDK_CONF, "0000:01:10.0", "net_memif0");
    char *text = with(named, "--proc-type=primary", "--no-pci --vdev=net_memif0,role=server");
    assert_string_equal(dpdk_conf_of(sample, text), "");
    assert_true(sample->conf.global.eal.has_vdev);
    free(named);
    free(text);
    sample_free(sample);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_value_is_read),
        cmocka_unit_test(a_mistake_says_where_what_and_what_to_do),
        cmocka_unit_test(unknown_and_missing_keys_are_told),
        cmocka_unit_test(unknown_and_missing_sections_are_told),
        cmocka_unit_test(bonding_is_read_and_checked),
        cmocka_unit_test(a_virtual_device_needs_its_eal_argument),
    };
    return cmocka_run_group_tests_name("dpdk_conf", tests, NULL, NULL);
}
