#include "net/bytes.h"
#include "protocol/drops.h"
#include "protocol/exchange.h"
#include "protocol/testing.h"

/* One end of an exchange with one worker and up to three peers. */
struct end {
    struct exchange exchange;
    struct exchange_worker worker;
    struct peer peers[3];
    struct exchange_peer shared[3];
    struct exchange_peer_state states[3];
    struct counter drops[DROPS];
};

static struct peer peer(uint8_t last, uint16_t port) {
    const uint8_t address[4] = {10, 78, 0, last};
    return (struct peer){.endpoint = endpoint_ipv4(address, port), .mac = {0x52, 0x54, 0, 0xd1, 0, last}};
}

static void make(struct end *end, uint32_t session, const uint8_t *others, size_t count) {
    memset(end, 0, sizeof *end);
    end->exchange.network = header_network("n");
    end->exchange.session = session;
    for (size_t i = 0; i < count; i++) end->peers[i] = peer(others[i], 30900);
    peers_sort(end->peers, count);
    end->exchange.peers = (struct peers){.list = end->peers, .count = count};
    end->exchange.shared = end->shared;
    exchange_reset(&end->exchange);
    end->worker = (struct exchange_worker){.exchange = &end->exchange, .peers = end->states, .drops = end->drops};
}

static const uint64_t MS = 1000000;

/* Two ends that know one another. */
static void make_pair(struct end *a, struct end *b) {
    make(a, 11, (const uint8_t[]){2}, 1);
    make(b, 22, (const uint8_t[]){1}, 1);
}

static struct datagram in(uint8_t *bytes) {
    return (struct datagram){.bytes = bytes, .length = EXCHANGE_BYTES, .room = EXCHANGE_BYTES};
}

static void probe(struct end *end, uint8_t *bytes, uint64_t now) {
    struct datagram datagram = in(bytes);
    exchange_probe(&end->worker, &datagram, now);
    assert_int_equal(datagram.length, EXCHANGE_BYTES);
}

/* Everything here has one peer, of index 0. */
static bool receive(struct end *end, uint8_t *bytes, uint64_t now) {
    struct datagram datagram = in(bytes);
    return exchange_receive(&end->worker, (enum message_type)bytes[3], &datagram, now);
}

static uint64_t dropped(const struct end *end, unsigned reason) {
    return counter_read(&end->drops[reason]);
}

static void a_probe_is_answered_by_one_reply_of_its_length(void **state) {
    (void)state;
    static struct end a, b;
    uint8_t bytes[EXCHANGE_BYTES];
    make_pair(&a, &b);
    probe(&a, bytes, 5 * MS);
    exchange_sent(&a.worker, 0);
    assert_true(receive(&b, bytes, 1));
    struct header header;
    assert_int_equal(header_read(bytes, sizeof bytes, &header), HEADER_OK);
    assert_int_equal(header.type, MESSAGE_REPLY);
    assert_int_equal(header.network, header_network("n"));
    assert_int_equal(bytes[15], 22); /* the session of who answers */
    assert_false(receive(&a, bytes, 7 * MS));
    assert_int_equal(counter_read(&a.states[0].rtt_ns), 2 * MS);
    assert_int_equal(counter_read(&a.states[0].heard_ns), 7 * MS);
    assert_int_equal(counter_read(&a.states[0].received), 1);
    assert_int_equal(counter_read(&a.states[0].sent), 1);
    assert_int_equal(counter_read(&b.states[0].received), 1);
}

static void the_index_that_a_peer_tells_is_the_hint_of_what_goes_to_it(void **state) {
    (void)state;
    static struct end a, b;
    uint8_t bytes[EXCHANGE_BYTES];
    struct header header;
    make(&a, 11, (const uint8_t[]){2}, 1);
    make(&b, 22, (const uint8_t[]){7, 8, 1}, 3); /* a is b's peer of index 0: addresses are in order */
    probe(&a, bytes, MS);
    assert_int_equal(header_read(bytes, sizeof bytes, &header), HEADER_OK);
    assert_int_equal(header.hint, HEADER_NO_HINT);
    assert_true(receive(&b, bytes, MS));
    receive(&a, bytes, 2 * MS);
    a.worker.probing = 0;
    probe(&a, bytes, 3 * MS);
    assert_int_equal(header_read(bytes, sizeof bytes, &header), HEADER_OK);
    assert_int_equal(header.hint, 0);
}

