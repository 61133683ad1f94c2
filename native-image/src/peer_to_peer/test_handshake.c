#include "peer_to_peer/testing.h"

/* The states of a few peers. */

static void a_peer_that_answers_is_connected(void **state) {
    (void)state;
    struct world *world = world_make(1);
    assert_int_equal(state_of(world, 0), PEER_UNKNOWN);
    run_until(world, START);
    assert_int_equal(state_of(world, 0), PEER_PENDING);
    run_until(world, START + LATENCY);
    assert_int_equal(state_of(world, 0), PEER_CONNECTED);
    assert_int_equal(world->list[0].hellos, 1);
    assert_int_equal(world->news_count, 0); /* it is what one expects */
    world_release(world);
}

static void who_does_not_answer_is_asked_less_and_less_often_and_given_up(void **state) {
    (void)state;
    struct world *world = world_make(1);
    struct scripted *peer = &world->list[0];
    peer->dead = true;
    run_until(world, START + 30 * SECOND - 1);
    assert_int_equal(state_of(world, 0), PEER_PENDING);
    assert_in_range(peer->hellos, 6, 9);
    for (unsigned i = 1; i < peer->hellos; i++) {
        uint64_t wait = i <= 4 ? HANDSHAKE_RETRY_NS << (i - 1) : HANDSHAKE_MOST_RETRY_NS;
        assert_in_range(peer->hello_ns[i] - peer->hello_ns[i - 1], wait * 3 / 4, wait * 5 / 4);
    }
    run_until(world, START + 30 * SECOND);
    assert_int_equal(state_of(world, 0), PEER_UNKNOWN);
    assert_int_equal(counter_read(&handshake_counters(world->handshake)->given_up), 1);
    /* Again after a pause as long, a quarter more or less; then it is there. */
    unsigned before = peer->hellos;
    run_until(world, START + 52 * SECOND);
    assert_int_equal(peer->hellos, before);
    peer->dead = false;
    run_until(world, START + 68 * SECOND);
    assert_int_equal(peer->hellos, before + 1);
    assert_int_equal(state_of(world, 0), PEER_CONNECTED);
    world_release(world);
}

static void another_version_is_refused_counted_and_told_once(void **state) {
    (void)state;
    struct world *world = world_make(2);
    world->list[1].version = "2.0";
    run_until(world, START + 600 * SECOND);
    assert_int_equal(state_of(world, 1), PEER_REFUSED);
    assert_false(world->list[1].probed);
    assert_in_range(world->list[1].hellos, 600 / 38, 600 / 22 + 1); /* once a pause */
    assert_int_equal(counter_read(&handshake_counters(world->handshake)->other_versions), world->list[1].hellos);
    unsigned told = 0;
    for (unsigned i = 0; i < world->news_count; i++) {
        if (world->news[i].peer != 1) continue;
        assert_int_equal(world->news[i].state, PEER_REFUSED);
        assert_string_equal(world->news[i].version, "2.0");
        told++;
    }
    assert_int_equal(told, 1);
    world_release(world);
}

static void a_refused_peer_is_connected_soon_after_it_is_brought_up_to_date(void **state) {
    (void)state;
    struct world *world = world_make(1);
    world->list[0].version = "2.0";
    run_until(world, START + SECOND);
    assert_true(says_hello(world, 0, "2.0", HELLO_OTHER_VERSION));
    run_until(world, START + 10 * SECOND);
    assert_int_equal(world->list[0].hellos, 1); /* that it says no news makes nobody ask */
    world->list[0].version = "1.1";
    assert_true(says_hello(world, 0, "1.1", HELLO_WELCOME));
    assert_int_equal(state_of(world, 0), PEER_REFUSED); /* its hello alone is not believed */
    run_until(world, START + 10 * SECOND + LATENCY);
    assert_int_equal(state_of(world, 0), PEER_CONNECTED);
    assert_true(world->list[0].probed);
    assert_int_equal(world->news_count, 2);
    assert_int_equal(world->news[1].state, PEER_CONNECTED);
    world_release(world);
}

static void a_peer_that_changes_its_version_is_asked_before_it_is_refused(void **state) {
    (void)state;
    struct world *world = world_make(1);
    run_until(world, START + 10 * SECOND);
    /* Somebody forges its address: the peer itself says otherwise. */
    assert_true(says_hello(world, 0, "2.0", HELLO_OTHER_VERSION));
    run_until(world, START + 11 * SECOND);
    assert_int_equal(state_of(world, 0), PEER_CONNECTED);
    assert_int_equal(world->list[0].hellos, 2);
    assert_int_equal(world->news_count, 0);
    world->list[0].version = "2.0";
    assert_true(says_hello(world, 0, "2.0", HELLO_OTHER_VERSION));
    run_until(world, START + 12 * SECOND);
    assert_int_equal(state_of(world, 0), PEER_REFUSED);
    world_release(world);
}

