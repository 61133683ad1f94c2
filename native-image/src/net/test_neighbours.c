#include <pthread.h>

#include "net/testing_neighbours.h"

/* Whom a node asks, when, and where its frames go then. */

static void a_written_address_needs_no_question_and_nobody_changes_it(void **state) {
    (void)state;
    for (int f = 0; f < 2; f++) {
        struct neighbours_peer peer = {.endpoint = host_of(FAMILIES[f], 2, 30900)};
        memcpy(peer.mac, MAC_OF_2, 6);
        struct neighbours *table = table_of(&peer, 1);
        goes_to(table, 0, MAC_OF_2);
        asks_nobody(table, START);
        assert_int_equal(answered(table, FAMILIES[f], 2, MAC_OF_3, START), NEIGHBOURS_IGNORED);
        goes_to(table, 0, MAC_OF_2);
        asks_nobody(table, START + 1000 * SECOND);
        end(table);
    }
}

static void a_peer_on_the_link_is_asked_and_its_answer_is_where_its_frames_go(void **state) {
    (void)state;
    for (int f = 0; f < 2; f++) {
        struct neighbours *table = table_of_one(FAMILIES[f], 2);
        goes_to(table, 0, NULL);
        asks(table, FAMILIES[f], 2, NULL, START);
        asks_nobody(table, START);
        assert_int_equal(answered(table, FAMILIES[f], 2, MAC_OF_2, START + 1000), NEIGHBOURS_LEARNED);
        goes_to(table, 0, MAC_OF_2);
        asks_nobody(table, START + 14 * SECOND);
        end(table);
    }
}

static void a_peer_elsewhere_is_reached_by_the_gateway_which_alone_is_asked(void **state) {
    (void)state;
    for (int f = 0; f < 2; f++) {
        unsigned family = FAMILIES[f];
        const struct neighbours_peer peers[] = {{.endpoint = host_of(family, 1000, 30900)},
                                                {.endpoint = host_of(family, 1001, 30900)}};
        struct neighbours *table = table_of(peers, 2);
        asks(table, family, GATEWAY, NULL, START);
        asks_nobody(table, START);
        assert_int_equal(answered(table, family, 1000, MAC_OF_2, START), NEIGHBOURS_IGNORED);
        assert_int_equal(answered(table, family, GATEWAY, MAC_OF_3, START), NEIGHBOURS_LEARNED);
        goes_to(table, 0, MAC_OF_3);
        goes_to(table, 1, MAC_OF_3);
        end(table);
    }
}

static void a_peer_to_whom_nothing_leads_is_asked_of_nobody(void **state) {
    (void)state;
    const struct neighbours_link links[2] = {{.address = host_of(4, 1, 0), .prefix = 24}};
    const struct neighbours_peer peers[] = {{.endpoint = host_of(4, 1000, 1)}, {.endpoint = host_of(6, 2, 1)}};
    struct neighbours table;
    assert_true(neighbours_make(&table, MAC_OF_1, links, peers, 2));
    asks_nobody(&table, START);
    goes_to(&table, 0, NULL);
    goes_to(&table, 1, NULL);
    assert_int_equal(answered(&table, 6, 2, MAC_OF_2, START), NEIGHBOURS_IGNORED);
    neighbours_release(&table);
    assert_true(neighbours_make(&table, MAC_OF_1, links, NULL, 0));
    asks_nobody(&table, START);
    neighbours_release(&table);
}

static void peers_of_one_host_and_of_both_families_each_get_theirs(void **state) {
    (void)state;
    const struct neighbours_peer peers[] = {{.endpoint = host_of(6, 3, 1)},
                                            {.endpoint = host_of(4, 2, 1)},
                                            {.endpoint = host_of(4, 2, 2)},
                                            {.endpoint = host_of(4, 2, 3), .mac = {2}},
                                            {.endpoint = host_of(6, 2, 1)}};
    struct neighbours *table = table_of(peers, 5);
    unsigned questions = 0;
    uint8_t bytes[RESOLUTION_MAX];
    for (uint32_t hop; (hop = neighbours_due(table, START)) != NEIGHBOURS_NONE; questions++)
        neighbours_request(table, hop, bytes, START);
    assert_int_equal(questions, 3);
    assert_int_equal(answered(table, 4, 2, MAC_OF_2, START), NEIGHBOURS_LEARNED);
    assert_int_equal(answered(table, 6, 3, MAC_OF_3, START), NEIGHBOURS_LEARNED);
    goes_to(table, 0, MAC_OF_3);
    goes_to(table, 1, MAC_OF_2);
    goes_to(table, 2, MAC_OF_2);
    goes_to(table, 3, peers[3].mac);
    goes_to(table, 4, NULL);
    end(table);
}

