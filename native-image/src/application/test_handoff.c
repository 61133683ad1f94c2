#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>

#include "application/handoff.h"
#include "worker/clock.h"

/* Nothing in this program starts EAL. */

enum { ROOM = 8, OUT_ROOM = 4, PEERS = 3 };

static const struct handoff_settings SMALL = {
    .room = ROOM, .out_room = OUT_ROOM, .out_bytes = HANDOFF_BYTES, .out_peers = PEERS};

/* A datagram that is told from others by its buffer, which nobody looks into. */
static struct handed numbered(uint64_t number) {
    return (struct handed){.datagram = {.buffer = (void *)(uintptr_t)number, .length = 64, .peer = (uint32_t)number},
                           .tag = number * 7};
}

static uint64_t number_of(const struct datagram *datagram) {
    return (uint64_t)(uintptr_t)datagram->buffer;
}

static unsigned give(struct handoff *handoff, uint64_t first, unsigned count) {
    struct handed list[2 * ROOM];
    for (unsigned i = 0; i < count; i++) list[i] = numbered(first + i);
    return handoff_give(handoff, list, count);
}

static void rings_work_without_eal(void **state) {
    (void)state;
    struct handoff *handoff = handoff_make(&SMALL);
    struct handed taken[ROOM];
    assert_non_null(handoff);
    assert_int_equal(rte_eal_iova_mode(), RTE_IOVA_DC); /* what it is before rte_eal_init */
    assert_int_equal(give(handoff, 1, 3), 3);
    assert_int_equal(handoff_take(handoff, taken, ROOM), 3);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(number_of(&taken[i].datagram), 1 + i);
        assert_int_equal(taken[i].datagram.peer, 1 + i);
        assert_int_equal(taken[i].tag, 7 * (1 + i));
    }
    assert_int_equal(handoff_take(handoff, taken, ROOM), 0);
    handoff_release(handoff);
}

static void an_application_holds_no_more_than_its_room_wherever_it_is(void **state) {
    (void)state;
    struct handoff *handoff = handoff_make(&SMALL);
    struct handed taken[ROOM];
    struct datagram back[ROOM];
    assert_int_equal(give(handoff, 1, ROOM + 2), ROOM);
    assert_int_equal(give(handoff, 20, 1), 0); /* all in `in` */
    assert_int_equal(handoff_take(handoff, taken, ROOM), ROOM);
    assert_int_equal(give(handoff, 20, 1), 0); /* all in its hands */
    for (unsigned i = 0; i < 5; i++) handoff_give_back(handoff, &taken[i].datagram, 1);
    assert_int_equal(give(handoff, 20, 1), 0); /* some in `back` */
    assert_int_equal(handoff_held(handoff), ROOM);
    assert_int_equal(handoff_take_back(handoff, back, ROOM), 5);
    for (unsigned i = 0; i < 5; i++) assert_int_equal(number_of(&back[i]), 1 + i);
    assert_int_equal(give(handoff, 20, ROOM), 5);
    assert_int_equal(counter_read(&handoff_counters(handoff)->given), ROOM + 5);
    assert_int_equal(counter_read(&handoff_counters(handoff)->overrun), 2 + 1 + 1 + 1 + 3);
    handoff_release(handoff);
}

static void everything_can_be_given_back_at_once(void **state) {
    (void)state;
    struct handoff *handoff = handoff_make(&SMALL);
    struct handed taken[ROOM];
    struct datagram back[ROOM];
    for (unsigned round = 0; round < 5; round++) {
        assert_int_equal(give(handoff, 1, ROOM), ROOM);
        assert_int_equal(handoff_take(handoff, taken, ROOM), ROOM);
        for (unsigned i = 0; i < ROOM; i++) back[i] = taken[i].datagram;
        handoff_give_back(handoff, back, ROOM);
        assert_int_equal(handoff_take_back(handoff, back, ROOM), ROOM);
        assert_int_equal(handoff_held(handoff), 0);
    }
    handoff_release(handoff);
}

static void bytes_and_peers_are_copied_when_they_are_sent(void **state) {
    (void)state;
    struct handoff *handoff = handoff_make(&SMALL);
    uint8_t bytes[HANDOFF_BYTES];
    uint32_t peers[2] = {70000, 9};
    struct outgoing out[OUT_ROOM];
    memset(bytes, 0xa5, sizeof bytes);
    assert_true(handoff_send(handoff, bytes, sizeof bytes, peers, 2));
    memset(bytes, 0, sizeof bytes);
    peers[0] = peers[1] = 0;
    assert_int_equal(handoff_take_out(handoff, out, OUT_ROOM), 1);
    assert_int_equal(out[0].length, HANDOFF_BYTES);
    assert_int_equal(out[0].count, 2);
    assert_int_equal(out[0].peers[0], 70000);
    assert_int_equal(out[0].peers[1], 9);
    for (unsigned i = 0; i < HANDOFF_BYTES; i++) assert_int_equal(out[0].bytes[i], 0xa5);
    handoff_release(handoff);
}

