#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "main/ask.h"
#include "main/status.h"

/* Questions and what a node answers to them; others are answered with null, as DPDK does. */
struct answer {
    const char *question, *text;
};

#define NODE                                                                                                           \
    { "/pantheon/node", "{\"version\":\"0.1.0\",\"network_id\":\"lab\",\"uptime_seconds\":93784,\"peers\":2}" }
#define LIST                                                                                                           \
    { "/ethdev/list", "[0]" }
#define INFO                                                                                                           \
    { "/ethdev/info,0", "{\"name\":\"net_memif0\",\"nb_rx_queues\":1,\"mtu\":1500,\"mac_addr\":\"52:54\"}" }
#define UP                                                                                                             \
    { "/ethdev/link_status,0", "{\"status\":\"UP\",\"speed\":100000}" }
#define DOWN                                                                                                           \
    { "/ethdev/link_status,0", "{\"status\":\"DOWN\"}" }
#define MORE                                                                                                           \
    {"/pantheon/peers,0", "{\"beta\":{\"address\":\"10.78.0.2\",\"sent\":49,\"rtt_us\":5808}}"},                       \
        {"/pantheon/peers,1", "{\"gamma\":{\"address\":\"10.78.0.13\",\"sent\":7,\"rtt_us\":12}}"},                    \
        {"/pantheon/peers,2", "{}"}, {"/pantheon/workers", "{\"0\":{\"lcore\":1,\"rounds\":19036}}"}, {                \
        "/pantheon/drops", "{\"short\":0,\"no_room\":2}"                                                               \
    }

struct world {
    const struct answer *answers;
    char runtime[32], path[128];
    int listener;
    pthread_t node;
    const char *raw; /* answered to everything, where there is one */
    char *out, *errors;
};

static void answer_one(const struct world *world, int file, const char *question, size_t length) {
    char text[1024];
    const char *found = "null";
    for (const struct answer *answer = world->answers; answer->question != NULL; answer++)
        if (strlen(answer->question) == length && memcmp(answer->question, question, length) == 0) found = answer->text;
    snprintf(text, sizeof text, "{\"%.*s\":%s}", (int)strcspn(question, ","), question, found);
    if (world->raw != NULL) snprintf(text, sizeof text, "%s", world->raw);
    assert_int_equal(send(file, text, strlen(text) + 1, 0), strlen(text) + 1);
}

static void *be_node(void *argument) {
    const struct world *world = argument;
    char question[128];
    int file = accept(world->listener, NULL, NULL);
    send(file, "{\"version\":\"DPDK\"}", 18, 0);
    ssize_t length;
    while ((length = recv(file, question, sizeof question - 1, 0)) > 0) {
        question[length] = '\0';
        answer_one(world, file, question, (size_t)length);
    }
    close(file);
    return NULL;
}

static void open_world(struct world *world, const struct answer *answers) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    *world = (struct world){.answers = answers, .runtime = "/tmp/status-XXXXXX"};
    assert_non_null(mkdtemp(world->runtime));
    snprintf(world->path, sizeof world->path, "%s/dpdk", world->runtime);
    mkdir(world->path, 0700);
    strcat(world->path, "/rte");
    mkdir(world->path, 0700);
    strcat(world->path, "/dpdk_telemetry.v2");
    strcpy(address.sun_path, world->path);
    world->listener = socket(AF_UNIX, SOCK_SEQPACKET, 0);
    assert_int_equal(bind(world->listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(world->listener, 1), 0);
}

static void close_world(struct world *world) {
    char command[160];
    free(world->out);
    free(world->errors);
    close(world->listener);
    snprintf(command, sizeof command, "rm -r %s", world->runtime);
    assert_int_equal(system(command), 0);
}

/* What it answers and says, to a node that is there where `runs`. */
static enum status_exit run(struct world *world, bool runs, char *what, char *more) {
    char *arguments[] = {what, (char[]){"--runtime"}, world->runtime, more, NULL};
    size_t length;
    FILE *out = open_memstream(&world->out, &length), *errors = open_memstream(&world->errors, &length);
    if (runs) assert_int_equal(pthread_create(&world->node, NULL, be_node, world), 0);
    enum status_exit result = status_main(more == NULL ? 3 : 4, arguments, out, errors);
    fclose(out);
    fclose(errors);
    if (runs) pthread_join(world->node, NULL);
    return result;
}

