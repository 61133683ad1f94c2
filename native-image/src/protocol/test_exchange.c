#include "protocol/exchange.h"
#include "protocol/testing.h"

/* One end of an exchange with one worker and up to three peers. */
struct end {
    struct exchange exchange;
    struct exchange_worker worker;
    struct peer peers[3];
    struct exchange_peer shared[3];
    struct exchange_peer_state states[3];
};

static struct peer peer(uint8_t last, uint16_t port) {
    const uint8_t address[4] = {10, 78, 0, last};
    return (struct peer){.endpoint = endpoint_ipv4(address, port), .mac = {0x52, 0x54, 0, 0xd1, 0, last}};
}

static void make(struct end *end, uint8_t last, uint32_t session, const uint8_t *others, size_t count) {
    memset(end, 0, sizeof *end);
    struct peer self = peer(last, 30900);
    memcpy(end->exchange.mac, self.mac, 6);
    end->exchange.self = self.endpoint;
    end->exchange.network = frame_network("n");
    end->exchange.session = session;
    for (size_t i = 0; i < count; i++) end->peers[i] = peer(others[i], 30900);
    peers_sort(end->peers, count);
    end->exchange.peers = (struct peers){.list = end->peers, .count = count};
    end->exchange.shared = end->shared;
    end->worker = (struct exchange_worker){.exchange = &end->exchange, .peers = end->states};
}

static const uint64_t MS = 1000000;

/* Two ends that know one another. */
static void make_pair(struct end *a, struct end *b) {
    make(a, 1, 11, (const uint8_t[]){2}, 1);
    make(b, 2, 22, (const uint8_t[]){1}, 1);
}

static size_t receive(struct end *end, uint8_t bytes[FRAME_LENGTH], uint64_t now) {
    return exchange_receive(&end->worker, bytes, FRAME_LENGTH, FRAME_LENGTH, now);
}

static uint64_t dropped(const struct end *end, unsigned reason) {
    return counter_read(&end->worker.drops[reason]);
}

static void a_probe_is_answered_by_one_reply_of_its_length(void **state) {
    (void)state;
    static struct end a, b;
    uint8_t bytes[FRAME_LENGTH];
    make_pair(&a, &b);
    assert_int_equal(exchange_probe(&a.worker, bytes, 5 * MS), 0);
    exchange_sent(&a.worker, 0);
    assert_int_equal(receive(&b, bytes, 1), 0);
    struct frame reply;
    assert_int_equal(parse(bytes, FRAME_LENGTH, &reply), FRAME_OK);
    assert_int_equal(reply.type, FRAME_REPLY);
    assert_int_equal(reply.timestamp, 5 * MS);
    assert_int_equal(reply.session, 22);
    assert_int_equal(receive(&a, bytes, 7 * MS), EXCHANGE_NOTHING);
    assert_int_equal(counter_read(&a.states[0].rtt_ns), 2 * MS);
    assert_int_equal(counter_read(&a.states[0].received), 1);
    assert_int_equal(counter_read(&a.states[0].sent), 1);
    assert_int_equal(counter_read(&b.states[0].received), 1);
}

static void losses_of_probes_and_replies_are_counted_by_who_should_have_got_them(void **state) {
    (void)state;
    static struct end a, b;
    uint8_t probe[FRAME_LENGTH], again[FRAME_LENGTH];
    make_pair(&a, &b);
    for (int i = 0; i < 10; i++) {
        a.worker.probing = 0;
        exchange_probe(&a.worker, probe, (uint64_t)(i + 1) * 100 * MS);
        if (i == 3 || i == 4) continue; /* two probes are lost */
        memcpy(again, probe, sizeof probe);
        assert_int_equal(receive(&b, probe, (uint64_t)(i + 1) * 100 * MS), 0);
        if (i != 7) receive(&a, probe, (uint64_t)(i + 1) * 100 * MS + MS); /* one reply is lost */
        if (i == 9) receive(&b, again, (uint64_t)(i + 1) * 100 * MS);      /* one probe comes twice */
    }
    assert_int_equal(counter_read(&b.states[0].lost), 2);
    assert_int_equal(counter_read(&b.states[0].received), 9);
    assert_int_equal(counter_read(&b.states[0].duplicated), 1);
    assert_int_equal(counter_read(&a.states[0].lost), 1);
    assert_int_equal(counter_read(&a.states[0].received), 7);
    assert_int_equal(counter_read(&a.states[0].replies), 7);
}

static void who_is_unknown_or_means_somebody_else_is_dropped(void **state) {
    (void)state;
    static struct end a, b, stranger;
    uint8_t bytes[FRAME_LENGTH];
    make_pair(&a, &b);
    make(&stranger, 3, 33, (const uint8_t[]){1}, 1);
    exchange_probe(&stranger.worker, bytes, MS);
    assert_int_equal(receive(&a, bytes, MS), EXCHANGE_NOTHING);
    assert_int_equal(dropped(&a, DROP_UNKNOWN_SENDER), 1);
    stranger.worker.probing = 0;
    exchange_probe(&stranger.worker, bytes, MS);
    assert_int_equal(receive(&b, bytes, MS), EXCHANGE_NOTHING);
    assert_int_equal(dropped(&b, DROP_NOT_FOR_US), 1);
    b.exchange.network = frame_network("other");
    exchange_probe(&b.worker, bytes, MS);
    assert_int_equal(receive(&a, bytes, MS), EXCHANGE_NOTHING);
    assert_int_equal(dropped(&a, DROP_OTHER_NETWORK), 1);
    assert_int_equal(counter_read(&a.states[0].received), 0);
    assert_int_equal(exchange_receive(&a.worker, bytes, 3, 3, MS), EXCHANGE_NOTHING);
    assert_int_equal(dropped(&a, FRAME_SHORT), 1);
}

