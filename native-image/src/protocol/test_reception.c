#include "protocol/drops.h"
#include "protocol/echo.h"
#include "protocol/reception.h"
#include "protocol/testing.h"

/* A worker's reception with one peer. */
struct end {
    struct exchange exchange;
    struct exchange_worker worker;
    struct peer peer;
    struct exchange_peer shared;
    struct exchange_peer_state state;
    struct reception_peer limits;
    struct reception reception;
    struct counter drops[DROPS];
    uint8_t bytes[64];
    struct datagram datagram;
};

static const uint64_t MS = 1000000;

/* And a datagram of that type from it, right in all that every type has. */
static struct end make(enum message_type type) {
    struct end end = {.exchange = {.network = header_network("n")}};
    struct header header = {.type = type, .network = header_network("n"), .hint = HEADER_NO_HINT};
    header_write(&header, end.bytes);
    return end;
}

/* Pointers of a struct that has its place. */
static enum verdict judge(struct end *end, uint16_t length, uint64_t now, enum application *application) {
    end->exchange.peers = (struct peers){.list = &end->peer, .count = 1};
    end->exchange.shared = &end->shared;
    end->worker.exchange = &end->exchange;
    end->worker.peers = &end->state;
    end->worker.drops = end->reception.drops = end->drops;
    end->reception.exchange = &end->worker;
    const struct limit_rate rate = limit_rate_make(LIMIT_PER_SECOND, LIMIT_BURST);
    end->reception.rates = (struct reception_rates){rate, rate, rate};
    end->reception.peers = &end->limits;
    end->datagram.bytes = end->bytes;
    end->datagram.length = length;
    end->datagram.room = sizeof end->bytes;
    return reception_judge(&end->reception, &end->datagram, now, application);
}

static uint64_t dropped(const struct end *end, unsigned reason) {
    return counter_read(&end->drops[reason]);
}

static void a_probe_becomes_its_reply(void **state) {
    (void)state;
    enum application application;
    struct end end = make(MESSAGE_PROBE);
    assert_int_equal(judge(&end, EXCHANGE_BYTES, MS, &application), VERDICT_SEND);
    assert_int_equal(end.bytes[3], MESSAGE_REPLY);
}

static void an_echo_is_turned_and_its_sum_has_grown_by_one(void **state) {
    (void)state;
    enum application application;
    struct end end = make(MESSAGE_ECHO);
    assert_int_equal(judge(&end, ECHO_BYTES, MS, &application), VERDICT_TURN);
    assert_int_equal(end.bytes[3], MESSAGE_ECHO_REPLY);
    assert_int_equal(ECHO_GROWN, 1);
    struct end again = make(MESSAGE_ECHO);
    assert_int_equal(judge(&again, ECHO_BYTES - 1, MS, &application), VERDICT_DROP);
    assert_int_equal(dropped(&again, DROP_BAD_BODY), 1);
    struct end reply = make(MESSAGE_ECHO_REPLY);
    assert_int_equal(judge(&reply, ECHO_BYTES, MS, &application), VERDICT_DROP);
    assert_int_equal(dropped(&reply, DROP_NOBODY), 1);
}

static void what_an_application_takes_goes_there_and_is_dropped_where_there_is_none(void **state) {
    (void)state;
    static const struct {
        enum message_type type;
        enum application application;
    } ROWS[] = {
        {MESSAGE_TRANSACTION, APPLICATION_TRANSACTION_POOL}, {MESSAGE_SHRED, APPLICATION_CONSENSUS},
        {MESSAGE_TRANSACTION_ASKING, APPLICATION_TRANSACTION_POOL},
        {MESSAGE_REPAIR, APPLICATION_CONSENSUS},             {MESSAGE_VOTE, APPLICATION_CONSENSUS},
        {MESSAGE_VOTE_ACK, APPLICATION_CONSENSUS},           {MESSAGE_HELLO, APPLICATION_PEER_TO_PEER},
        {MESSAGE_HELLO_ANSWER, APPLICATION_PEER_TO_PEER},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        enum application application = APPLICATIONS;
        struct end end = make(ROWS[i].type);
        assert_int_equal(judge(&end, 40, MS, &application), VERDICT_DROP);
        assert_int_equal(dropped(&end, DROP_NOBODY), 1);
        end.reception.taken[ROWS[i].application] = true;
        assert_int_equal(judge(&end, 40, MS, &application), VERDICT_HAND);
        assert_int_equal(application, ROWS[i].application);
    }
}

