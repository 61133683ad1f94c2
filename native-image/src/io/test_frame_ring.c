#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

#include "io/frame_ring.h"

/* Without EAL. A frame's bytes are all its length, so that a mix of two shows. */
enum { LONGEST = 1519 };

static bool put(struct frame_ring *ring, uint16_t length) {
    uint8_t bytes[LONGEST + 10];
    memset(bytes, length & 0xff, length);
    return frame_ring_put(ring, bytes, length);
}

/* Length of the frame that is first, 0 where there is none; it is whole, and done with. */
static uint16_t take(struct frame_ring *ring) {
    uint16_t length;
    const uint8_t *bytes = frame_ring_first(ring, &length);
    if (bytes == NULL) return 0;
    for (uint16_t i = 0; i < length; i++)
        if (bytes[i] != (length & 0xff)) return 0;
    frame_ring_done(ring);
    return length;
}

static void frames_come_out_whole_in_their_order_however_often_it_goes_round(void **state) {
    (void)state;
    struct frame_ring *ring = frame_ring_make(8, LONGEST);
    assert_non_null(ring);
    assert_int_equal(frame_ring_longest(ring), LONGEST);
    for (uint16_t length = 1; length + 5 <= LONGEST; length = (uint16_t)(length + 5)) {
        for (uint16_t i = 0; i < 5; i++) assert_true(put(ring, (uint16_t)(length + i)));
        for (uint16_t i = 0; i < 5; i++) assert_int_equal(take(ring), length + i);
        assert_int_equal(take(ring), 0);
    }
    frame_ring_release(ring);
}

static void what_there_is_no_room_for_is_not_taken(void **state) {
    (void)state;
    struct frame_ring *ring = frame_ring_make(8, LONGEST);
    assert_false(put(ring, LONGEST + 1));
    for (uint16_t i = 1; i <= 7; i++) assert_true(put(ring, i));
    assert_false(put(ring, 8));
    assert_null(frame_ring_room(ring));
    assert_int_equal(take(ring), 1);
    assert_true(put(ring, 8));
    for (uint16_t i = 2; i <= 8; i++) assert_int_equal(take(ring), i);
    frame_ring_release(ring);
}

static void room_that_is_not_filled_after_all_holds_nothing(void **state) {
    (void)state;
    struct frame_ring *ring = frame_ring_make(4, LONGEST);
    for (unsigned i = 0; i < 10; i++) {
        assert_non_null(frame_ring_room(ring));
        frame_ring_filled(ring, 0);
    }
    assert_int_equal(take(ring), 0);
    uint8_t *room = frame_ring_room(ring);
    memset(room, LONGEST & 0xff, LONGEST);
    frame_ring_filled(ring, LONGEST);
    assert_int_equal(take(ring), LONGEST);
    frame_ring_release(ring);
}

enum { MANY = 20000 };

static void *put_many(void *ring) {
    for (unsigned i = 0; i < MANY;)
        if (put(ring, (uint16_t)(1 + i % 300)))
            i++;
        else
            sched_yield();
    return NULL;
}

static void two_threads_pass_on_every_frame(void **state) {
    (void)state;
    pthread_t producer;
    struct frame_ring *ring = frame_ring_make(64, LONGEST);
    assert_int_equal(pthread_create(&producer, NULL, put_many, ring), 0);
    for (unsigned i = 0; i < MANY;) {
        uint16_t length = take(ring);
        if (length == 0) {
            sched_yield();
            continue;
        }
        assert_int_equal(length, 1 + i % 300);
        i++;
    }
    pthread_join(producer, NULL);
    frame_ring_release(ring);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_come_out_whole_in_their_order_however_often_it_goes_round),
        cmocka_unit_test(what_there_is_no_room_for_is_not_taken),
        cmocka_unit_test(room_that_is_not_filled_after_all_holds_nothing),
        cmocka_unit_test(two_threads_pass_on_every_frame),
    };
    return cmocka_run_group_tests_name("frame ring", tests, NULL, NULL);
}