static void a_silent_peer_is_lost_after_the_timeout_and_found_again(void **state) {
    (void)state;
    struct world *world = world_make(1);
    struct scripted *peer = &world->list[0];
    run_until(world, START + LATENCY);
    for (unsigned i = 1; i <= 100; i++) { /* its probes come */
        peer->heard_ns = world->now_ns;
        run_until(world, START + i * SECOND);
    }
    assert_int_equal(state_of(world, 0), PEER_CONNECTED);
    assert_int_equal(peer->hellos, 1);
    peer->dead = true;
    run_until(world, peer->heard_ns + 30 * SECOND - 1);
    assert_int_equal(state_of(world, 0), PEER_CONNECTED);
    run_until(world, peer->heard_ns + 30 * SECOND);
    assert_int_equal(state_of(world, 0), PEER_PENDING); /* it is asked at once */
    assert_int_equal(world->news[0].state, PEER_LOST);
    run_until(world, peer->heard_ns + 60 * SECOND);
    assert_int_equal(state_of(world, 0), PEER_LOST);
    run_until(world, peer->heard_ns + 600 * SECOND);
    assert_int_equal(world->news_count, 1); /* once */
    peer->dead = false;
    if (state_of(world, 0) == PEER_LOST) assert_true(says_hello(world, 0, "1.0", HELLO_WELCOME));
    run_until(world, world->now_ns + 10 * SECOND);
    assert_int_equal(state_of(world, 0), PEER_CONNECTED);
    assert_int_equal(world->news_count, 2);
    assert_int_equal(counter_read(&handshake_counters(world->handshake)->losses), 1);
    world_release(world);
}

/* A right answer but for one thing. */
static void forged(struct world *world, uint64_t nonce_by, const char *version, enum hello_verdict verdict) {
    struct hello hello;
    uint8_t bytes[HELLO_BYTES];
    assert_true(hello_read(MESSAGE_HELLO, world->list[0].last_hello, HELLO_BYTES, &hello));
    hello.nonce += nonce_by;
    hello.verdict = verdict;
    memset(hello.version, 0, sizeof hello.version);
    memcpy(hello.version, version, strlen(version));
    hello_write(&hello, NETWORK, bytes);
    assert_false(
        handshake_receive(world->handshake, MESSAGE_HELLO_ANSWER, bytes, HELLO_BYTES, 0, world->now_ns, bytes));
}

static void an_answer_counts_once_and_only_with_its_nonce(void **state) {
    (void)state;
    struct world *world = world_make(1);
    world->list[0].dead = true;
    run_until(world, START + SECOND);
    forged(world, 1, "1.0", HELLO_WELCOME);
    forged(world, UINT64_MAX, "2.0", HELLO_OTHER_VERSION);
    assert_int_equal(state_of(world, 0), PEER_PENDING);
    forged(world, 0, "1.0", HELLO_WELCOME);
    assert_int_equal(state_of(world, 0), PEER_CONNECTED);
    forged(world, 0, "2.0", HELLO_OTHER_VERSION);
    assert_int_equal(state_of(world, 0), PEER_CONNECTED);
    assert_int_equal(counter_read(&handshake_counters(world->handshake)->unasked), 3);
    world_release(world);
}

static void a_peer_may_refuse_a_version_that_we_would_take(void **state) {
    (void)state;
    struct world *world = world_make(1);
    world->list[0].dead = true;
    run_until(world, START);
    forged(world, 0, "1.9", HELLO_OTHER_VERSION);
    assert_int_equal(state_of(world, 0), PEER_REFUSED);
    world_release(world);
}

static void a_flood_of_hellos_makes_two_of_ours_a_second(void **state) {
    (void)state;
    struct world *world = world_make(1);
    world->list[0].version = "2.0";
    run_until(world, START + SECOND);
    unsigned before = world->list[0].hellos;
    for (unsigned i = 1; i <= 10000; i++) { /* a thousand a second, of the one version and the other */
        says_hello(world, 0, i % 2 == 0 ? "1.0" : "2.0", i % 2 == 0 ? HELLO_WELCOME : HELLO_OTHER_VERSION);
        run_until(world, START + SECOND + i * MS);
    }
    assert_in_range(world->list[0].hellos - before, 15, 21);
    assert_int_equal(counter_read(&handshake_counters(world->handshake)->answers_sent), 10000);
    world_release(world);
}

static void malformed_messages_are_counted_and_not_answered(void **state) {
    (void)state;
    struct world *world = world_make(1);
    uint8_t bytes[HELLO_BYTES] = {0};
    assert_false(handshake_receive(world->handshake, MESSAGE_HELLO, bytes, HELLO_BYTES, 0, START, bytes));
    assert_false(handshake_receive(world->handshake, MESSAGE_HELLO_ANSWER, bytes, 12, 0, START, bytes));
    assert_int_equal(counter_read(&handshake_counters(world->handshake)->malformed), 2);
    assert_int_equal(state_of(world, 0), PEER_UNKNOWN);
    world_release(world);
}