static bool send_number(struct handoff *handoff, uint32_t number) {
    return handoff_send(handoff, (const uint8_t *)&number, sizeof number, &number, 1);
}

static uint32_t number_in(const struct outgoing *out) {
    uint32_t number;
    memcpy(&number, out->bytes, sizeof number);
    assert_int_equal(out->peers[0], number);
    return number;
}

static void what_was_taken_stays_as_it_is_until_more_is_taken(void **state) {
    (void)state;
    const struct handoff_settings settings = {.room = 1, .out_room = 64, .out_bytes = 4, .out_peers = 1};
    struct handoff *handoff = handoff_make(&settings);
    struct outgoing out[64];
    uint32_t sent = 0, taken = 0;
    for (unsigned round = 0; round < 100; round++) {
        while (send_number(handoff, sent)) sent++;
        unsigned count = handoff_take_out(handoff, out, 64);
        assert_int_equal(count, HANDOFF_OUT_BURST);
        while (send_number(handoff, sent)) sent++; /* `out` is full again */
        for (unsigned i = 0; i < count; i++) assert_int_equal(number_in(&out[i]), taken++);
    }
    handoff_release(handoff);
}

static void a_list_of_many_peers_takes_several_entries_or_none(void **state) {
    (void)state;
    struct handoff *handoff = handoff_make(&SMALL);
    const uint32_t peers[PEERS * OUT_ROOM] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    const uint8_t byte = 1;
    struct outgoing out[OUT_ROOM];
    assert_true(handoff_send(handoff, &byte, 1, peers, 0));
    assert_int_equal(handoff_take_out(handoff, out, OUT_ROOM), 0);
    assert_true(handoff_send(handoff, &byte, 1, peers, 7));
    assert_false(handoff_send(handoff, &byte, 1, peers, 4)); /* two entries, and one is left */
    assert_true(handoff_send(handoff, &byte, 1, peers + 7, 3));
    assert_false(handoff_send(handoff, &byte, 1, peers, 1));
    assert_int_equal(handoff_take_out(handoff, out, OUT_ROOM), 4);
    uint32_t expected = 0;
    for (unsigned i = 0; i < 4; i++)
        for (unsigned k = 0; k < out[i].count; k++) assert_int_equal(out[i].peers[k], expected++);
    assert_int_equal(expected, 10);
    assert_true(handoff_send(handoff, &byte, 1, peers, PEERS * OUT_ROOM));
    assert_int_equal(counter_read(&handoff_counters(handoff)->sent), 10 + PEERS * OUT_ROOM);
    assert_int_equal(counter_read(&handoff_counters(handoff)->refused), 5);
    handoff_release(handoff);
}

static void bytes_that_no_slot_holds_are_refused(void **state) {
    (void)state;
    struct handoff *handoff = handoff_make(&SMALL);
    static const uint8_t BYTES[HANDOFF_BYTES + 1];
    const uint32_t peer = 0;
    assert_false(handoff_send(handoff, BYTES, HANDOFF_BYTES + 1, &peer, 1));
    assert_int_equal(counter_read(&handoff_counters(handoff)->refused), 1);
    handoff_release(handoff);
}

static void settings_that_cannot_be_make_nothing(void **state) {
    (void)state;
    struct handoff_settings settings = SMALL;
    settings.room = 0;
    assert_null(handoff_make(&settings));
    settings.room = UINT32_MAX;
    assert_null(handoff_make(&settings));
    settings = SMALL;
    settings.out_peers = 0;
    assert_null(handoff_make(&settings));
}

/* Two threads, each as fast as it can, for a second at least. */
struct hammer {
    struct handoff *handoff;
    _Atomic bool stop;
    uint64_t taken, sent; /* the application's */
};

