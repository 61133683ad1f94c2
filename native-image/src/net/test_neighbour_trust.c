#include "net/testing_neighbours.h"

#include "net/announcement.h"

/* Whom a node believes, and whom it answers. */

static void who_asks_us_is_known_and_asked_itself(void **state) {
    (void)state;
    for (int f = 0; f < 2; f++) {
        unsigned family = FAMILIES[f];
        struct neighbours *table = table_of_one(family, 2);
        struct resolution said = said_by(family, 2, MAC_OF_2, RESOLUTION_REQUEST);
        assert_int_equal(hears(table, &said, START), NEIGHBOURS_LEARNED);
        goes_to(table, 0, MAC_OF_2);
        assert_int_equal(hears(table, &said, START), NEIGHBOURS_IGNORED);
        asks(table, family, 2, MAC_OF_2, START);
        assert_int_equal(answered(table, family, 2, MAC_OF_2, START), NEIGHBOURS_CONFIRMED);
        asks_nobody(table, START + 14 * SECOND);
        end(table);
    }
}

static void an_answer_to_no_question_is_checked(void **state) {
    (void)state;
    for (int f = 0; f < 2; f++) {
        unsigned family = FAMILIES[f];
        struct neighbours *table = table_of_one(family, 2);
        assert_int_equal(answered(table, family, 2, MAC_OF_2, START), NEIGHBOURS_LEARNED);
        asks(table, family, 2, MAC_OF_2, START);
        assert_int_equal(answered(table, family, 2, MAC_OF_2, START), NEIGHBOURS_CONFIRMED);
        unsigned seconds = seconds_until_due(table, START);
        for (unsigned i = 1; i < seconds; i++)
            assert_int_equal(answered(table, family, 2, MAC_OF_2, START + i * SECOND), NEIGHBOURS_IGNORED);
        asks(table, family, 2, MAC_OF_2, START + seconds * SECOND);
        end(table);
    }
}

/* As a host does that has come up, or has another card: ARP asks for itself (RFC 5227), NDP tells all (RFC
 * 4861, 7.2.6). */
static void who_tells_all_of_itself_is_known_too(void **state) {
    (void)state;
    struct neighbours *table = table_of_one(4, 2);
    struct resolution said = said_by(4, 2, MAC_OF_2, RESOLUTION_REQUEST);
    memset(said.ethernet_destination, 0xff, 6);
    said.target = host_of(4, 3, 0);
    assert_int_equal(hears(table, &said, START), NEIGHBOURS_IGNORED); /* asks somebody else */
    said.target = said.sender;
    assert_int_equal(hears(table, &said, START), NEIGHBOURS_LEARNED);
    end(table);
    table = table_of_one(6, 2);
    said = said_by(6, 2, MAC_OF_2, RESOLUTION_ANSWER);
    said.target = (struct endpoint){.family = 0};
    said.solicited = false;
    memcpy(said.ethernet_destination, (const uint8_t[]){0x33, 0x33, 0, 0, 0, 1}, 6);
    assert_int_equal(hears(table, &said, START), NEIGHBOURS_LEARNED);
    goes_to(table, 0, MAC_OF_2);
    end(table);
}

static void another_mac_address_is_not_taken_while_the_known_one_answers(void **state) {
    (void)state;
    for (int f = 0; f < 2; f++) {
        unsigned family = FAMILIES[f];
        struct neighbours *table = table_that_knows(family, MAC_OF_2);
        uint64_t now = START + 5 * SECOND;
        for (int round = 0; round < 10; round++, now += SECOND) {
            struct resolution forged = said_by(family, 2, MAC_OF_3, RESOLUTION_REQUEST);
            assert_int_equal(hears(table, &forged, now), NEIGHBOURS_DOUBTED);
            assert_int_equal(answered(table, family, 2, MAC_OF_3, now), NEIGHBOURS_DOUBTED);
            asks(table, family, 2, MAC_OF_2, now);
            asks_nobody(table, now);
            assert_int_equal(answered(table, family, 2, MAC_OF_3, now), NEIGHBOURS_DOUBTED); /* it is quicker */
            assert_int_equal(answered(table, family, 2, MAC_OF_2, now), NEIGHBOURS_CONFIRMED);
            assert_int_equal(answered(table, family, 2, MAC_OF_3, now), NEIGHBOURS_DOUBTED);
            goes_to(table, 0, MAC_OF_2);
            asks_nobody(table, now + SECOND - 1); /* however often it is said */
        }
        end(table);
    }
}