/* The world's peers from now on: those that `from` names, scripts too, and new ones that answer. */
static void go_over(struct world *world, const uint32_t *from, uint32_t count, const uint32_t *to) {
    struct scripted old[8];
    memcpy(old, world->list, sizeof old);
    const struct handshake_settings settings = {.peers = count, .outside = &world->outside};
    struct handshake *room = handshake_make(&settings);
    handshake_move(world->handshake, room, from, to);
    handshake_release(room);
    world->peers = count;
    for (uint32_t i = 0; i < count; i++)
        world->list[i] = from[i] == UINT32_MAX ? (struct scripted){.version = "1.0", .probed = true} : old[from[i]];
}

static void who_stays_keeps_its_state_when_the_list_changes(void **state) {
    (void)state;
    struct world *world = world_make(3); /* one that answers, one of another version, one that is silent */
    world->list[1].version = "2.0";
    world->list[2].dead = true;
    run_until(world, START + 2 * SECOND);
    unsigned hellos = world->list[0].hellos;
    const uint32_t from[] = {UINT32_MAX, 0, 2, UINT32_MAX}, to[] = {1, UINT32_MAX, 2};
    go_over(world, from, 4, to);
    assert_int_equal(state_of(world, 0), PEER_UNKNOWN);
    assert_int_equal(state_of(world, 1), PEER_CONNECTED);
    assert_int_equal(state_of(world, 2), PEER_PENDING);
    assert_int_equal(count_of(world, PEER_REFUSED), 0);
    assert_int_equal(count_of(world, PEER_UNKNOWN), 2);
    run_until(world, START + 3 * SECOND);
    assert_int_equal(count_of(world, PEER_CONNECTED), 3);
    assert_int_equal(world->list[0].hellos, 1);
    assert_int_equal(world->list[1].hellos, hellos); /* not greeted again */
    assert_int_equal(state_of(world, 2), PEER_PENDING);
    world->list[2].dead = false;
    run_until(world, START + 10 * SECOND);
    assert_int_equal(state_of(world, 2), PEER_CONNECTED);
    world_release(world);
}

static void an_answer_that_is_under_way_counts_under_the_new_index(void **state) {
    (void)state;
    struct world *world = world_make(2);
    run_until(world, START);
    const uint32_t from[] = {1}, to[] = {UINT32_MAX, 0};
    go_over(world, from, 1, to);
    while (world->count > 0) { /* whoever brings it knows who the sender is now */
        struct on_the_way *message = &world->ring[world->first++];
        uint8_t answer[HELLO_BYTES];
        world->count--;
        world->now_ns = message->arrives_ns;
        if (to[message->peer] == UINT32_MAX) continue;
        handshake_receive(world->handshake, MESSAGE_HELLO_ANSWER, message->bytes, HELLO_BYTES, to[message->peer],
                          world->now_ns, answer);
    }
    assert_int_equal(state_of(world, 0), PEER_CONNECTED);
    assert_int_equal(world->list[0].hellos, 1);
    world_release(world);
}

static void those_who_wait_to_be_greeted_wait_on_in_their_order(void **state) {
    (void)state;
    struct world *world = world_make(4);
    for (uint32_t i = 0; i < 4; i++) world->list[i].dead = true;
    handshake_set(world->handshake, 1, 30 * SECOND);
    run_until(world, START); /* one is pending, three wait */
    uint32_t pending = 0;
    while (state_of(world, pending) != PEER_PENDING) pending++;
    const uint32_t from[] = {3, 2, 1, 0}, to[] = {3, 2, 1, 0};
    go_over(world, from, 4, to);
    assert_int_equal(state_of(world, 3 - pending), PEER_PENDING);
    handshake_set(world->handshake, 100, 30 * SECOND);
    for (uint32_t i = 0; i < 4; i++) world->list[i].dead = false;
    run_until(world, START + 5 * SECOND);
    assert_int_equal(count_of(world, PEER_CONNECTED), 4);
    world_release(world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_peer_that_answers_is_connected),
        cmocka_unit_test(who_does_not_answer_is_asked_less_and_less_often_and_given_up),
        cmocka_unit_test(another_version_is_refused_counted_and_told_once),
        cmocka_unit_test(a_refused_peer_is_connected_soon_after_it_is_brought_up_to_date),
        cmocka_unit_test(a_peer_that_changes_its_version_is_asked_before_it_is_refused),
        cmocka_unit_test(a_silent_peer_is_lost_after_the_timeout_and_found_again),
        cmocka_unit_test(an_answer_counts_once_and_only_with_its_nonce),
        cmocka_unit_test(a_peer_may_refuse_a_version_that_we_would_take),
        cmocka_unit_test(a_flood_of_hellos_makes_two_of_ours_a_second),
        cmocka_unit_test(malformed_messages_are_counted_and_not_answered),
        cmocka_unit_test(who_stays_keeps_its_state_when_the_list_changes),
        cmocka_unit_test(an_answer_that_is_under_way_counts_under_the_new_index),
        cmocka_unit_test(those_who_wait_to_be_greeted_wait_on_in_their_order),
    };
    return cmocka_run_group_tests_name("handshake", tests, NULL, NULL);
}
