#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "statistics/listener.h"
#include "statistics/request.h"
#include "statistics/scrape.h"

static void means(const char *text, enum request_result expected) {
    size_t length = strlen(text);
    if (request_read(text, length) != expected) fail_msg("%u, not %u: %s", request_read(text, length), expected, text);
}

static void a_request_means_what_it_says_to_the_letter(void **state) {
    (void)state;
    means("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", REQUEST_METRICS);
    means("GET /healthz HTTP/1.1\r\nhOST:\tx \r\nContent-Length: 0\r\n\r\nmore", REQUEST_HEALTH);
    means("GET /metrics HTTP/1.1\r\nHost: x\r\n\r", REQUEST_PART);
    means("", REQUEST_PART);
    means("GET /metrics/ HTTP/1.1\r\nHost: x\r\n\r\n", REQUEST_NOT_FOUND);
    means("GET http://x/metrics HTTP/1.1\r\nHost: x\r\n\r\n", REQUEST_NOT_FOUND);
    means("HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n", REQUEST_METHOD);
    means("get /metrics HTTP/1.1\r\nHost: x\r\n\r\n", REQUEST_METHOD);
    means("GET /metrics HTTP/1.0\r\n\r\n", REQUEST_VERSION);
    means("GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n", REQUEST_HAS_BODY);
    means("GET /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", REQUEST_HAS_BODY);
}

static void what_is_no_request_is_refused(void **state) {
    (void)state;
    static const char *const WRONG[] = {
        "GET /metrics HTTP/1.1\r\n\r\n",                        /* no Host */
        "GET /metrics HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",  /* two */
        "GET /metrics HTTP/1.1\nHost: x\r\n\r\n",               /* a bare line feed */
        "GET /metrics HTTP/1.1\r\nHost: x\n\r\n",               /* in the fields too */
        "GET  /metrics HTTP/1.1\r\nHost: x\r\n\r\n",            /* two blanks */
        "GET /metrics HTTP/1.1 \r\nHost: x\r\n\r\n",            /* one behind */
        "GET /metrics\r\nHost: x\r\n\r\n",                      /* HTTP/0.9 */
        "GET /metrics HTTP/1.1\r\nHost : x\r\n\r\n",            /* a blank before the colon */
        "GET /metrics HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n",  /* a folded line */
        "GET /metrics HTTP/1.1\r\nHost: x\r\na b: c\r\n\r\n",   /* a blank in a name */
        "GET /metrics HTTP/1.1\r\nHost: x\r\nno field\r\n\r\n", /* no colon */
        "GET /metrics HTTP/1.1\r\nHost: x\ry\r\n\r\n",          /* a bare carriage return */
        "GET /met\x01rics HTTP/1.1\r\nHost: x\r\n\r\n",         /* a control character */
        "G\xc3\xa9T /metrics HTTP/1.1\r\nHost: x\r\n\r\n",      /* a method of other letters */
        "\r\nGET /metrics HTTP/1.1\r\nHost: x\r\n\r\n",         /* an empty line in front */
        "\x16\x03\x01\x02\n",                                   /* TLS */
    };
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) means(WRONG[i], REQUEST_BAD);
    char long_one[REQUEST_BYTES + 1];
    memset(long_one, 'a', sizeof long_one);
    memcpy(long_one, "GET /metrics HTTP/1.1\r\nHost: ", 29);
    assert_int_equal(request_read(long_one, REQUEST_BYTES - 1), REQUEST_PART);
    assert_int_equal(request_read(long_one, REQUEST_BYTES), REQUEST_TOO_LARGE);
    assert_int_equal(request_read(long_one, REQUEST_BYTES + 1), REQUEST_TOO_LARGE);
}

/* A scrape on a socket of its own, its clock in the test's hand. */
struct world {
    struct scrape_pages pages; /* first: the pages find the rest */
    struct scrape scrape;
    char folder[32], path[64];
    uint64_t now;
    bool healthy, fits;
    size_t page; /* bytes of it */
};

static bool give_metrics(struct scrape_pages *pages, char *to, size_t room, size_t *length) {
    const struct world *world = (struct world *)pages;
    assert_true(room >= world->page);
    memset(to, 'm', world->page);
    *length = world->page;
    return world->fits;
}

static bool give_health(struct scrape_pages *pages, char *line, size_t room) {
    const struct world *world = (struct world *)pages;
    snprintf(line, room, world->healthy ? "ok" : "port 0 has no link");
    return world->healthy;
}

static int open_world(void **state) {
    struct world *world = calloc(1, sizeof *world);
    struct failure why;
    if (world == NULL) return -1;
    *world = (struct world){.pages = {give_metrics, give_health}, .now = 1, .healthy = true, .fits = true, .page = 9};
    strcpy(world->folder, "/tmp/scrape-XXXXXX");
    if (mkdtemp(world->folder) == NULL) return -1;
    snprintf(world->path, sizeof world->path, "%s/metrics.sock", world->folder);
    if (!scrape_open(&world->scrape, world->path, &world->pages, &why)) return -1;
    *state = world;
    return 0;
}

