#include "config/patterns.h"
#include "config/testing.h"

static void refused(const char *from, const char *to, const char *lines) {
    struct sample *sample = sample_new();
    char *text = with(CONFIG_TOML, from, to);
    assert_string_equal(config_toml_of(sample, text), lines);
    free(text);
    sample_free(sample);
}

static void every_value_is_read(void **state) {
    (void)state;
    struct sample *sample = sample_new();
    assert_string_equal(config_toml_of(sample, CONFIG_TOML), "");
    const struct config_toml *config = &sample->config;
    assert_true(config->network.listens);
    assert_memory_equal(config->network.listen_address, "\x0a\x4e\x00\x01", 4);
    assert_int_equal(config->dpdk.poll_mode, POLL_ADAPTIVE);
    assert_int_equal(config->dpdk.cpu_cores.count, 2);
    assert_int_equal(config->network.peer_count, 1);
    assert_string_equal(config->network.peers[0].name, "beta");
    assert_memory_equal(config->network.peers[0].mac, "\x52\x54\x00\xd1\x00\x02", 6);
    sample_free(sample);
}

static void a_node_without_peers_needs_no_address(void **state) {
    (void)state;
    struct sample *sample = sample_new();
    char *silent = with(CONFIG_TOML, "listen_address = \"10.78.0.1\"\nlisten_port = 30900\n", "");
    *strstr(silent, "[[network.peers]]") = '\0';
    assert_string_equal(config_toml_of(sample, silent), "");
    assert_false(sample->config.network.listens);
    free(silent);
    sample_free(sample);
}

static void a_mistake_says_where_what_and_what_to_do(void **state) {
    (void)state;
    refused("max_peers = 500", "max_peers = 0",
            "config.toml:4: [network] max_peers: found 0; must be a whole number from 1 to 100000\n");
    refused("max_peers = 500", "max_peers = \"500\"",
            "config.toml:4: [network] max_peers: found \"500\"; must be a whole number from 1 to 100000\n");
    refused("\"/etc/pantheonchain/dpdk.conf\"", "\"/etc/../dpdk.conf\"",
            "config.toml:3: [network] dpdk_config: found \"/etc/../dpdk.conf\"; must be an absolute path such as "
            "/etc/pantheonchain/dpdk.conf\n");
    refused("\"adaptive\"", "\"adaptve\"",
            "config.toml:12: [network.dpdk] poll_mode: found \"adaptve\"; must be busy-wait or adaptive\n");
    refused(
        "[2, 3]", "[2, 2]",
        "config.toml:13: [network.dpdk] cpu_cores: found [2, 2]; must be a list of CPUs below 1024, each once, such "
        "as [2, 3]\n");
    refused("dpdk_enabled = true", "dpdk_enabled = 1",
            "config.toml:2: [network] dpdk_enabled: found 1; must be true or false\n");
    refused("max_pending_peers", "max_pendng_peers",
            "config.toml:5: [network] max_pendng_peers: found 100; is no key here; did you mean max_pending_peers?\n"
            "config.toml:1: [network] max_pending_peers: found nothing; write this key in the section\n");
    refused("[performance]", "[debug]\nenable_profiling = true\n[performance]",
            "config.toml:21: [debug] profile_output: found nothing; write this key in the section\n");
}

static void metrics_are_listened_for_at_an_address_or_a_path(void **state) {
    (void)state;
    static const char *const RIGHT[] = {"127.0.0.1:9464", "0.0.0.0:1024", "10.78.0.1:65535", "/run/x/m.sock"};
    static const char *const WRONG[] = {
        "127.0.0.1",        "127.0.0.1:80",   "127.0.0.1:65536", "127.0.0.1:09464", "127.0.0.01:9464",
        "256.0.0.1:9464",   "localhost:9464", "run/m.sock",      "/run/../m.sock",  "",
        "127.0.0.1:9464/m", "/run//m"};
    char section[160], lines[400];
    refused("[performance]", "[metrics]\n[performance]",
            "config.toml:21: [metrics] listen: found nothing; write this key in the section\n");
    for (size_t i = 0; i < sizeof RIGHT / sizeof *RIGHT; i++) {
        snprintf(section, sizeof section, "[metrics]\nlisten = \"%s\"\n[performance]", RIGHT[i]);
        refused("[performance]", section, "");
    }
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        snprintf(section, sizeof section, "[metrics]\nlisten = \"%s\"\n[performance]", WRONG[i]);
        snprintf(lines, sizeof lines,
                 "config.toml:22: [metrics] listen: found \"%s\"; must be an IPv4 address and a port above 1023 such "
                 "as 127.0.0.1:9464, or the path of a socket\n",
                 WRONG[i]);
        refused("[performance]", section, lines);
    }
    char path[110] = "/";
    memset(path + 1, 'm', 106);
    assert_true(pattern_listen(path));
    path[107] = 'm';
    assert_false(pattern_listen(path));
}

static void peers_are_checked_one_by_one_and_against_each_other(void **state) {
    (void)state;
    static const char PEER[] = "[[network.peers]]\nname = \"beta\"\naddress = \"10.78.0.2\"\nport = 30900\nmac = "
                               "\"52:54:00:d1:00:03\"\n";
    refused(
        "\"10.78.0.2\"", "\"10.78.0.1\"",
        "config.toml:27: [network.peers] address: found \"10.78.0.1\"; is this node's own listen_address; leave the "
        "node out\n");
    refused("\"10.78.0.2\"", "\"224.0.0.1\"",
            "config.toml:27: [network.peers] address: found \"224.0.0.1\"; must be the IPv4 address of one host, such "
            "as 10.78.0.1\n");
    refused("52:54:00:d1:00:02", "53:54:00:d1:00:02",
            "config.toml:29: [network.peers] mac: found \"53:54:00:d1:00:02\"; must be the MAC address of one card in "
            "lowercase, such as 52:54:00:d1:00:02\n");
    refused("[[network.peers]]", "[network.peers]",
            "config.toml:25: table: found [network.peers]; write [[network.peers]]\n");
    refused("listen_address = \"10.78.0.1\"\nlisten_port = 30900\n", "",
            "config.toml:1: [network] listen_address: found nothing; peers need it together with listen_port; write "
            "both\n");
    refused("listen_port = 30900\n", "",
            "config.toml:9: [network] listen_address: found \"10.78.0.1\"; listen_address and listen_port belong "
            "together; write both\n");
    char both[2 * sizeof PEER];
    snprintf(both, sizeof both, "%s[[network.peers]]", PEER);
    refused(
        "[[network.peers]]", both,
        "config.toml:31: [network.peers] name: found \"beta\"; is another peer's name already; give each its own\n");
    char *other = with(both, "\"beta\"", "\"gamma\"");
    refused(
        "[[network.peers]]", other,
        "config.toml:32: [network.peers] address: found \"10.78.0.2\"; is another peer's address and port already\n");
    free(other);
    refused("max_peers = 500", "max_peers = 1", "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_value_is_read),
        cmocka_unit_test(a_node_without_peers_needs_no_address),
        cmocka_unit_test(a_mistake_says_where_what_and_what_to_do),
        cmocka_unit_test(metrics_are_listened_for_at_an_address_or_a_path),
        cmocka_unit_test(peers_are_checked_one_by_one_and_against_each_other),
    };
    return cmocka_run_group_tests_name("config_toml", tests, NULL, NULL);
}
