#include "peer_to_peer/testing.h"

/* 500 peers, max_peers of the seed. */

static void five_hundred_peers_are_connected_a_hundred_at_a_time(void **state) {
    (void)state;
    struct world *world = world_make(500);
    run_until(world, START + SECOND);
    assert_int_equal(count_of(world, PEER_CONNECTED), 500);
    assert_int_equal(world->most_pending, 100);
    assert_int_equal(counter_read(&handshake_counters(world->handshake)->hellos_sent), 500);
    uint64_t last = 0;
    for (unsigned i = 0; i < 500; i++) last = world->list[i].hello_ns[0] > last ? world->list[i].hello_ns[0] : last;
    print_message("# the last of 500 hellos goes out %.1f ms after the first, at a round trip of %.1f ms\n",
                  (double)(last - START) / 1e6, LATENCY / 1e6);
    assert_true(last - START <= 8 * LATENCY);
    world_release(world);
}

static void one_at_a_time_is_enough(void **state) {
    (void)state;
    struct world *world = world_make(500);
    handshake_set(world->handshake, 1, 30 * SECOND);
    run_until(world, START + SECOND);
    assert_int_equal(count_of(world, PEER_CONNECTED), 500);
    assert_int_equal(world->most_pending, 1);
    world_release(world);
}

/* Probes of those who are connected come for an hour. */
static void all_are_heard(struct world *world) {
    for (unsigned i = 0; i < 500; i++) world->list[i].heard_ns = START + 3600 * SECOND;
}

/* 200 are not there: twice as many as may be pending. */
static void those_who_are_not_there_keep_the_others_waiting_once(void **state) {
    (void)state;
    struct world *world = world_make(500);
    for (unsigned i = 0; i < 200; i++) world->list[i].dead = true;
    all_are_heard(world);
    run_until(world, START + 29 * SECOND);
    assert_int_equal(count_of(world, PEER_PENDING), 100);
    run_until(world, START + 61 * SECOND);
    assert_int_equal(count_of(world, PEER_CONNECTED), 300);
    /* From then on each is asked again and again, all alike. */
    run_until(world, START + 1860 * SECOND);
    unsigned least = UINT32_MAX, most = 0;
    for (unsigned i = 0; i < 200; i++) {
        least = world->list[i].hellos < least ? world->list[i].hellos : least;
        most = world->list[i].hellos > most ? world->list[i].hellos : most;
    }
    print_message("# 200 peers that are not there, half an hour: %u to %u hellos each\n", least, most);
    assert_true(least >= 100 && most <= 2 * least);
    world_release(world);
}

static void who_says_hello_need_not_wait_for_its_turn_of_a_pause(void **state) {
    (void)state;
    struct world *world = world_make(50);
    for (unsigned i = 0; i < 50; i++) world->list[i].dead = true;
    run_until(world, START + 31 * SECOND);
    assert_int_equal(count_of(world, PEER_UNKNOWN), 50);
    for (unsigned i = 0; i < 50; i++) {
        world->list[i].dead = false;
        assert_true(says_hello(world, i, "1.0", HELLO_WELCOME));
    }
    run_until(world, START + 31 * SECOND + LATENCY);
    assert_int_equal(count_of(world, PEER_CONNECTED), 50);
    world_release(world);
}

static void loss_only_takes_longer(void **state) {
    (void)state;
    struct world *world = world_make(500);
    for (unsigned i = 0; i < 500; i++) world->list[i].loss = 3;
    all_are_heard(world);
    run_until(world, START + 30 * SECOND);
    print_message("# half of all hellos without an answer: %u of 500 connected after 30 s\n",
                  (unsigned)count_of(world, PEER_CONNECTED));
    assert_true(count_of(world, PEER_CONNECTED) >= 480);
    run_until(world, START + 200 * SECOND);
    assert_int_equal(count_of(world, PEER_CONNECTED), 500);
    assert_in_range(counter_read(&handshake_counters(world->handshake)->hellos_sent), 700, 2000);
    world_release(world);
}

static void a_fleet_that_goes_away_and_comes_back_is_lost_and_found(void **state) {
    (void)state;
    struct world *world = world_make(500);
    run_until(world, START + SECOND);
    for (unsigned i = 0; i < 500; i++) world->list[i].dead = true;
    run_until(world, START + 60 * SECOND);
    assert_int_equal(count_of(world, PEER_CONNECTED), 0);
    assert_int_equal(world->news_count, 500);
    for (unsigned i = 0; i < 500; i++) world->list[i].dead = false;
    run_until(world, START + 300 * SECOND);
    assert_int_equal(count_of(world, PEER_CONNECTED), 500);
    world_release(world);
}

static void a_full_ring_only_takes_longer(void **state) {
    (void)state;
    struct world *world = world_make(500);
    for (unsigned i = 0; i < 100; i++) { /* room for ten more every 10 ms */
        world->room = 10;
        run_until(world, START + i * 10 * MS);
    }
    assert_int_equal(count_of(world, PEER_CONNECTED), 500);
    assert_int_equal(counter_read(&handshake_counters(world->handshake)->hellos_sent), 500);
    /* Nobody is tried in vain more than once in 10 ms but those who are under way. */
    print_message("# %u hellos found no room\n",
                  (unsigned)counter_read(&handshake_counters(world->handshake)->send_refused));
    assert_in_range(counter_read(&handshake_counters(world->handshake)->send_refused), 1, 200);
    world_release(world);
}

static void a_shorter_timeout_holds_from_the_next_look_on(void **state) {
    (void)state;
    struct world *world = world_make(100);
    for (unsigned i = 0; i < 100; i++) world->list[i].dead = true;
    run_until(world, START + SECOND);
    handshake_set(world->handshake, 100, 2 * SECOND);
    run_until(world, START + 5 * SECOND);
    assert_true(counter_read(&handshake_counters(world->handshake)->given_up) >= 100);
    world_release(world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(five_hundred_peers_are_connected_a_hundred_at_a_time),
        cmocka_unit_test(one_at_a_time_is_enough),
        cmocka_unit_test(those_who_are_not_there_keep_the_others_waiting_once),
        cmocka_unit_test(who_says_hello_need_not_wait_for_its_turn_of_a_pause),
        cmocka_unit_test(loss_only_takes_longer),
        cmocka_unit_test(a_fleet_that_goes_away_and_comes_back_is_lost_and_found),
        cmocka_unit_test(a_full_ring_only_takes_longer),
        cmocka_unit_test(a_shorter_timeout_holds_from_the_next_look_on),
    };
    return cmocka_run_group_tests_name("many_peers", tests, NULL, NULL);
}