static int close_world(void **state) {
    struct world *world = *state;
    scrape_close(&world->scrape);
    int left = access(world->path, F_OK);
    rmdir(world->folder);
    free(world);
    return left == 0 ? -1 : 0; /* its socket is gone */
}

/* Rounds of the control loop, which never wait. */
static void rounds(struct world *world, int count) {
    struct pollfd files[SCRAPE_FILES];
    for (; count > 0; count--) {
        scrape_files(&world->scrape, files);
        assert_true(poll(files, SCRAPE_FILES, 0) >= 0);
        scrape_handle(&world->scrape, files, world->now);
    }
}

static int connect_to(const struct world *world) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, world->path);
    int file = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    assert_int_equal(connect(file, (struct sockaddr *)&address, sizeof address), 0);
    return file;
}

static void say(int file, const char *text) {
    assert_int_equal(send(file, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* Everything until the end, which must be there; -1 and nothing where it is not. */
static char *hear(int file, ssize_t *length) {
    static char heard[SCRAPE_HEADER + METRICS_BYTES + 1];
    size_t got = 0;
    ssize_t more;
    while ((more = recv(file, heard + got, sizeof heard - 1 - got, 0)) > 0) got += (size_t)more;
    *length = more == 0 ? (ssize_t)got : -1;
    heard[got] = '\0';
    return heard;
}

static void answers(struct world *world, const char *request, const char *start, const char *end) {
    int file = connect_to(world);
    ssize_t length;
    say(file, request);
    rounds(world, 3);
    const char *heard = hear(file, &length);
    assert_true(length > 0);
    if (strncmp(heard, start, strlen(start)) != 0) fail_msg("%s, not %s", heard, start);
    if (strcmp(heard + length - strlen(end), end) != 0) fail_msg("%s, not %s", heard, end);
    close(file);
    rounds(world, 1);
    for (unsigned i = 0; i < SCRAPE_CONNECTIONS; i++) assert_int_equal(world->scrape.connections[i].state, SCRAPE_FREE);
}

static void both_pages_are_answered_and_everything_else_is_refused(void **state) {
    struct world *world = *state;
    answers(world, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: 9\r\n",
            "Connection: close\r\n\r\nmmmmmmmmm");
    answers(world, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 OK\r\n", "\r\n\r\nok\n");
    world->healthy = false;
    answers(world, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 503 ", "\r\n\r\nport 0 has no link\n");
    answers(world, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 404 ", "\r\n\r\nthere are /metrics and /healthz\n");
    answers(world, "POST /metrics HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 405 ", "\r\n\r\nwrite GET\n");
    answers(world, "nonsense\r\n\r\nand much more behind it", "HTTP/1.1 400 ", "request\n");
    world->fits = false;
    answers(world, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 500 ", "room\n");
}

static void an_answer_arrives_though_most_of_what_was_said_is_never_read(void **state) {
    struct world *world = *state;
    char nonsense[3 * REQUEST_BYTES + 1];
    memset(nonsense, '\n', sizeof nonsense - 1);
    nonsense[sizeof nonsense - 1] = '\0';
    int file = connect_to(world);
    ssize_t length;
    say(file, nonsense);
    rounds(world, 2);
    assert_int_equal(strncmp(hear(file, &length), "HTTP/1.1 400 ", 13), 0);
    assert_true(length > 0);
    rounds(world, 3);
    hear(file, &length); /* -1 where the connection was reset */
    assert_int_equal(length, 0);
    close(file);
}

static void a_request_may_come_in_pieces(void **state) {
    struct world *world = *state;
    const char *request = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
    int file = connect_to(world);
    ssize_t length;
    for (const char *c = request; *c != '\0'; c++) {
        say(file, (char[]){*c, '\0'});
        rounds(world, 2);
    }
    rounds(world, 2);
    hear(file, &length);
    assert_true(length > 0);
    close(file);
}

static void a_page_larger_than_the_sockets_buffers_arrives_whole(void **state) {
    struct world *world = *state;
    int file = connect_to(world), size = 4096;
    size_t got = 0;
    char piece[4096];
    world->page = METRICS_BYTES;
    setsockopt(file, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    say(file, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
    for (int i = 0; i < 1000; i++) {
        rounds(world, 1);
        ssize_t more = recv(file, piece, sizeof piece, 0);
        if (more > 0) got += (size_t)more;
        if (more == 0) break;
    }
    assert_true(got > METRICS_BYTES && got < METRICS_BYTES + SCRAPE_HEADER);
    close(file);
}

static void who_says_nothing_or_reads_nothing_is_sent_away_after_two_seconds(void **state) {
    struct world *world = *state;
    int silent = connect_to(world), deaf = connect_to(world), done = connect_to(world);
    ssize_t length;
    world->page = METRICS_BYTES;
    assert_int_equal(scrape_ms(&world->scrape, world->now, 5000), 5000);
    rounds(world, 3);
    assert_int_equal(scrape_ms(&world->scrape, world->now, 5000), 2001);
    assert_int_equal(scrape_ms(&world->scrape, world->now, 100), 100);
    say(deaf, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
    say(done, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    world->now += 1999999999;
    rounds(world, 3);
    assert_int_equal(scrape_ms(&world->scrape, world->now, 5000), 1);
    world->now += 1;
    assert_int_equal(scrape_ms(&world->scrape, world->now, 5000), 0);
    rounds(world, 1);
    for (unsigned i = 0; i < SCRAPE_CONNECTIONS; i++) assert_int_equal(world->scrape.connections[i].state, SCRAPE_FREE);
    hear(silent, &length);
    assert_int_equal(length, 0);
    close(silent), close(deaf), close(done);
}

static void the_ninth_connection_waits_until_one_of_eight_ends(void **state) {
    struct world *world = *state;
    int files[SCRAPE_CONNECTIONS + 1];
    ssize_t length;
    for (unsigned i = 0; i <= SCRAPE_CONNECTIONS; i++) files[i] = connect_to(world);
    say(files[SCRAPE_CONNECTIONS], "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    rounds(world, 20);
    hear(files[SCRAPE_CONNECTIONS], &length);
    assert_int_equal(length, -1);
    close(files[0]);
    rounds(world, 5);
    hear(files[SCRAPE_CONNECTIONS], &length);
    assert_true(length > 0);
    for (unsigned i = 1; i <= SCRAPE_CONNECTIONS; i++) close(files[i]);
}

static void a_socket_left_by_a_process_that_ended_is_taken_away_and_no_other_file(void **state) {
    struct world *world = *state;
    struct failure why;
    struct stat found;
    char other[80];
    int waiting[SCRAPE_CONNECTIONS]; /* listener_open's own is the ninth */
    assert_int_equal(stat(world->path, &found), 0);
    assert_int_equal(found.st_mode & 07777, 0660);
    assert_int_equal(listener_open(world->path, 8, &why), -1);
    assert_non_null(strstr(why.text, "cannot listen there: Address already in use"));
    for (unsigned i = 0; i < SCRAPE_CONNECTIONS; i++) waiting[i] = connect_to(world);
    assert_int_equal(listener_open(world->path, 8, &why), -1); /* nor where too many wait already */
    for (unsigned i = 0; i < SCRAPE_CONNECTIONS; i++) close(waiting[i]);
    snprintf(other, sizeof other, "%s/left.sock", world->folder);
    close(listener_open(other, 8, &why));
    int file = listener_open(other, 8, &why);
    assert_true(file >= 0);
    close(file);
    unlink(other);
    close(open(other, O_CREAT | O_WRONLY, 0600));
    assert_int_equal(listener_open(other, 8, &why), -1);
    assert_int_equal(access(other, F_OK), 0);
    unlink(other);
}

static void a_loopback_address_is_listened_at_again_at_once(void **state) {
    (void)state;
    struct failure why;
    char address[32];
    int file = -1;
    for (unsigned port = 20000 + (unsigned)getpid() % 20000; file < 0 && port < 65000; port++) {
        snprintf(address, sizeof address, "127.0.0.1:%u", port);
        file = listener_open(address, 8, &why);
    }
    assert_true(file >= 0);
    assert_int_equal(listener_open(address, 8, &why), -1);
    close(file);
    file = listener_open(address, 8, &why);
    assert_true(file >= 0);
    close(file);
    assert_int_equal(listener_open("localhost:9464", 8, &why), -1);
}

#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, open_world, close_world)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_means_what_it_says_to_the_letter),
        cmocka_unit_test(what_is_no_request_is_refused),
        WORLD_TEST(both_pages_are_answered_and_everything_else_is_refused),
        WORLD_TEST(an_answer_arrives_though_most_of_what_was_said_is_never_read),
        WORLD_TEST(a_request_may_come_in_pieces),
        WORLD_TEST(a_page_larger_than_the_sockets_buffers_arrives_whole),
        WORLD_TEST(who_says_nothing_or_reads_nothing_is_sent_away_after_two_seconds),
        WORLD_TEST(the_ninth_connection_waits_until_one_of_eight_ends),
        WORLD_TEST(a_socket_left_by_a_process_that_ended_is_taken_away_and_no_other_file),
        cmocka_unit_test(a_loopback_address_is_listened_at_again_at_once),
    };
    return cmocka_run_group_tests_name("scrape", tests, NULL, NULL);
}
