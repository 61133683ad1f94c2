#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "exception/exception.h"

/* The control thread's part, without EAL: a pair of sockets that keep frames apart is the TAP and the kernel behind it.
 */
enum { LONGEST = 1518, WORKERS = 2 };
static const uint64_t NOW = 1000000000ull;

struct world {
    struct exception exception;
    struct frame_ring *to_kernel[WORKERS];
    int kernel;
};

static int begin(void **state) {
    struct world *world = calloc(1, sizeof *world);
    int files[2];
    if (world == NULL || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, files) != 0) return 1;
    for (unsigned i = 0; i < WORKERS; i++) world->to_kernel[i] = frame_ring_make(EXCEPTION_RING, LONGEST + 1);
    world->exception = (struct exception){.open = true, .file = files[0], .workers = WORKERS};
    world->exception.to_kernel = world->to_kernel;
    world->exception.from_kernel = frame_ring_make(EXCEPTION_RING, LONGEST + 1);
    world->kernel = files[1];
    *state = world;
    return 0;
}

static int end(void **state) {
    struct world *world = *state;
    exception_close(&world->exception);
    for (unsigned i = 0; i < WORKERS; i++) frame_ring_release(world->to_kernel[i]);
    frame_ring_release(world->exception.from_kernel);
    close(world->kernel);
    free(world);
    return 0;
}

/* As the control loop does. */
static void goes_round(struct world *world, uint64_t now) {
    struct pollfd file = exception_file(&world->exception);
    poll(&file, 1, 0);
    assert_true(exception_handle(&world->exception, file, now));
}

static void frames_of_every_worker_reach_the_kernel(void **state) {
    struct world *world = *state;
    char got[LONGEST];
    assert_true(frame_ring_put(world->to_kernel[0], (const uint8_t *)"first", 5));
    assert_true(frame_ring_put(world->to_kernel[0], (const uint8_t *)"second", 6));
    assert_true(frame_ring_put(world->to_kernel[1], (const uint8_t *)"other", 5));
    goes_round(world, NOW);
    assert_int_equal(read(world->kernel, got, sizeof got), 5);
    assert_memory_equal(got, "first", 5);
    assert_int_equal(read(world->kernel, got, sizeof got), 6);
    assert_int_equal(read(world->kernel, got, sizeof got), 5);
    assert_memory_equal(got, "other", 5);
    assert_int_equal(counter_read(&world->exception.written), 3);
}

static void frames_of_the_kernel_wait_for_the_first_worker(void **state) {
    struct world *world = *state;
    uint16_t length;
    uint8_t longest[LONGEST];
    memset(longest, 7, sizeof longest);
    assert_int_equal(write(world->kernel, "question", 8), 8);
    assert_int_equal(write(world->kernel, longest, LONGEST), LONGEST);
    goes_round(world, NOW);
    assert_memory_equal(frame_ring_first(world->exception.from_kernel, &length), "question", 8);
    assert_int_equal(length, 8);
    frame_ring_done(world->exception.from_kernel);
    assert_memory_equal(frame_ring_first(world->exception.from_kernel, &length), longest, LONGEST);
    assert_int_equal(length, LONGEST);
    frame_ring_done(world->exception.from_kernel);
    assert_int_equal(counter_read(&world->exception.taken), 2);
}

static void a_frame_that_fits_no_port_is_dropped_whole(void **state) {
    struct world *world = *state;
    uint8_t bytes[LONGEST + 100] = {0};
    uint16_t length;
    assert_int_equal(write(world->kernel, bytes, LONGEST + 1), LONGEST + 1);
    assert_int_equal(write(world->kernel, bytes, sizeof bytes), sizeof bytes);
    assert_int_equal(write(world->kernel, bytes, 60), 60);
    goes_round(world, NOW);
    assert_int_equal(counter_read(&world->exception.too_long), 2);
    assert_int_equal(counter_read(&world->exception.taken), 1);
    assert_non_null(frame_ring_first(world->exception.from_kernel, &length));
    assert_int_equal(length, 60);
    frame_ring_done(world->exception.from_kernel);
}

static void what_a_worker_does_not_take_waits_in_the_kernel(void **state) {
    struct world *world = *state;
    uint8_t bytes[60] = {0};
    uint16_t length;
    for (unsigned i = 0; i < EXCEPTION_RING; i++) {
        assert_int_equal(write(world->kernel, bytes, sizeof bytes), sizeof bytes);
        goes_round(world, NOW);
    }
    assert_int_equal(exception_file(&world->exception).events, 0);
    assert_int_equal(counter_read(&world->exception.taken), EXCEPTION_RING - 1);
    assert_non_null(frame_ring_first(world->exception.from_kernel, &length));
    frame_ring_done(world->exception.from_kernel);
    assert_int_equal(exception_file(&world->exception).events, POLLIN);
    goes_round(world, NOW);
    assert_int_equal(counter_read(&world->exception.taken), EXCEPTION_RING);
}

static void one_go_is_bounded(void **state) {
    struct world *world = *state;
    uint8_t bytes[60] = {0};
    for (unsigned i = 0; i < EXCEPTION_RING - 1; i++) assert_true(frame_ring_put(world->to_kernel[0], bytes, 60));
    goes_round(world, NOW);
    assert_int_equal(counter_read(&world->exception.written), EXCEPTION_AT_ONCE);
}

static void a_kernel_that_takes_nothing_loses_frames_and_holds_up_nobody(void **state) {
    struct world *world = *state;
    uint8_t bytes[LONGEST] = {0};
    unsigned given = 0;
    for (unsigned i = 0; i < 100; i++) {
        while (given < (i + 1) * 50 && frame_ring_put(world->to_kernel[0], bytes, LONGEST)) given++;
        goes_round(world, NOW);
    }
    assert_true(counter_read(&world->exception.refused) > 0);
    assert_int_equal(counter_read(&world->exception.refused) + counter_read(&world->exception.written), given);
    assert_int_equal(given, 5000);
}

static void rings_are_looked_at_more_often_while_something_passes(void **state) {
    struct world *world = *state;
    struct exception none = {0};
    assert_int_equal(exception_ms(&none, NOW, 1000), 1000);
    assert_int_equal(exception_file(&none).fd, -1);
    assert_true(exception_handle(&none, exception_file(&none), NOW));
    assert_int_equal(exception_ms(&world->exception, NOW, 1000), EXCEPTION_IDLE_MS);
    assert_int_equal(exception_ms(&world->exception, NOW, 5), 5);
    assert_true(frame_ring_put(world->to_kernel[1], (const uint8_t *)"frame", 5));
    goes_round(world, NOW);
    assert_int_equal(exception_ms(&world->exception, NOW + 1, 1000), EXCEPTION_BUSY_MS);
    assert_int_equal(exception_ms(&world->exception, NOW + EXCEPTION_BUSY_NS, 1000), EXCEPTION_IDLE_MS);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(frames_of_every_worker_reach_the_kernel),
        TEST(frames_of_the_kernel_wait_for_the_first_worker),
        TEST(a_frame_that_fits_no_port_is_dropped_whole),
        TEST(what_a_worker_does_not_take_waits_in_the_kernel),
        TEST(one_go_is_bounded),
        TEST(a_kernel_that_takes_nothing_loses_frames_and_holds_up_nobody),
        TEST(rings_are_looked_at_more_often_while_something_passes),
    };
    return cmocka_run_group_tests_name("exception path", tests, NULL, NULL);
}