static void a_healthy_node_is_shown_in_tables(void **state) {
    (void)state;
    static const struct answer ANSWERS[] = {NODE, LIST, INFO, UP, MORE, {NULL, NULL}};
    struct world world;
    open_world(&world, ANSWERS);
    assert_int_equal(run(&world, true, (char[]){"status"}, NULL), STATUS_HEALTHY);
    assert_string_equal(world.out, "pantheon-node 0.1.0 of lab, up 1 d 02:03:04: healthy\n"
                                   "\n"
                                   "ports\n"
                                   "  name        port  link   speed  mac     mtu  queues\n"
                                   "  net_memif0     0  UP    100000  52:54  1500       1\n"
                                   "\n"
                                   "peers\n"
                                   "  name   address     sent  rtt_us\n"
                                   "  beta   10.78.0.2     49    5808\n"
                                   "  gamma  10.78.0.13     7      12\n"
                                   "\n"
                                   "workers\n"
                                   "  name  lcore  rounds\n"
                                   "  0         1   19036\n"
                                   "\n"
                                   "drops\n"
                                   "  no_room                  2\n");
    assert_string_equal(world.errors, "");
    close_world(&world);
}

static void json_has_everything_in_one_object(void **state) {
    (void)state;
    static const struct answer ANSWERS[] = {NODE, LIST, INFO, UP, MORE, {NULL, NULL}};
    struct world world;
    json_error_t error;
    open_world(&world, ANSWERS);
    assert_int_equal(run(&world, true, (char[]){"status"}, (char[]){"--json"}), STATUS_HEALTHY);
    json_t *status = json_loads(world.out, 0, &error);
    assert_non_null(status);
    assert_true(json_is_true(json_object_get(status, "healthy")));
    assert_int_equal(json_object_size(json_object_get(status, "peers")), 2);
    assert_int_equal(json_array_size(json_object_get(status, "ports")), 1);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(status, "drops"), "no_room")), 2);
    json_decref(status);
    close_world(&world);
}

static void health_is_one_line(void **state) {
    (void)state;
    static const struct answer ANSWERS[] = {NODE, LIST, INFO, UP, {NULL, NULL}};
    struct world world;
    open_world(&world, ANSWERS);
    assert_int_equal(run(&world, true, (char[]){"health"}, NULL), STATUS_HEALTHY);
    assert_string_equal(world.out, "healthy\n");
    close_world(&world);
}

static void a_node_that_is_not_ready_and_one_without_link_are_not_healthy(void **state) {
    (void)state;
    static const struct answer WAITS[] = {LIST, INFO, UP, {NULL, NULL}},
                               LOST[] = {NODE, LIST, INFO, DOWN, {NULL, NULL}};
    struct world world;
    open_world(&world, WAITS);
    assert_int_equal(run(&world, true, (char[]){"health"}, NULL), STATUS_UNHEALTHY);
    assert_string_equal(world.out, "not ready: it starts, or waits for its links\n");
    free(world.out), free(world.errors);
    assert_int_equal(run(&world, true, (char[]){"status"}, NULL), STATUS_UNHEALTHY);
    assert_non_null(strstr(world.out, "pantheon-node: not ready"));
    assert_non_null(strstr(world.out, "  net_memif0     0  UP"));
    close_world(&world);
    open_world(&world, LOST);
    assert_int_equal(run(&world, true, (char[]){"health"}, NULL), STATUS_UNHEALTHY);
    assert_string_equal(world.out, "port 0 (net_memif0) has no link\n");
    close_world(&world);
}

/* A bond of two ports, the first of which has no link. */
#define BOND                                                                                                           \
    { "/pantheon/bonding", "{\"active\":\"net_memif1\",\"failovers\":1,\"returns\":0}" }
#define PORTS                                                                                                          \
    {"/ethdev/list", "[0,1]"}, INFO, DOWN, {                                                                           \
        "/ethdev/info,1", "{\"name\":\"net_memif1\"}"                                                                  \
    }

static void a_bond_with_one_link_left_is_healthy_and_says_which_is_down(void **state) {
    (void)state;
    static const struct answer HALF[] = {NODE, BOND,        PORTS, {"/ethdev/link_status,1", "{\"status\":\"UP\"}"},
                                         MORE, {NULL, NULL}},
                               NONE[] = {
                                   NODE, BOND, PORTS, {"/ethdev/link_status,1", "{\"status\":\"DOWN\"}"}, {NULL, NULL}};
    struct world world;
    open_world(&world, HALF);
    assert_int_equal(run(&world, true, (char[]){"health"}, NULL), STATUS_HEALTHY);
    assert_string_equal(world.out, "healthy, but port 0 (net_memif0) has no link\n");
    free(world.out), free(world.errors);
    assert_int_equal(run(&world, true, (char[]){"status"}, NULL), STATUS_HEALTHY);
    assert_non_null(strstr(world.out, "the bond sends over net_memif1; 1 failovers, 0 returns\n"));
    close_world(&world);
    open_world(&world, NONE);
    assert_int_equal(run(&world, true, (char[]){"health"}, NULL), STATUS_UNHEALTHY);
    assert_string_equal(world.out, "port 1 (net_memif1) has no link\n");
    close_world(&world);
}

