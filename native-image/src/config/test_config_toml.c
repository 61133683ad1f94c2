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
    assert_memory_equal(config->network.listen[0].endpoint.address, "\x0a\x4e\x00\x01", 4);
    assert_int_equal(config->network.listen[0].endpoint.port, 30900);
    assert_int_equal(config->network.listen[0].endpoint.family, 4);
    assert_int_equal(config->dpdk.poll_mode, POLL_ADAPTIVE);
    assert_int_equal(config->dpdk.cpu_cores.count, 2);
    assert_int_equal(config->network.peer_count, 1);
    assert_string_equal(config->network.peers[0].name, "beta");
    const uint8_t address[4] = {10, 78, 0, 2};
    struct endpoint endpoint = endpoint_ipv4(address, 30900);
    assert_int_equal(endpoint_compare(&config->network.peers[0].endpoint, &endpoint), 0);
    assert_memory_equal(config->network.peers[0].mac, "\x52\x54\x00\xd1\x00\x02", 6);
    sample_free(sample);
}

static void ipv6_prefixes_and_gateways_are_read(void **state) {
    (void)state;
    struct sample *sample = sample_new();
    char *text = with(CONFIG_TOML, "listen_port = 30900\n",
                      "listen_address6 = \"fd00:78::1\"\nlisten_port = 30900\nlisten_prefix = 24\n"
                      "gateway = \"10.78.0.254\"\nlisten_prefix6 = 64\ngateway6 = \"fe80::1\"\n");
    char *changed = with(text, "address = \"10.78.0.2\"", "address = \"fd00:78::2\"");
    assert_string_equal(config_toml_of(sample, changed), "");
    const struct listen_conf *ipv4 = config_toml_listen(&sample->config, 4);
    const struct listen_conf *ipv6 = config_toml_listen(&sample->config, 6);
    assert_ptr_equal(ipv4, &sample->config.network.listen[0]);
    assert_ptr_equal(ipv6, &sample->config.network.listen[1]);
    assert_int_equal(ipv4->prefix, 24);
    assert_memory_equal(ipv4->gateway.address, "\x0a\x4e\x00\xfe", 4);
    assert_memory_equal(ipv6->endpoint.address, "\xfd\0\0\x78\0\0\0\0\0\0\0\0\0\0\0\1", 16);
    assert_int_equal(ipv6->endpoint.port, 30900);
    assert_memory_equal(ipv6->gateway.address, "\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16);
    const struct peer_conf *peer = sample->config.network.peers;
    assert_memory_equal(peer->endpoint.address, "\xfd\0\0\x78\0\0\0\0\0\0\0\0\0\0\0\2", 16);
    assert_int_equal(peer->endpoint.family, 6);
    free(changed);
    free(text);
    sample_free(sample);
}

static void an_ipv6_address_can_be_the_only_one(void **state) {
    (void)state;
    struct sample *sample = sample_new();
    char *text = with(CONFIG_TOML, "listen_address = \"10.78.0.1\"", "listen_address = \"fd00:78::1\"");
    assert_string_equal(config_toml_of(sample, text), "");
    assert_null(config_toml_listen(&sample->config, 4));
    assert_ptr_equal(config_toml_listen(&sample->config, 6), &sample->config.network.listen[0]);
    free(text);
    sample_free(sample);
}

static void a_peer_may_have_no_mac_address(void **state) {
    (void)state;
    struct sample *sample = sample_new();
    char *text = with(CONFIG_TOML, "mac = \"52:54:00:d1:00:02\"\n", "");
    assert_string_equal(config_toml_of(sample, text), "");
    assert_null(sample->config.network.peers[0].mac_text);
    assert_memory_equal(sample->config.network.peers[0].mac, "\0\0\0\0\0\0", 6);
    free(text);
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

static void limits_may_be_left_out_and_have_their_ranges(void **state) {
    (void)state;
    struct sample *sample = sample_new();
    assert_string_equal(config_toml_of(sample, CONFIG_TOML), "");
    assert_int_equal(sample->config.limits.messages, LIMITS_MESSAGES);
    assert_int_equal(sample->config.limits.echoes, LIMITS_ECHOES);
    sample_free(sample);
    refused("[performance]", "[network.limits]\nmessages = 19\n[performance]",
            "config.toml:22: [network.limits] messages: found 19; must be a whole number from 20 to 1000000000\n");
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

static void the_exception_path_is_an_interface(void **state) {
    (void)state;
    static const char *const RIGHT[] = {"pantheon0", "p", "tap-0.12_AB", "abcdefghijklmno"};
    static const char *const WRONG[] = {"",     "0tap", "tap%d", "tap 0", "tap/0", ".", "-tap", "abcdefghijklmnop",
                                        "tap:0"};
    struct sample *sample = sample_new();
    char setting[120], lines[300];
    assert_string_equal(config_toml_of(sample, CONFIG_TOML), "");
    assert_null(sample->config.network.exception_path);
    for (size_t i = 0; i < sizeof RIGHT / sizeof *RIGHT; i++) {
        snprintf(setting, sizeof setting, "exception_path = \"%s\"\nlisten_port", RIGHT[i]);
        char *text = with(CONFIG_TOML, "listen_port", setting);
        assert_string_equal(config_toml_of(sample, text), "");
        assert_string_equal(sample->config.network.exception_path, RIGHT[i]);
        free(text);
    }
    sample_free(sample);
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        snprintf(setting, sizeof setting, "exception_path = \"%s\"\nlisten_port", WRONG[i]);
        snprintf(lines, sizeof lines,
                 "config.toml:10: [network] exception_path: found \"%s\"; must be the name of a network interface, 15 "
                 "letters at most, such as pantheon0\n",
                 WRONG[i]);
        refused("listen_port", setting, lines);
    }
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
            "config.toml:27: [network.peers] address: found \"224.0.0.1\"; must be the address of one host, such as "
            "10.78.0.1 or, in lowercase and as short as can be, fd00:78::1\n");
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
    refused("listen_address = \"10.78.0.1\"\nlisten_port = 30900\n", "listen_address6 = \"fd00:78::1\"\n",
            "config.toml:9: [network] listen_address6: found \"fd00:78::1\"; listen_address6 and listen_port belong "
            "together; write both\n");
    refused("listen_address = \"10.78.0.1\"\n", "",
            "config.toml:9: [network] listen_port: found 30900; listen_address and listen_port belong together; write "
            "both\n");
    refused("listen_address = \"10.78.0.1\"\n", "listen_address6 = \"10.78.0.1\"\n",
            "config.toml:9: [network] listen_address6: found \"10.78.0.1\"; must be the IPv6 address of one host, in "
            "lowercase and as short as can be, such as fd00:78::1\n");
    refused("listen_port = 30900\n", "listen_port = 30900\nlisten_prefix = 129\ngateway = \"ff02::2\"\n",
            "config.toml:11: [network] listen_prefix: found 129; must be a whole number from 1 to 128\n"
            "config.toml:12: [network] gateway: found \"ff02::2\"; must be the address of a router, such as "
            "10.78.0.254 or, in lowercase and as short as can be, fe80::1\n");
    char *six = with(CONFIG_TOML, "\"10.78.0.2\"", "\"fd00:78::1\"");
    struct sample *sample = sample_new();
    char *own = with(six, "listen_port", "listen_address6 = \"fd00:78::1\"\nlisten_port");
    assert_string_equal(config_toml_of(sample, own),
                        "config.toml:28: [network.peers] address: found \"fd00:78::1\"; is this node's own "
                        "listen_address6; leave the node out\n");
    free(own);
    free(six);
    sample_free(sample);
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
        cmocka_unit_test(ipv6_prefixes_and_gateways_are_read),
        cmocka_unit_test(an_ipv6_address_can_be_the_only_one),
        cmocka_unit_test(a_peer_may_have_no_mac_address),
        cmocka_unit_test(a_node_without_peers_needs_no_address),
        cmocka_unit_test(a_mistake_says_where_what_and_what_to_do),
        cmocka_unit_test(limits_may_be_left_out_and_have_their_ranges),
        cmocka_unit_test(metrics_are_listened_for_at_an_address_or_a_path),
        cmocka_unit_test(the_exception_path_is_an_interface),
        cmocka_unit_test(peers_are_checked_one_by_one_and_against_each_other),
    };
    return cmocka_run_group_tests_name("config_toml", tests, NULL, NULL);
}