static void whom_nobody_answers_for_is_asked_less_and_less(void **state) {
    (void)state;
    static const unsigned WAITS[] = {1, 1, 1, 2, 4, 8, 16, 32, 32, 32};
    struct neighbours *table = table_of_one(4, 2);
    uint64_t now = START;
    for (size_t i = 0; i < sizeof WAITS / sizeof *WAITS; i++) {
        asks(table, 4, 2, NULL, now);
        assert_int_equal(seconds_until_due(table, now), WAITS[i]);
        now += WAITS[i] * SECOND;
    }
    assert_int_equal(answered(table, 4, 2, MAC_OF_2, now), NEIGHBOURS_LEARNED);
    goes_to(table, 0, MAC_OF_2);
    end(table);
}

static void what_is_known_is_asked_again_before_it_is_old(void **state) {
    (void)state;
    for (int f = 0; f < 2; f++) {
        struct neighbours *table = table_that_knows(FAMILIES[f], MAC_OF_2);
        uint64_t now = START;
        for (int round = 0; round < 20; round++) {
            unsigned seconds = seconds_until_due(table, now);
            assert_in_range(seconds, 15, 46);
            now += seconds * SECOND;
            asks(table, FAMILIES[f], 2, MAC_OF_2, now);
            assert_int_equal(answered(table, FAMILIES[f], 2, MAC_OF_2, now + 1), NEIGHBOURS_CONFIRMED);
        }
        end(table);
    }
}

static void hosts_that_answered_together_are_asked_again_at_different_times(void **state) {
    (void)state;
    unsigned shortest = 1000, longest = 0;
    for (uint64_t i = 0; i < 200; i++) {
        struct neighbours *table = table_of_one(4, 2);
        uint64_t now = START + i * 1000003;
        asks(table, 4, 2, NULL, now);
        assert_int_equal(answered(table, 4, 2, MAC_OF_2, now), NEIGHBOURS_LEARNED);
        unsigned seconds = seconds_until_due(table, now);
        if (seconds < shortest) shortest = seconds;
        if (seconds > longest) longest = seconds;
        end(table);
    }
    assert_in_range(shortest, 15, 18);
    assert_in_range(longest, 42, 45);
}

static void who_is_gone_is_asked_for_everywhere_and_then_forgotten(void **state) {
    (void)state;
    struct neighbours *table = table_that_knows(6, MAC_OF_2);
    uint64_t now = START + seconds_until_due(table, START) * SECOND;
    for (int i = 0; i < 3; i++, now += SECOND) {
        asks(table, 6, 2, MAC_OF_2, now);
        goes_to(table, 0, MAC_OF_2);
        asks_nobody(table, now + SECOND - 1);
    }
    for (int i = 0; i < 3; i++, now += SECOND) {
        asks(table, 6, 2, NULL, now);
        goes_to(table, 0, MAC_OF_2);
    }
    asks(table, 6, 2, NULL, now);
    goes_to(table, 0, NULL);
    assert_int_equal(seconds_until_due(table, now), 2);
    end(table);
}

static void all_hosts_together_are_asked_at_a_bounded_rate(void **state) {
    (void)state;
    enum { PEERS = 5000 };
    struct neighbours_peer *peers = calloc(PEERS, sizeof *peers);
    assert_non_null(peers);
    const struct neighbours_link links[2] = {{.address = host_of(4, 1, 0), .prefix = 8}};
    for (unsigned i = 0; i < PEERS; i++) peers[i].endpoint = host_of(4, i + 2, 30900);
    struct neighbours table;
    assert_true(neighbours_make(&table, MAC_OF_1, links, peers, PEERS));
    unsigned questions = 0;
    for (uint64_t ms = 0; ms < 60000; ms++) {
        uint64_t now = START + ms * 1000000;
        uint8_t bytes[RESOLUTION_MAX];
        for (uint32_t hop; (hop = neighbours_due(&table, now)) != NEIGHBOURS_NONE; questions++) {
            neighbours_request(&table, hop, bytes, now);
            struct resolution said = said_by(4, hop + 2, MAC_OF_2, RESOLUTION_ANSWER);
            assert_int_equal(hears(&table, &said, now) == NEIGHBOURS_IGNORED, false);
        }
        assert_true(questions <= NEIGHBOURS_BURST + ms);
        if (ms == 100) assert_int_equal(questions, NEIGHBOURS_BURST + 100);
    }
    for (uint32_t i = 0; i < PEERS; i++) goes_to(&table, i, MAC_OF_2);
    assert_in_range(questions, 2 * PEERS, 4 * PEERS); /* one each, and again every thirty seconds */
    neighbours_release(&table);
    free(peers);
}