static void a_peer_with_another_card_is_reached_again(void **state) {
    (void)state;
    for (int f = 0; f < 2; f++) {
        unsigned family = FAMILIES[f];
        struct neighbours *table = table_that_knows(family, MAC_OF_2);
        uint64_t now = START + 5 * SECOND;
        assert_int_equal(answered(table, family, 2, MAC_OF_3, now), NEIGHBOURS_DOUBTED);
        for (int i = 0; i < 3; i++, now += SECOND) {
            asks(table, family, 2, MAC_OF_2, now);
            assert_int_equal(answered(table, family, 2, MAC_OF_3, now), NEIGHBOURS_DOUBTED);
        }
        goes_to(table, 0, MAC_OF_2);
        asks(table, family, 2, NULL, now);
        assert_int_equal(answered(table, family, 2, MAC_OF_3, now), NEIGHBOURS_LEARNED);
        goes_to(table, 0, MAC_OF_3);
        asks_nobody(table, now + 14 * SECOND);
        end(table);
    }
}

static void what_is_not_for_us_teaches_nothing(void **state) {
    (void)state;
    for (int f = 0; f < 2; f++) {
        unsigned family = FAMILIES[f];
        struct neighbours *table = table_of_one(family, 2);
        assert_int_equal(answered(table, family, 3, MAC_OF_3, START), NEIGHBOURS_IGNORED); /* no peer */
        struct resolution said = said_by(family, 2, MAC_OF_2, RESOLUTION_ANSWER);
        memcpy(said.ethernet_destination, MAC_OF_3, 6);
        assert_int_equal(hears(table, &said, START), NEIGHBOURS_IGNORED);                  /* another card's */
        assert_int_equal(answered(table, family, 2, MAC_OF_1, START), NEIGHBOURS_IGNORED); /* with our own */
        assert_int_equal(answered(table, family, 1, MAC_OF_1, START), NEIGHBOURS_IGNORED); /* come back to us */
        goes_to(table, 0, NULL);
        assert_int_equal(answered(table, family, 1, MAC_OF_3, START), NEIGHBOURS_DUPLICATE);
        end(table);
    }
    struct neighbours *table = table_of_one(4, 2);
    uint8_t bytes[60] = {0};
    assert_int_equal(neighbours_take(table, bytes, 13, START), NEIGHBOURS_MALFORMED);
    assert_int_equal(neighbours_take(table, bytes, 60, START), NEIGHBOURS_OTHER);
    end(table);
}

static void a_question_for_our_address_is_answered_whoever_asks(void **state) {
    (void)state;
    for (int f = 0; f < 2; f++) {
        unsigned family = FAMILIES[f];
        struct neighbours *table = table_of_one(family, 2);
        uint8_t bytes[RESOLUTION_MAX];
        struct resolution asked = said_by(family, 77, MAC_OF_3, RESOLUTION_REQUEST), answer;
        size_t length = neighbours_answer(table, bytes, resolution_write(&asked, bytes), bytes); /* in place */
        assert_int_equal(resolution_read(bytes, length, &answer), RESOLUTION_OK);
        assert_int_equal(answer.kind, RESOLUTION_ANSWER);
        assert_true(answer.solicited);
        assert_memory_equal(answer.mac, MAC_OF_1, 6);
        assert_memory_equal(answer.ethernet_destination, MAC_OF_3, 6);
        assert_int_equal(endpoint_compare(&answer.sender, &asked.target), 0);
        assert_int_equal(endpoint_compare(&answer.target, &asked.sender), 0);
        end(table);
    }
}

static void nothing_else_is_answered(void **state) {
    (void)state;
    for (int f = 0; f < 2; f++) {
        unsigned family = FAMILIES[f];
        struct neighbours *table = table_of_one(family, 2);
        uint8_t bytes[RESOLUTION_MAX];
        struct resolution said = said_by(family, 2, MAC_OF_2, RESOLUTION_ANSWER);
        assert_int_equal(neighbours_answer(table, bytes, resolution_write(&said, bytes), bytes), 0);
        said = said_by(family, 2, MAC_OF_2, RESOLUTION_REQUEST);
        said.target = host_of(family, 3, 0);
        assert_int_equal(neighbours_answer(table, bytes, resolution_write(&said, bytes), bytes), 0);
        said = said_by(family, 2, MAC_OF_2, RESOLUTION_REQUEST);
        memcpy(said.ethernet_destination, MAC_OF_3, 6);
        assert_int_equal(neighbours_answer(table, bytes, resolution_write(&said, bytes), bytes), 0);
        said = said_by(family, 1, MAC_OF_1, RESOLUTION_REQUEST);
        assert_int_equal(neighbours_answer(table, bytes, resolution_write(&said, bytes), bytes), 0);
        memset(bytes, 0, sizeof bytes);
        assert_int_equal(neighbours_answer(table, bytes, sizeof bytes, bytes), 0);
        end(table);
    }
}

