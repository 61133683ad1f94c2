#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "main/notify.h"
#include "main/options.h"
#include "main/wait.h"

#define READ(options, why, ...)                                                                                        \
    options_read((int)(sizeof((char *[]){"pantheon-node", __VA_ARGS__}) / sizeof(char *)),                             \
                 (char *[]){"pantheon-node", __VA_ARGS__}, options, why)

static void the_command_line_of_the_seed_is_read(void **state) {
    (void)state;
    struct options options;
    struct failure why;
    assert_true(READ(&options, &why, "--config", "/etc/c.toml", "--datadir", "/var/lib/p", "--dpdk-enabled"));
    assert_string_equal(options.config, "/etc/c.toml");
    assert_string_equal(options.datadir, "/var/lib/p");
    assert_int_equal(options.link_seconds, 60);
    assert_true(READ(&options, &why, "--config=c", "--dpdk-config=d", "--check-config", "--link-seconds", "5"));
    assert_string_equal(options.dpdk_config, "d");
    assert_true(options.check_config);
    assert_int_equal(options.link_seconds, 5);
    assert_int_equal(options.seccomp, SECCOMP_ENFORCED);
    assert_null(options.user);
    assert_true(READ(&options, &why, "--config=c", "--user", "pantheon", "--seccomp=log"));
    assert_string_equal(options.user, "pantheon");
    assert_int_equal(options.seccomp, SECCOMP_LOGGED);
    assert_true(READ(&options, &why, "--config=c", "--log-level", "debug", "--log-level=eal=warning"));
    assert_int_equal(levels_of(&options.levels, LOG_NODE), 7);
    assert_int_equal(levels_of(&options.levels, LOG_EAL), 4);
}

static void a_wrong_command_line_says_what_is_wrong(void **state) {
    (void)state;
    struct options options;
    struct failure why;
    assert_false(READ(&options, &why, "--config"));
    assert_string_equal(why.text, "--config lacks its value; see --help");
    assert_false(READ(&options, &why, "--confg", "x"));
    assert_string_equal(why.text, "--confg is no option of pantheon-node; see --help");
    assert_false(READ(&options, &why, "--config", "a", "b"));
    assert_string_equal(why.text, "b belongs to no option; see --help");
    assert_false(READ(&options, &why, "--config", "a", "--link-seconds", "0"));
    assert_string_equal(why.text, "--link-seconds: found 0; must be from 1 to 3600");
    assert_false(READ(&options, &why, "--config", "a", "--seccomp", "on"));
    assert_string_equal(why.text, "--seccomp: found on; must be enforce, log or off");
    assert_false(READ(&options, &why, "--datadir", "a"));
    assert_string_equal(why.text, "--config is missing; name config.toml with it");
    assert_true(READ(&options, &why, "--version"));
}

/* A datagram socket at `name` (`@` first: abstract), which NOTIFY_SOCKET then names. */
static int listen_at(const char *name) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, name, strlen(name));
    socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
    if (name[0] == '@') address.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, length), 0);
    setenv("NOTIFY_SOCKET", name, 1);
    return fd;
}

static void arrives_at(const char *name) {
    char text[64] = "";
    int fd = listen_at(name);
    notify("READY=1\nSTATUS=%s", "up");
    assert_true(recv(fd, text, sizeof text - 1, 0) > 0);
    assert_string_equal(text, "READY=1\nSTATUS=up");
    close(fd);
}

static void a_manager_is_told_at_a_path_or_an_abstract_name(void **state) {
    (void)state;
    char folder[] = "/tmp/notify-XXXXXX", path[64], name[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/s", folder);
    snprintf(name, sizeof name, "@%s", folder);
    arrives_at(path);
    arrives_at(name);
    notify("nobody listens any more");
    unlink(path);
    rmdir(folder);
    setenv("NOTIFY_SOCKET", "relative", 1);
    notify("no name of a socket");
    unsetenv("NOTIFY_SOCKET");
    notify("no manager");
}

static void a_signal_a_wake_and_time_are_told_apart(void **state) {
    (void)state;
    struct wait wait;
    int wake = eventfd(0, EFD_NONBLOCK);
    uint64_t one = 1;
    assert_true(wait_open(&wait));
    assert_int_equal(wait_for(&wait, -1, 1), WAIT_TIME);
    assert_int_equal(wait_for(&wait, wake, 1), WAIT_TIME);
    assert_int_equal(write(wake, &one, sizeof one), sizeof one);
    assert_int_equal(wait_for(&wait, wake, 1000), WAIT_WAKE);
    raise(SIGHUP);
    assert_int_equal(wait_for(&wait, wake, 1000), WAIT_RELOAD);
    raise(SIGTERM);
    assert_int_equal(wait_for(&wait, wake, 1000), WAIT_STOP);
    assert_int_equal(wait_for(&wait, wake, 1000), WAIT_WAKE);
    close(wake);
}

static void files_of_others_are_waited_for_and_never_hide_a_signal(void **state) {
    (void)state;
    struct wait wait;
    uint64_t one = 1;
    struct pollfd files[2] = {{.fd = -1, .events = POLLIN, .revents = POLLERR}, {.events = POLLIN}};
    files[1].fd = eventfd(0, EFD_NONBLOCK);
    assert_true(wait_open(&wait));
    assert_int_equal(wait_for_files(&wait, -1, files, 2, 1), WAIT_TIME);
    assert_int_equal(files[0].revents, 0);
    assert_int_equal(write(files[1].fd, &one, sizeof one), sizeof one);
    assert_int_equal(wait_for_files(&wait, -1, files, 2, 1000), WAIT_FILES);
    assert_int_equal(files[0].revents, 0);
    assert_int_equal(files[1].revents, POLLIN);
    files[1].revents = 0;
    raise(SIGTERM);
    assert_int_equal(wait_for_files(&wait, -1, files, 2, 1000), WAIT_STOP);
    assert_int_equal(files[1].revents, POLLIN);
    close(files[1].fd);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_command_line_of_the_seed_is_read),
        cmocka_unit_test(a_wrong_command_line_says_what_is_wrong),
        cmocka_unit_test(a_manager_is_told_at_a_path_or_an_abstract_name),
        cmocka_unit_test(a_signal_a_wake_and_time_are_told_apart),
        cmocka_unit_test(files_of_others_are_waited_for_and_never_hide_a_signal),
    };
    return cmocka_run_group_tests_name("main", tests, NULL, NULL);
}
