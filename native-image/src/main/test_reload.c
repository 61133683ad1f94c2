#include <unistd.h>

#include "config/testing.h"
#include "main/reload.h"

/* Two pairs of files of a folder of their own. */
struct world {
    char folder[32], toml[64], conf[64];
    struct configuration old, fresh;
};

static struct reload changes;
static char lines[1 << 16];
static bool refused;

static void note(bool is_refused, const char *line) {
    size_t length = strlen(lines);
    refused = is_refused;
    snprintf(lines + length, sizeof lines - length, "%s\n", line);
}

static void write_file(const char *path, const char *text) {
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void write_pair(const struct world *world, const char *toml, const char *conf) {
    write_file(world->toml, toml);
    write_file(world->conf, conf);
}

static int open_world(void **state) {
    struct world *world = calloc(1, sizeof *world);
    struct report report = {0};
    if (world == NULL) return -1;
    strcpy(world->folder, "/tmp/reload-XXXXXX");
    if (mkdtemp(world->folder) == NULL) return -1;
    snprintf(world->toml, sizeof world->toml, "%s/config.toml", world->folder);
    snprintf(world->conf, sizeof world->conf, "%s/dpdk.conf", world->folder);
    write_pair(world, CONFIG_TOML, DPDK_CONF);
    if (!configuration_load(world->toml, world->conf, NULL, &world->old, &report)) return -1;
    lines[0] = '\0';
    *state = world;
    return 0;
}

static int close_world(void **state) {
    struct world *world = *state;
    configuration_release(&world->old);
    configuration_release(&world->fresh);
    unlink(world->toml), unlink(world->conf), rmdir(world->folder);
    free(world);
    return 0;
}

static enum reload_result again(struct world *world) {
    lines[0] = '\0';
    configuration_release(&world->fresh);
    enum reload_result result = reload_read(world->toml, world->conf, NULL, &world->old, &world->fresh, &changes, note);
    if (result == RELOAD_TAKEN) assert_string_equal(lines, ""); /* whoever takes it tells */
    if (result == RELOAD_TAKEN) reload_say_taken(&changes, note);
    return result;
}

/* What a change of config.toml, and one of dpdk.conf, come to. */
static void toml_gives(struct world *world, const char *from, const char *to, enum reload_result result,
                       const char *expected) {
    char *text = with(CONFIG_TOML, from, to);
    write_pair(world, text, DPDK_CONF);
    assert_int_equal(again(world), result);
    if (expected != NULL) assert_string_equal(lines, expected);
    free(text);
}

static void conf_gives(struct world *world, const char *from, const char *to, enum reload_result result,
                       const char *expected) {
    char *text = with(DPDK_CONF, from, to);
    write_pair(world, CONFIG_TOML, text);
    assert_int_equal(again(world), result);
    assert_string_equal(lines, expected);
    free(text);
}

#define ONE "configuration read again: 1 change is taken\n"
#define ONE_REFUSED "configuration read again and refused, the old one stays: 1 of 1 changes needs a restart\n"

static void files_that_say_the_same_change_nothing(void **state) {
    struct world *world = *state;
    assert_int_equal(again(world), RELOAD_SAME);
    assert_string_equal(lines, "configuration read again: nothing has changed\n");
    assert_false(refused);
    assert_null(world->fresh.arena.last);
    toml_gives(world, "poll_mode = \"adaptive\" # or \"busy-wait\"", "poll_mode   = \"adaptive\"", RELOAD_SAME,
               "configuration read again: nothing has changed\n");
}

static void limits_poll_mode_and_levels_are_taken(void **state) {
    struct world *world = *state;
    toml_gives(world, "max_peers = 500", "max_peers = 600", RELOAD_TAKEN,
               ONE "config.toml [network] max_peers: was 500, is 600\n");
    assert_int_equal(world->fresh.config_toml.network.max_peers, 600);
    assert_false(refused);
    toml_gives(world, "connection_timeout = 30", "connection_timeout = 31", RELOAD_TAKEN,
               ONE "config.toml [network] connection_timeout: was 30, is 31\n");
    toml_gives(world, "\"adaptive\"", "\"busy-wait\"", RELOAD_TAKEN,
               ONE "config.toml [network.dpdk] poll_mode: was adaptive, is busy-wait\n");
    toml_gives(world, "[performance]", "[network.limits]\nechoes = 5\n[performance]", RELOAD_TAKEN,
               ONE "config.toml [network.limits] echoes: was 1000, is 5\n");
    conf_gives(world, "-n 4", "-n 4 --log-level=lib.eal:debug", RELOAD_TAKEN,
               ONE "dpdk.conf [global] eal-args: other levels of --log-level\n");
    conf_gives(world, "-n 4", "-n4", RELOAD_SAME, "configuration read again: nothing has changed\n");
}

static void what_is_taken_once_needs_a_restart(void **state) {
    struct world *world = *state;
    toml_gives(world, "listen_port = 30900", "listen_port = 30901", RELOAD_REFUSED,
               ONE_REFUSED "config.toml [network] listen_port: was 30900, is 30901; needs a restart\n");
    assert_true(refused);
    assert_null(world->fresh.arena.last);
    toml_gives(world, "zero_copy_enabled = true", "zero_copy_enabled = false", RELOAD_REFUSED,
               ONE_REFUSED "config.toml [network.dpdk] zero_copy_enabled: was true, is false; needs a restart\n");
    toml_gives(world, "[performance]", "[metrics]\nlisten = \"127.0.0.1:9464\"\n[performance]", RELOAD_REFUSED,
               ONE_REFUSED "config.toml [metrics] listen: was nothing, is 127.0.0.1:9464; needs a restart\n");
    conf_gives(world, "mempool-size = 4095", "mempool-size = 4096", RELOAD_REFUSED,
               ONE_REFUSED "dpdk.conf [performance] mempool-size: was 4095, is 4096; needs a restart\n");
    conf_gives(world, "-n 4", "-n 2 --log-level=debug", RELOAD_REFUSED,
               "configuration read again and refused, the old one stays: 1 of 2 changes needs a restart\n"
               "dpdk.conf [global] eal-args: other arguments than --log-level have changed; needs a restart\n"
               "dpdk.conf [global] eal-args: other levels of --log-level\n");
    conf_gives(world, "-n 4", "-n 4 --legacy-mem", RELOAD_REFUSED,
               ONE_REFUSED
               "dpdk.conf [global] eal-args: other arguments than --log-level have changed; needs a restart\n");
    char *silent = with(CONFIG_TOML, "listen_address = \"10.78.0.1\"\nlisten_port = 30900\n", "");
    *strstr(silent, "[[network.peers]]") = '\0';
    write_pair(world, silent, DPDK_CONF);
    assert_int_equal(again(world), RELOAD_REFUSED);
    assert_non_null(strstr(lines, "listen_port: was 30900, is nothing; needs a restart\n"));
    free(silent);
    conf_gives(world, "rss-hash-key = auto", "rss-hash-key = auto\nrss-queues = 2", RELOAD_REFUSED,
               ONE_REFUSED "dpdk.conf [advanced] rss-queues: was nothing, is 2; needs a restart\n");
}

static void other_peers_are_taken(void **state) {
    struct world *world = *state;
    toml_gives(world, "\"10.78.0.2\"", "\"10.78.0.3\"", RELOAD_TAKEN,
               ONE "config.toml [[network.peers]] beta: was 10.78.0.2:30900 52:54:00:d1:00:02, is "
                   "10.78.0.3:30900 52:54:00:d1:00:02\n");
    assert_int_equal(world->fresh.config_toml.network.peers[0].endpoint.address[3], 3);
    toml_gives(world, "\"beta\"", "\"gamma\"", RELOAD_TAKEN,
               "configuration read again: 2 changes are taken\n"
               "config.toml [[network.peers]] beta: gone\n"
               "config.toml [[network.peers]] gamma: new, 10.78.0.2:30900\n");
}

/* The threads that are for peers come and go with them. */
static void the_last_peer_and_the_first_one_need_a_restart(void **state) {
    struct world *world = *state;
    char *alone = with(CONFIG_TOML, "", "");
    *strstr(alone, "[[network.peers]]") = '\0';
    write_pair(world, alone, DPDK_CONF);
    assert_int_equal(again(world), RELOAD_REFUSED);
    assert_string_equal(lines, ONE_REFUSED "config.toml [[network.peers]] beta: gone; needs a restart\n");
    struct report report = {0};
    configuration_release(&world->old);
    assert_true(configuration_load(world->toml, world->conf, NULL, &world->old, &report));
    write_pair(world, CONFIG_TOML, DPDK_CONF);
    assert_int_equal(again(world), RELOAD_REFUSED);
    assert_string_equal(lines,
                        ONE_REFUSED "config.toml [[network.peers]] beta: new, 10.78.0.2:30900; needs a restart\n");
    free(alone);
}

static void what_could_not_be_taken_is_one_line(void **state) {
    (void)state;
    struct failure why;
    failed(&why, "no memory for %u peers", 9);
    lines[0] = '\0';
    reload_say_failed(&why, note);
    assert_true(refused);
    assert_string_equal(lines, "configuration read again and refused, the old one stays: no memory for 9 peers\n");
}

static void another_card_or_cpu_needs_a_restart(void **state) {
    struct world *world = *state;
    conf_gives(world, "0000:01:10.0", "0000:01:10.1", RELOAD_REFUSED,
               ONE_REFUSED "dpdk.conf [ports] port-0-pci: was 0000:01:10.0, is 0000:01:10.1; needs a restart\n");
    char *toml = with(CONFIG_TOML, "[2, 3]", "[2, 4]"), *conf = with(DPDK_CONF, "-l 2-3", "-l 2,4");
    write_pair(world, toml, conf);
    assert_int_equal(again(world), RELOAD_REFUSED);
    assert_non_null(strstr(lines, "config.toml [network.dpdk] cpu_cores: was 2-3, is 2,4; needs a restart\n"));
    free(toml), free(conf);
}

static void wrong_files_are_refused_with_their_mistakes(void **state) {
    struct world *world = *state;
    write_pair(world, "[network\n", DPDK_CONF);
    assert_int_equal(again(world), RELOAD_REFUSED);
    assert_true(refused);
    assert_non_null(strstr(lines, "configuration read again and refused, the old one stays: "));
    assert_non_null(strstr(lines, "/config.toml:1: "));
    unlink(world->toml);
    assert_int_equal(again(world), RELOAD_REFUSED);
    assert_non_null(strstr(lines, "stays: 1 mistake\n"));
    assert_non_null(strstr(lines, "/config.toml: cannot be opened (No such file or directory)"));
    toml_gives(world, "max_peers = 500\nmax_pending_peers = 100", "max_peers = 0\nmax_pending_peers = 0",
               RELOAD_REFUSED, NULL);
    assert_non_null(strstr(lines, ":4: [network] max_peers: found 0; must be a whole number from 1 to 100000\n"));
    assert_non_null(strstr(lines, "/config.toml:5: [network] max_pending_peers: found 0; "));
    assert_null(strstr(lines, "\n\n"));
}

/* 3,000 peers under other names. */
static char *many_peers(const char *prefix) {
    char *text = malloc(1 << 20), *mark;
    assert_non_null(text);
    char *base = with(CONFIG_TOML, "max_peers = 500", "max_peers = 9000");
    mark = strstr(base, "[[network.peers]]");
    *mark = '\0';
    size_t length = (size_t)snprintf(text, 1 << 20, "%s", base);
    free(base);
    for (unsigned i = 0; i < 3000; i++)
        length += (size_t)snprintf(text + length, (1 << 20) - length,
                                   "[[network.peers]]\nname = \"%s%u\"\naddress = \"10.79.%u.%u\"\nport = 30900\nmac = "
                                   "\"52:54:00:d1:00:02\"\n",
                                   prefix, i, i / 250, 1 + i % 250);
    return text;
}

static void a_thousand_changes_are_counted_and_those_that_need_a_restart_kept(void **state) {
    struct world *world = *state;
    char *peers = many_peers("peer-"), *moved = with(peers, "listen_port = 30900", "listen_port = 30901");
    write_pair(world, moved, DPDK_CONF);
    assert_int_equal(again(world), RELOAD_REFUSED);
    assert_non_null(strstr(lines, "stays: 1 of 3003 changes needs a restart\n"));
    assert_non_null(strstr(lines, "listen_port: was 30900, is 30901; needs a restart\n"));
    assert_non_null(strstr(lines, "\nand 2939 more changes\n"));
    write_pair(world, peers, DPDK_CONF);
    assert_int_equal(again(world), RELOAD_TAKEN);
    assert_non_null(strstr(lines, "configuration read again: 3002 changes are taken\n"));
    free(peers), free(moved);
}

#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, open_world, close_world)

int main(void) {
    const struct CMUnitTest tests[] = {
        WORLD_TEST(files_that_say_the_same_change_nothing),
        WORLD_TEST(limits_poll_mode_and_levels_are_taken),
        WORLD_TEST(what_is_taken_once_needs_a_restart),
        WORLD_TEST(other_peers_are_taken),
        WORLD_TEST(the_last_peer_and_the_first_one_need_a_restart),
        WORLD_TEST(what_could_not_be_taken_is_one_line),
        WORLD_TEST(another_card_or_cpu_needs_a_restart),
        WORLD_TEST(wrong_files_are_refused_with_their_mistakes),
        WORLD_TEST(a_thousand_changes_are_counted_and_those_that_need_a_restart_kept),
    };
    return cmocka_run_group_tests_name("reload", tests, NULL, NULL);
}