static void losses_of_probes_and_replies_are_counted_by_who_should_have_got_them(void **state) {
    (void)state;
    static struct end a, b;
    uint8_t bytes[EXCHANGE_BYTES], again[EXCHANGE_BYTES];
    make_pair(&a, &b);
    for (int i = 0; i < 10; i++) {
        a.worker.probing = 0;
        probe(&a, bytes, (uint64_t)(i + 1) * 100 * MS);
        if (i == 3 || i == 4) continue; /* two probes are lost */
        memcpy(again, bytes, sizeof bytes);
        assert_true(receive(&b, bytes, (uint64_t)(i + 1) * 100 * MS));
        if (i != 7) receive(&a, bytes, (uint64_t)(i + 1) * 100 * MS + MS); /* one reply is lost */
        if (i == 9) receive(&b, again, (uint64_t)(i + 1) * 100 * MS);      /* one probe comes twice */
    }
    assert_int_equal(counter_read(&b.states[0].lost), 2);
    assert_int_equal(counter_read(&b.states[0].received), 9);
    assert_int_equal(counter_read(&b.states[0].duplicated), 1);
    assert_int_equal(counter_read(&a.states[0].lost), 1);
    assert_int_equal(counter_read(&a.states[0].received), 7);
    assert_int_equal(counter_read(&a.states[0].replies), 7);
}

static void a_body_of_another_length_or_with_reserved_bytes_is_malformed(void **state) {
    (void)state;
    static struct end a, b;
    uint8_t bytes[EXCHANGE_BYTES];
    make_pair(&a, &b);
    probe(&a, bytes, MS);
    struct datagram datagram = in(bytes);
    datagram.length--;
    assert_false(exchange_receive(&b.worker, MESSAGE_PROBE, &datagram, MS));
    bytes[35] = 1;
    assert_false(receive(&b, bytes, MS));
    assert_int_equal(dropped(&b, DROP_BAD_BODY), 2);
    assert_int_equal(counter_read(&b.states[0].received), 0);
}

static void a_buffer_without_room_is_counted_and_not_answered(void **state) {
    (void)state;
    static struct end a, b;
    uint8_t bytes[EXCHANGE_BYTES];
    make_pair(&a, &b);
    probe(&a, bytes, MS);
    struct datagram datagram = in(bytes);
    datagram.room = 0;
    assert_false(exchange_receive(&b.worker, MESSAGE_PROBE, &datagram, MS));
    assert_int_equal(counter_read(&b.states[0].received), 1);
}

static void probes_are_spread_over_their_interval_and_none_is_made_up_for(void **state) {
    (void)state;
    static struct end a;
    uint8_t bytes[EXCHANGE_BYTES];
    unsigned probes = 0;
    make(&a, 11, (const uint8_t[]){2, 3}, 2);
    for (uint64_t now = 1000 * MS; now < 2000 * MS; now += MS) {
        unsigned together = 0;
        while (exchange_probe_due(&a.worker, now)) {
            probe(&a, bytes, now);
            together++;
        }
        assert_true(together <= 1);
        probes += together;
    }
    assert_int_equal(probes, 20);
    probes = 0;
    while (exchange_probe_due(&a.worker, 60000 * MS)) {
        probe(&a, bytes, 60000 * MS);
        probes++;
    }
    assert_true(probes <= 3);
    make(&a, 11, NULL, 0);
    assert_false(exchange_probe_due(&a.worker, MS));
}

/* Which peers get probes in a second: bits. */
static unsigned probed_in(struct end *end, uint64_t second, unsigned *probes) {
    uint8_t bytes[EXCHANGE_BYTES];
    unsigned who = 0;
    *probes = 0;
    for (uint64_t now = second * 1000 * MS; now < (second + 1) * 1000 * MS; now += MS)
        while (exchange_probe_due(&end->worker, now)) {
            struct datagram datagram = in(bytes);
            exchange_probe(&end->worker, &datagram, now);
            who |= 1u << datagram.peer;
            ++*probes;
        }
    return who;
}

static void peers_that_are_to_get_no_probes_get_none(void **state) {
    (void)state;
    static struct end a;
    unsigned probes;
    make(&a, 11, (const uint8_t[]){2, 3, 4}, 3);
    assert_int_equal(probed_in(&a, 1, &probes), 7);
    assert_in_range(probes, 29, 31);
    exchange_probes(&a.exchange, 0, false);
    exchange_probes(&a.exchange, 2, false);
    assert_int_equal(probed_in(&a, 2, &probes), 2);
    assert_in_range(probes, 9, 11);
    exchange_probes(&a.exchange, 1, false);
    assert_int_equal(probed_in(&a, 3, &probes), 0);
    exchange_probes(&a.exchange, 0, true);
    assert_int_equal(probed_in(&a, 4, &probes), 1);
    assert_in_range(probes, 9, 11);
    exchange_reset(&a.exchange);
    assert_int_equal(probed_in(&a, 5, &probes), 7);
}