static void another_network_and_a_broken_header_are_dropped_and_counted(void **state) {
    (void)state;
    enum application application;
    struct end other = make(MESSAGE_ECHO);
    other.exchange.network++;
    assert_int_equal(judge(&other, ECHO_BYTES, MS, &application), VERDICT_DROP);
    assert_int_equal(dropped(&other, DROP_OTHER_NETWORK), 1);
    static const struct {
        size_t at;
        uint8_t value;
        enum header_result result;
    } ROWS[] = {{0, 0x51, HEADER_BAD_MAGIC}, {2, 1, HEADER_BAD_VERSION},      {3, 0, HEADER_BAD_TYPE},
                {10, 1, HEADER_BAD_TYPE},    {3, MESSAGE_TYPES, HEADER_BAD_TYPE}};
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        struct end end = make(MESSAGE_ECHO);
        end.bytes[ROWS[i].at] = ROWS[i].value;
        assert_int_equal(judge(&end, ECHO_BYTES, MS, &application), VERDICT_DROP);
        assert_int_equal(dropped(&end, DROP_HEADER + ROWS[i].result), 1);
    }
    struct end small = make(MESSAGE_ECHO);
    assert_int_equal(judge(&small, HEADER_BYTES - 1, MS, &application), VERDICT_DROP);
    assert_int_equal(dropped(&small, DROP_HEADER + HEADER_SHORT), 1);
}

static void a_peer_that_sends_too_much_is_not_answered_for_a_while(void **state) {
    (void)state;
    enum application application;
    struct end end = make(MESSAGE_PROBE);
    unsigned answered = 0;
    for (unsigned i = 0; i < 3 * LIMIT_BURST; i++) {
        struct end fresh = make(MESSAGE_PROBE);
        memcpy(end.bytes, fresh.bytes, sizeof end.bytes);
        end.bytes[23] = (uint8_t)i; /* a number of its own, or it is a duplicate */
        end.bytes[22] = (uint8_t)(i >> 8);
        answered += judge(&end, EXCHANGE_BYTES, MS, &application) == VERDICT_SEND;
    }
    assert_int_equal(answered, LIMIT_BURST);
    assert_int_equal(dropped(&end, DROP_OVER_LIMIT), 2 * LIMIT_BURST);
}

static void every_reason_has_a_name_of_its_own(void **state) {
    (void)state;
    for (unsigned i = 0; i < DROPS; i++) {
        if (i == PACKET_OK || i == DROP_HEADER) {
            assert_null(drop_name(i));
            continue;
        }
        assert_non_null(drop_name(i));
        for (unsigned k = 0; k < i; k++)
            if (drop_name(k) != NULL) assert_string_not_equal(drop_name(i), drop_name(k));
    }
    assert_true(drop_is_malformed(PACKET_BAD_SUM));
    assert_true(drop_is_malformed(DROP_HEADER + HEADER_BAD_TYPE));
    assert_false(drop_is_malformed(PACKET_OTHER_PROTOCOL));
    assert_false(drop_is_malformed(DROP_UNKNOWN_SENDER));
}

static void a_network_id_is_hashed_as_fnv_1a(void **state) {
    (void)state;
    assert_int_equal(header_network(""), 0x811c9dc5);
    assert_int_equal(header_network("a"), 0xe40c292c);
    assert_int_equal(header_network("foobar"), 0xbf9cf968);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_probe_becomes_its_reply),
        cmocka_unit_test(an_echo_is_turned_and_its_sum_has_grown_by_one),
        cmocka_unit_test(what_an_application_takes_goes_there_and_is_dropped_where_there_is_none),
        cmocka_unit_test(another_network_and_a_broken_header_are_dropped_and_counted),
        cmocka_unit_test(a_peer_that_sends_too_much_is_not_answered_for_a_while),
        cmocka_unit_test(every_reason_has_a_name_of_its_own),
        cmocka_unit_test(a_network_id_is_hashed_as_fnv_1a),
    };
    return cmocka_run_group_tests_name("reception", tests, NULL, NULL);
}