/* RFC 5227 and RFC 4862: a host that wants our address asks first, and must be told. */
static void who_wants_our_address_is_told_that_it_is_taken(void **state) {
    (void)state;
    uint8_t bytes[RESOLUTION_MAX];
    struct neighbours *table = table_of_one(4, 2);
    struct resolution asked = said_by(4, 2, MAC_OF_3, RESOLUTION_REQUEST), answer;
    asked.sender = (struct endpoint){.family = 0};
    size_t length = resolution_write(&asked, bytes);
    assert_int_equal(neighbours_take(table, bytes, length, START), NEIGHBOURS_IGNORED);
    length = neighbours_answer(table, bytes, length, bytes);
    assert_int_equal(resolution_read(bytes, length, &answer), RESOLUTION_OK);
    assert_memory_equal(answer.ethernet_destination, MAC_OF_3, 6);
    end(table);

    table = table_of_one(6, 2);
    /* clang-format off */
    static const uint8_t PROBE[78] = {
        0x33, 0x33, 0xff, 0x00, 0x00, 0x01, 0x52, 0x54, 0x00, 0xd1, 0x00, 0x03, 0x86, 0xdd,
        0x60, 0x00, 0x00, 0x00, 0x00, 0x18, 0x3a, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0xff, 0x00, 0x00, 0x01,
        0x87, 0x00, 0x7d, 0x2d, 0x00, 0x00, 0x00, 0x00,
        0xfd, 0x00, 0x00, 0x78, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01};
    /* clang-format on */
    assert_int_equal(neighbours_take(table, PROBE, sizeof PROBE, START), NEIGHBOURS_IGNORED);
    length = neighbours_answer(table, PROBE, sizeof PROBE, bytes);
    assert_int_equal(resolution_read(bytes, length, &answer), RESOLUTION_OK);
    assert_false(answer.solicited);
    assert_int_equal(answer.target.family, 0);
    assert_memory_equal(answer.ethernet_destination, ((const uint8_t[]){0x33, 0x33, 0, 0, 0, 1}), 6);
    end(table);
}

/* A bond's other port: what comes to it or from it is no stranger's, and what is told changes with the active port. */
static void both_mac_addresses_of_a_bond_are_ours(void **state) {
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        unsigned family = FAMILIES[i];
        struct neighbours *table = table_of_one(family, 2);
        uint8_t bytes[RESOLUTION_MAX], answer[RESOLUTION_MAX];
        struct resolution said = said_by(family, 2, MAC_OF_2, RESOLUTION_REQUEST), own;
        memcpy(said.ethernet_destination, MAC_OF_3, 6);
        size_t length = resolution_write(&said, bytes);
        assert_int_equal(neighbours_answer(table, bytes, length, answer), 0);
        neighbours_add_mac(table, MAC_OF_3);
        neighbours_tell(table, MAC_OF_3);
        size_t answered = neighbours_answer(table, bytes, length, answer);
        assert_int_equal(resolution_read(answer, answered, &own), RESOLUTION_OK);
        assert_memory_equal(own.mac, MAC_OF_3, 6);
        assert_int_equal(neighbours_take(table, bytes, length, START), NEIGHBOURS_LEARNED);
        answered = neighbours_request(table, neighbours_due(table, START), answer, START);
        assert_int_equal(resolution_read(answer, answered, &own), RESOLUTION_OK);
        assert_memory_equal(own.mac, MAC_OF_3, 6);
        /* What one port announces the other one may hear: nobody has our address. */
        length = announcement_write(&table->links[i].address, MAC_OF_3, bytes);
        assert_int_equal(neighbours_take(table, bytes, length, START), NEIGHBOURS_IGNORED);
        neighbours_tell(table, MAC_OF_1);
        length = announcement_write(&table->links[i].address, MAC_OF_2, bytes);
        assert_int_equal(neighbours_take(table, bytes, length, START), NEIGHBOURS_DUPLICATE);
        end(table);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_asks_us_is_known_and_asked_itself),
        cmocka_unit_test(an_answer_to_no_question_is_checked),
        cmocka_unit_test(who_tells_all_of_itself_is_known_too),
        cmocka_unit_test(another_mac_address_is_not_taken_while_the_known_one_answers),
        cmocka_unit_test(a_peer_with_another_card_is_reached_again),
        cmocka_unit_test(what_is_not_for_us_teaches_nothing),
        cmocka_unit_test(a_question_for_our_address_is_answered_whoever_asks),
        cmocka_unit_test(nothing_else_is_answered),
        cmocka_unit_test(who_wants_our_address_is_told_that_it_is_taken),
        cmocka_unit_test(both_mac_addresses_of_a_bond_are_ours),
    };
    return cmocka_run_group_tests_name("neighbour_trust", tests, NULL, NULL);
}