static void a_round_trip_that_cannot_be_is_left_out(void **state) {
    (void)state;
    static struct end a, b;
    uint8_t bytes[EXCHANGE_BYTES];
    make_pair(&a, &b);
    probe(&a, bytes, 500 * MS);
    receive(&b, bytes, MS);
    receive(&a, bytes, 400 * MS);
    assert_int_equal(counter_read(&a.states[0].received), 1);
    assert_int_equal(counter_read(&a.states[0].replies), 0);
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

/* `end` goes over to another list. */
static void go_over(struct end *end, const uint8_t *others, size_t count) {
    static struct end lists[2]; /* live on: the tables of one are in use */
    struct end *next = &lists[end->worker.peers == lists[0].states];
    uint32_t from[3], to[3];
    make(next, 0, others, count);
    peers_match(&end->exchange.peers, &next->exchange.peers, from, to);
    exchange_move_worker(&end->worker, next->states, &next->exchange, from, to);
    exchange_move(&end->exchange, &next->exchange, from);
}

static void a_peer_that_stays_goes_on_with_its_numbers_under_another_index(void **state) {
    (void)state;
    struct end a, b;
    uint8_t bytes[EXCHANGE_BYTES];
    make_pair(&a, &b);
    for (unsigned i = 0; i < 3; i++) {
        a.worker.probing = 0;
        probe(&a, bytes, 10);
        exchange_sent(&a.worker, 0);
        assert_true(receive(&b, bytes, 11));
        assert_false(receive(&a, bytes, 12));
    }
    go_over(&a, (const uint8_t[]){0, 2, 9}, 3); /* it was 0 and is 1 */
    const struct exchange_peer_state *of_b = &a.worker.peers[1];
    assert_int_equal(counter_read(&of_b->sent), 3);
    assert_int_equal(counter_read(&of_b->received), 3);
    assert_int_equal(counter_read(&a.worker.peers[0].received), 0);
    a.worker.probing = 1;
    probe(&a, bytes, 20);
    assert_int_equal(bytes_read64(bytes + 16), 3); /* the next number */
    assert_int_equal(bytes_read16(bytes + 32), 1); /* by which it knows b now */
    assert_true(receive(&b, bytes, 21));
    assert_int_equal(bytes_read16(bytes + 8), 1); /* which b writes at once */
    struct datagram datagram = in(bytes);
    datagram.peer = 1;
    assert_false(exchange_receive(&a.worker, MESSAGE_REPLY, &datagram, 22));
    assert_int_equal(counter_read(&of_b->received), 4);
    assert_int_equal(counter_read(&of_b->lost) + counter_read(&b.states[0].lost), 0);
    assert_int_equal(dropped(&a, DROP_STALE) + dropped(&b, DROP_STALE), 0);
}

static void what_a_peer_that_is_gone_counted_stays_in_the_sums(void **state) {
    (void)state;
    struct end a;
    make(&a, 11, (const uint8_t[]){2, 3}, 2);
    counter_add(&a.states[0].sent, 5);
    counter_add(&a.states[1].sent, 7);
    counter_add(&a.states[1].received, 8);
    counter_add(&a.states[1].lost, 1);
    go_over(&a, (const uint8_t[]){2}, 1);
    assert_int_equal(counter_read(&a.worker.gone.sent), 7);
    assert_int_equal(counter_read(&a.worker.gone.received), 8);
    assert_int_equal(counter_read(&a.worker.gone.lost), 1);
    assert_int_equal(counter_read(&a.worker.peers[0].sent), 5);
    go_over(&a, (const uint8_t[]){2, 3}, 2); /* it comes back, as somebody new */
    assert_int_equal(counter_read(&a.worker.peers[1].sent), 0);
}

static void nobody_gets_two_probes_in_a_round_because_the_list_changes(void **state) {
    (void)state;
    struct end a;
    make(&a, 11, (const uint8_t[]){2, 4, 6}, 3);
    a.worker.probing = 1; /* 2 has its probe, 4 is next */
    go_over(&a, (const uint8_t[]){1, 2, 4}, 3);
    assert_int_equal(a.worker.probing, 2);
    make(&a, 11, (const uint8_t[]){2, 4, 6}, 3);
    a.worker.probing = 1;
    go_over(&a, (const uint8_t[]){2, 6}, 2); /* 4 is gone, 6 is next */
    assert_int_equal(a.worker.probing, 1);
    make(&a, 11, (const uint8_t[]){2, 4, 6}, 3);
    a.worker.probing = 3; /* all have theirs */
    go_over(&a, (const uint8_t[]){2, 4, 7}, 3);
    assert_int_equal(a.worker.probing, 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_probe_is_answered_by_one_reply_of_its_length),
        cmocka_unit_test(the_index_that_a_peer_tells_is_the_hint_of_what_goes_to_it),
        cmocka_unit_test(losses_of_probes_and_replies_are_counted_by_who_should_have_got_them),
        cmocka_unit_test(a_body_of_another_length_or_with_reserved_bytes_is_malformed),
        cmocka_unit_test(a_buffer_without_room_is_counted_and_not_answered),
        cmocka_unit_test(probes_are_spread_over_their_interval_and_none_is_made_up_for),
        cmocka_unit_test(peers_that_are_to_get_no_probes_get_none),
        cmocka_unit_test(a_round_trip_that_cannot_be_is_left_out),
        cmocka_unit_test(peers_are_found_by_address_and_port),
        cmocka_unit_test(a_peer_that_stays_goes_on_with_its_numbers_under_another_index),
        cmocka_unit_test(what_a_peer_that_is_gone_counted_stays_in_the_sums),
        cmocka_unit_test(nobody_gets_two_probes_in_a_round_because_the_list_changes),
    };
    return cmocka_run_group_tests_name("exchange", tests, NULL, NULL);
}
