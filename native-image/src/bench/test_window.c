#include "bench/testing.h"
#include "bench/window.h"

enum { MOST = 100, PATIENCE = 1000, BURST = 64 };

static struct window started(void) {
    struct window window;
    window_start(&window, MOST, PATIENCE, 0);
    return window;
}

static void a_burst_at_most_goes_out_until_so_many_are_under_way(void **state) {
    (void)state;
    struct window window = started();
    assert_int_equal(window_room(&window, 1, 0, 0, BURST), BURST);
    assert_int_equal(window_room(&window, 2, 64, 0, BURST), 36);
    assert_int_equal(window_room(&window, 3, 100, 0, BURST), 0);
}

static void each_answer_makes_room_for_one(void **state) {
    (void)state;
    struct window window = started();
    assert_int_equal(window_room(&window, 1, 100, 0, BURST), 0);
    assert_int_equal(window_room(&window, 2, 100, 7, BURST), 7);
    assert_int_equal(window_room(&window, 3, 107, 7, BURST), 0);
}

static void what_is_lost_makes_room_only_when_nothing_has_come_for_long(void **state) {
    (void)state;
    struct window window = started();
    assert_int_equal(window_room(&window, 10, 100, 40, BURST), 40);
    assert_int_equal(window_room(&window, 10 + PATIENCE, 140, 40, BURST), 0);
    assert_int_equal(window_room(&window, 11 + PATIENCE, 140, 40, BURST), BURST);
    assert_int_equal(window.given_up, 100);
}

static void an_answer_that_comes_after_it_was_given_up_makes_no_room_twice(void **state) {
    (void)state;
    struct window window = started();
    window_room(&window, 1, 100, 0, BURST);
    window_room(&window, 2 + PATIENCE, 100, 0, BURST); /* 100 are given up */
    assert_int_equal(window_room(&window, 3 + PATIENCE, 200, 100, 1000), 100);
    assert_int_equal(window_room(&window, 4 + PATIENCE, 200, 200, 1000), 100); /* and never more than the window */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_burst_at_most_goes_out_until_so_many_are_under_way),
        cmocka_unit_test(each_answer_makes_room_for_one),
        cmocka_unit_test(what_is_lost_makes_room_only_when_nothing_has_come_for_long),
        cmocka_unit_test(an_answer_that_comes_after_it_was_given_up_makes_no_room_twice),
    };
    return cmocka_run_group_tests_name("window", tests, NULL, NULL);
}