/* Bytes of any length that say what they are: the last but one repeats the first, and the peers are counted up. */
static bool send_pattern(struct hammer *hammer) {
    uint8_t bytes[HANDOFF_BYTES];
    uint32_t peers[PEERS];
    uint32_t number = (uint32_t)hammer->sent;
    uint16_t length = (uint16_t)(8 + number % (HANDOFF_BYTES - 8));
    memset(bytes, (int)(number & 0xff), length);
    memcpy(bytes, &number, sizeof number);
    for (unsigned i = 0; i < PEERS; i++) peers[i] = number + i;
    return handoff_send(hammer->handoff, bytes, length, peers, PEERS);
}

static void *hammer_as_application(void *argument) {
    struct hammer *hammer = argument;
    struct handed list[32];
    while (!hammer->stop) {
        unsigned count = handoff_take(hammer->handoff, list, 32);
        for (unsigned i = 0; i < count; i++) {
            if (number_of(&list[i].datagram) != hammer->taken + i || list[i].tag != 7 * (hammer->taken + i)) abort();
            handoff_give_back(hammer->handoff, &list[i].datagram, 1);
        }
        hammer->taken += count;
        bool sent = send_pattern(hammer);
        hammer->sent += sent;
        if (count == 0 && !sent) sched_yield();
    }
    return NULL;
}

static unsigned check_patterns(struct hammer *hammer, uint64_t *received) {
    struct outgoing out[HANDOFF_OUT_BURST];
    unsigned count = handoff_take_out(hammer->handoff, out, HANDOFF_OUT_BURST);
    for (unsigned i = 0; i < count; i++, (*received)++) {
        uint32_t number = number_in(&out[i]);
        assert_int_equal(number, (uint32_t)*received);
        assert_int_equal(out[i].length, 8 + number % (HANDOFF_BYTES - 8));
        assert_int_equal(out[i].bytes[out[i].length - 1], number & 0xff);
        assert_int_equal(out[i].count, PEERS);
        assert_int_equal(out[i].peers[PEERS - 1], number + PEERS - 1);
    }
    return count;
}

static uint64_t now_ns(void) {
    return clock_kernel_ns(CLOCK_MONOTONIC);
}

static void two_threads_lose_mix_up_and_tear_nothing(void **state) {
    (void)state;
    const struct handoff_settings settings = {
        .room = 100, .out_room = 50, .out_bytes = HANDOFF_BYTES, .out_peers = PEERS};
    struct hammer hammer = {.handoff = handoff_make(&settings)};
    pthread_t application;
    struct datagram back[32];
    uint64_t given = 0, returned = 0, received = 0, end = now_ns() + 1000000000;
    assert_int_equal(pthread_create(&application, NULL, hammer_as_application, &hammer), 0);
    /* On a busy machine longer, until the rings have gone round some times. */
    while (now_ns() < end || given < 1000 || received < 1000) {
        struct handed list[32];
        for (unsigned i = 0; i < 32; i++) list[i] = numbered(given + i);
        unsigned taken = handoff_give(hammer.handoff, list, 32), count = handoff_take_back(hammer.handoff, back, 32);
        given += taken;
        for (unsigned i = 0; i < count; i++) assert_int_equal(number_of(&back[i]), returned++);
        if (check_patterns(&hammer, &received) + taken + count == 0) sched_yield();
    }
    hammer.stop = true;
    pthread_join(application, NULL);
    /* Its thread has ended: now this one may act for it. */
    struct handed left;
    while (handoff_take(hammer.handoff, &left, 1) == 1) handoff_give_back(hammer.handoff, &left.datagram, 1);
    while (handoff_take_back(hammer.handoff, back, 1) == 1) assert_int_equal(number_of(&back[0]), returned++);
    while (check_patterns(&hammer, &received) > 0) continue;
    assert_int_equal(returned, given);
    assert_int_equal(handoff_held(hammer.handoff), 0);
    assert_int_equal(received, hammer.sent);
    print_message("# %lu datagrams given, %lu of the application's own sent\n", given, received);
    handoff_release(hammer.handoff);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rings_work_without_eal),
        cmocka_unit_test(an_application_holds_no_more_than_its_room_wherever_it_is),
        cmocka_unit_test(everything_can_be_given_back_at_once),
        cmocka_unit_test(bytes_and_peers_are_copied_when_they_are_sent),
        cmocka_unit_test(what_was_taken_stays_as_it_is_until_more_is_taken),
        cmocka_unit_test(a_list_of_many_peers_takes_several_entries_or_none),
        cmocka_unit_test(bytes_that_no_slot_holds_are_refused),
        cmocka_unit_test(settings_that_cannot_be_make_nothing),
        cmocka_unit_test(two_threads_lose_mix_up_and_tear_nothing),
    };
    return cmocka_run_group_tests_name("handoff", tests, NULL, NULL);
}