static struct {
    struct neighbours *table;
    atomic_bool stop;
    unsigned long wrong, reads;
} shared;

static void *read_on(void *argument) {
    (void)argument;
    uint8_t mac[6];
    while (!atomic_load(&shared.stop)) {
        bool known = neighbours_mac(shared.table, 0, mac);
        shared.wrong += !known || (memcmp(mac, "\x02\x02\x02\x02\x02\x02", 6) != 0 &&
                                   memcmp(mac, "\x04\x04\x04\x04\x04\x04", 6) != 0);
        shared.reads++;
    }
    return NULL;
}

static void a_reader_never_sees_half_of_an_address(void **state) {
    (void)state;
    static const uint8_t MACS[2][6] = {{2, 2, 2, 2, 2, 2}, {4, 4, 4, 4, 4, 4}};
    shared.table = table_that_knows(4, MACS[0]);
    uint8_t bytes[RESOLUTION_MAX];
    pthread_t reader;
    assert_int_equal(pthread_create(&reader, NULL, read_on, NULL), 0);
    uint64_t now = START;
    for (int i = 1; i < 20000; i++) {
        /* Nobody answers until all were asked. */
        for (int questions = 0; questions < 4; questions++) {
            now += 60 * SECOND;
            assert_int_equal(neighbours_due(shared.table, now), 0);
            neighbours_request(shared.table, 0, bytes, now);
        }
        assert_int_equal(answered(shared.table, 4, 2, MACS[i % 2], now), NEIGHBOURS_LEARNED);
    }
    atomic_store(&shared.stop, true);
    pthread_join(reader, NULL);
    assert_true(shared.wrong == 0);
    end(shared.table);
}

static void what_is_known_of_a_host_stays_known_when_the_peers_change(void **state) {
    (void)state;
    for (unsigned f = 0; f < 2; f++) {
        unsigned family = FAMILIES[f];
        struct neighbours *table = table_that_knows(family, MAC_OF_2), *room;
        uint32_t known_due = timetable_first(&table->timetable);
        uint64_t due = timetable_due(&table->timetable, known_due);
        struct neighbours_peer peers[3] = {{.endpoint = host_of(family, 2, 30900)},
                                           {.endpoint = host_of(family, 2, 30901)},
                                           {.endpoint = host_of(family, 3, 30900)}};
        room = table_of(peers, 3);
        neighbours_move(table, room);
        end(room);
        goes_to(table, 0, MAC_OF_2);
        goes_to(table, 1, MAC_OF_2);
        goes_to(table, 2, NULL);
        assert_int_equal(neighbours_known(table), 1);
        assert_int_equal(table->asked, 2);
        uint32_t next = neighbours_due(table, START + SECOND);
        assert_true(next != NEIGHBOURS_NONE);
        assert_int_equal(table->list[next].address.address[family == 4 ? 3 : 15], 3); /* the new one is asked first */
        assert_int_equal(timetable_due(&table->timetable, 1 - next), due);
        memcpy(peers[2].mac, MAC_OF_2, 6);
        room = table_of(peers + 2, 1);
        neighbours_move(table, room);
        end(room);
        goes_to(table, 0, MAC_OF_2); /* as it is written now */
        assert_int_equal(table->asked, 0);
        end(table);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_written_address_needs_no_question_and_nobody_changes_it),
        cmocka_unit_test(a_peer_on_the_link_is_asked_and_its_answer_is_where_its_frames_go),
        cmocka_unit_test(a_peer_elsewhere_is_reached_by_the_gateway_which_alone_is_asked),
        cmocka_unit_test(a_peer_to_whom_nothing_leads_is_asked_of_nobody),
        cmocka_unit_test(peers_of_one_host_and_of_both_families_each_get_theirs),
        cmocka_unit_test(whom_nobody_answers_for_is_asked_less_and_less),
        cmocka_unit_test(what_is_known_is_asked_again_before_it_is_old),
        cmocka_unit_test(hosts_that_answered_together_are_asked_again_at_different_times),
        cmocka_unit_test(who_is_gone_is_asked_for_everywhere_and_then_forgotten),
        cmocka_unit_test(all_hosts_together_are_asked_at_a_bounded_rate),
        cmocka_unit_test(a_reader_never_sees_half_of_an_address),
        cmocka_unit_test(what_is_known_of_a_host_stays_known_when_the_peers_change),
    };
    return cmocka_run_group_tests_name("neighbours", tests, NULL, NULL);
}