static void a_peer_that_sends_too_much_is_not_answered(void **state) {
    (void)state;
    static struct end a, b;
    uint8_t bytes[FRAME_LENGTH];
    unsigned answered = 0;
    make_pair(&a, &b);
    for (unsigned i = 0; i < 3 * LIMIT_BURST; i++) {
        a.worker.probing = 0;
        exchange_probe(&a.worker, bytes, MS);
        answered += receive(&b, bytes, MS) != EXCHANGE_NOTHING;
    }
    assert_int_equal(answered, LIMIT_BURST);
    assert_int_equal(dropped(&b, DROP_OVER_LIMIT), 2 * LIMIT_BURST);
    a.worker.probing = 0;
    exchange_probe(&a.worker, bytes, MS);
    assert_int_equal(receive(&b, bytes, 1001 * MS), 0);
}

static void a_buffer_without_room_is_counted_and_not_answered(void **state) {
    (void)state;
    static struct end a, b;
    uint8_t bytes[FRAME_LENGTH];
    make_pair(&a, &b);
    exchange_probe(&a.worker, bytes, MS);
    assert_int_equal(exchange_receive(&b.worker, bytes, FRAME_LENGTH, 0, MS), EXCHANGE_NOTHING);
    assert_int_equal(counter_read(&b.states[0].received), 1);
}

static void probes_are_spread_over_their_interval_and_none_is_made_up_for(void **state) {
    (void)state;
    static struct end a;
    uint8_t bytes[FRAME_LENGTH];
    unsigned probes = 0;
    make(&a, 1, 11, (const uint8_t[]){2, 3}, 2);
    for (uint64_t now = 1000 * MS; now < 2000 * MS; now += MS) {
        unsigned together = 0;
        while (exchange_probe_due(&a.worker, now)) {
            exchange_probe(&a.worker, bytes, now);
            together++;
        }
        assert_true(together <= 1);
        probes += together;
    }
    assert_int_equal(probes, 20);
    probes = 0;
    while (exchange_probe_due(&a.worker, 60000 * MS)) {
        exchange_probe(&a.worker, bytes, 60000 * MS);
        probes++;
    }
    assert_true(probes <= 3);
    make(&a, 1, 11, NULL, 0);
    assert_false(exchange_probe_due(&a.worker, MS));
}

static void a_round_trip_that_cannot_be_is_left_out(void **state) {
    (void)state;
    static struct end a, b;
    uint8_t bytes[FRAME_LENGTH];
    make_pair(&a, &b);
    exchange_probe(&a.worker, bytes, 500 * MS);
    receive(&b, bytes, MS);
    receive(&a, bytes, 400 * MS);
    assert_int_equal(counter_read(&a.states[0].received), 1);
    assert_int_equal(counter_read(&a.states[0].replies), 0);
}

static void every_reason_has_a_name(void **state) {
    (void)state;
    assert_null(exchange_drop_name(FRAME_OK));
    for (unsigned i = FRAME_OK + 1; i < EXCHANGE_DROPS; i++) assert_non_null(exchange_drop_name(i));
    assert_true(exchange_is_malformed(FRAME_BAD_SUM));
    assert_false(exchange_is_malformed(FRAME_OTHER_PROTOCOL));
    assert_false(exchange_is_malformed(DROP_UNKNOWN_SENDER));
}

static void peers_are_found_by_address_and_port(void **state) {
    (void)state;
    struct peer list[] = {peer(9, 1), peer(2, 2), peer(2, 1), peer(200, 65535)};
    peers_sort(list, 4);
    struct peers peers = {.list = list, .count = 4};
    for (size_t i = 0; i < 4; i++) assert_int_equal(peers_find(&peers, &list[i].endpoint), i);
    struct peer other = peer(2, 3);
    assert_true(peers_find(&peers, &other.endpoint) == PEERS_UNKNOWN);
    peers.count = 0;
    assert_true(peers_find(&peers, &other.endpoint) == PEERS_UNKNOWN);
}

static void a_bucket_fills_with_time_and_never_over(void **state) {
    (void)state;
    struct limit limit = {0};
    for (unsigned i = 0; i < LIMIT_BURST; i++) assert_true(limit_take(&limit, 1));
    assert_false(limit_take(&limit, 1));
    assert_false(limit_take(&limit, 9 * MS));
    assert_true(limit_take(&limit, 10 * MS + 1));
    assert_false(limit_take(&limit, 10 * MS + 2));
    unsigned taken = 0;
    while (limit_take(&limit, 1000000 * MS)) taken++;
    assert_int_equal(taken, LIMIT_BURST);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_probe_is_answered_by_one_reply_of_its_length),
        cmocka_unit_test(losses_of_probes_and_replies_are_counted_by_who_should_have_got_them),
        cmocka_unit_test(who_is_unknown_or_means_somebody_else_is_dropped),
        cmocka_unit_test(a_peer_that_sends_too_much_is_not_answered),
        cmocka_unit_test(a_buffer_without_room_is_counted_and_not_answered),
        cmocka_unit_test(probes_are_spread_over_their_interval_and_none_is_made_up_for),
        cmocka_unit_test(a_round_trip_that_cannot_be_is_left_out),
        cmocka_unit_test(every_reason_has_a_name),
        cmocka_unit_test(peers_are_found_by_address_and_port),
        cmocka_unit_test(a_bucket_fills_with_time_and_never_over),
    };
    return cmocka_run_group_tests_name("exchange", tests, NULL, NULL);
}