static void a_node_that_does_not_run_is_told_from_one_that_is_not_healthy(void **state) {
    (void)state;
    static const struct answer NONE[] = {{NULL, NULL}};
    struct world world;
    open_world(&world, NONE);
    close(world.listener); /* the socket's file is left, as after a crash */
    assert_int_equal(run(&world, false, (char[]){"status"}, NULL), STATUS_NOT_RUNNING);
    assert_string_equal(world.out, "");
    assert_non_null(strstr(world.errors, "not running: "));
    assert_non_null(strstr(world.errors, "dpdk_telemetry.v2: Connection refused"));
    free(world.out), free(world.errors);
    unlink(world.path);
    assert_int_equal(run(&world, false, (char[]){"health"}, NULL), STATUS_UNHEALTHY);
    assert_non_null(strstr(world.out, "No such file or directory"));
    close_world(&world);
}

static void nonsense_for_an_answer_is_said_and_does_no_harm(void **state) {
    (void)state;
    static const struct answer NONE[] = {{NULL, NULL}},
                               ODD[] = {{"/pantheon/node", "{\"version\":\"\\u001b[2J\",\"network_id\":[]}"},
                                        {"/ethdev/list", "[\"x\",{}]"},
                                        {"/ethdev/info,0", "7"},
                                        {"/ethdev/link_status,0", "[]"},
                                        {"/pantheon/peers,0", "{\"a\":7,\"b\":{\"c\":{}}}"},
                                        {"/pantheon/peers,2", "{\"a\":7}"},
                                        {"/pantheon/workers", "[1]"},
                                        {"/pantheon/drops", "{\"x\":[]}"},
                                        {NULL, NULL}};
    static const char *const RAW[] = {"", "{", "[]", "7", "{\"other\":1}", "{\"/pantheon/node\":1} 2"};
    struct world world;
    for (size_t i = 0; i < sizeof RAW / sizeof *RAW; i++) {
        open_world(&world, NONE);
        world.raw = RAW[i];
        assert_int_equal(run(&world, true, (char[]){"status"}, NULL), STATUS_UNHEALTHY);
        assert_non_null(strstr(world.errors, "no answer: "));
        close_world(&world);
    }
    open_world(&world, ODD);
    assert_int_equal(run(&world, true, (char[]){"status"}, NULL), STATUS_UNHEALTHY);
    assert_null(strchr(world.out, '\x1b'));
    close_world(&world);
}

static void a_wrong_command_line_is_told(void **state) {
    (void)state;
    static const struct answer NONE[] = {{NULL, NULL}};
    struct world world;
    open_world(&world, NONE);
    assert_int_equal(run(&world, false, (char[]){"status"}, (char[]){"--jsn"}), STATUS_USAGE);
    assert_string_equal(world.errors, "pantheon-node: --jsn is no option of status; see --help\n");
    free(world.out), free(world.errors);
    assert_int_equal(run(&world, false, (char[]){"health"}, (char[]){"--json"}), STATUS_USAGE);
    free(world.out), free(world.errors);
    assert_int_equal(run(&world, false, (char[]){"health"}, (char[]){"more"}), STATUS_USAGE);
    free(world.out), free(world.errors);
    assert_int_equal(run(&world, false, (char[]){"status"}, (char[]){"--help"}), STATUS_HEALTHY);
    close_world(&world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_healthy_node_is_shown_in_tables),
        cmocka_unit_test(json_has_everything_in_one_object),
        cmocka_unit_test(health_is_one_line),
        cmocka_unit_test(a_node_that_is_not_ready_and_one_without_link_are_not_healthy),
        cmocka_unit_test(a_bond_with_one_link_left_is_healthy_and_says_which_is_down),
        cmocka_unit_test(a_node_that_does_not_run_is_told_from_one_that_is_not_healthy),
        cmocka_unit_test(nonsense_for_an_answer_is_said_and_does_no_harm),
        cmocka_unit_test(a_wrong_command_line_is_told),
    };
    return cmocka_run_group_tests_name("status", tests, NULL, NULL);
}
