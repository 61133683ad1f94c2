#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "application/peer_thread.h"

/* Two nodes with two workers each, which have one another for their only peer. This program is their workers and the
 * wire. */
enum { WORKERS = 2, ROOM = 16 };

static const uint64_t MS = 1000000, SECOND = 1000000000;

struct node {
    struct peer_thread thread;
    struct handoff *handoffs[WORKERS];
    struct exchange exchange;
    struct exchange_peer shared;
    struct exchange_peer_state states[WORKERS];
    struct exchange_worker workers[WORKERS];
    const struct exchange_worker *exchanges[WORKERS];
    unsigned under_way; /* buffers that its thread has */
    unsigned next;      /* worker that receives */
    uint16_t room;      /* of buffers that come; 0: they must not be written */
};

struct pair {
    struct node nodes[2];
    atomic_bool stop;
    uint64_t now_ns;
};

static void make_node(struct pair *pair, unsigned self, const char *version) {
    static const struct handoff_settings SETTINGS = {
        .room = ROOM, .out_room = ROOM, .out_bytes = HELLO_BYTES, .out_peers = 1};
    struct node *node = &pair->nodes[self];
    for (unsigned i = 0; i < WORKERS; i++) {
        node->handoffs[i] = handoff_make(&SETTINGS);
        node->workers[i] = (struct exchange_worker){.exchange = &node->exchange, .peers = &node->states[i]};
        node->exchanges[i] = &node->workers[i];
    }
    node->exchange.shared = &node->shared;
    node->room = HELLO_BYTES;
    node->thread = (struct peer_thread){.loop = {.stop = &pair->stop},
                                        .handoffs = node->handoffs,
                                        .exchanges = node->exchanges,
                                        .workers = WORKERS,
                                        .exchange = &node->exchange,
                                        .clock = clock_make(1000000000)};
    peer_thread_prepare(&node->thread);
    const struct handshake_settings settings = {.version = version,
                                                .peers = 1,
                                                .most_pending = 1,
                                                .timeout_ns = 3 * SECOND,
                                                .key = {self, 7},
                                                .outside = &node->thread.outside};
    node->thread.handshake = handshake_make(&settings);
    assert_non_null(node->thread.handshake);
}

static struct pair *pair_make(const char *one, const char *other) {
    struct pair *pair = aligned_alloc(64, sizeof *pair);
    assert_non_null(pair);
    memset(pair, 0, sizeof *pair);
    pair->now_ns = 1000 * SECOND;
    make_node(pair, 0, one);
    make_node(pair, 1, other);
    return pair;
}

static void arrive(struct node *node, const uint8_t *bytes, uint16_t length) {
    struct datagram datagram = {.length = length, .room = node->room};
    uint8_t *buffer = malloc(length);
    memcpy(buffer, bytes, length);
    datagram.buffer = datagram.bytes = buffer;
    struct handed handed = {.datagram = datagram};
    node->next = (node->next + 1) % WORKERS;
    if (handoff_give(node->handoffs[node->next], &handed, 1) == 1)
        node->under_way++;
    else
        free(buffer);
}

/* What a node's workers take from its thread: answers and hellos, both for the other. Answers how many. */
static unsigned carry(struct pair *pair, unsigned from) {
    struct node *node = &pair->nodes[from], *other = &pair->nodes[1 - from];
    struct datagram back[ROOM];
    struct outgoing out[HANDOFF_OUT_BURST];
    unsigned sent = 0;
    for (unsigned i = 0; i < WORKERS; i++) {
        unsigned count = handoff_take_back(node->handoffs[i], back, ROOM);
        node->under_way -= count;
        for (unsigned k = 0; k < count; k++) {
            if (back[k].peer != HANDOFF_DROP) arrive(other, back[k].bytes, back[k].length);
            sent += back[k].peer != HANDOFF_DROP;
            free(back[k].buffer);
        }
        count = handoff_take_out(node->handoffs[i], out, HANDOFF_OUT_BURST);
        if (count > 0) assert_int_equal(i, 0); /* the first worker sends */
        for (unsigned k = 0; k < count; k++) arrive(other, out[k].bytes, out[k].length);
        sent += count;
    }
    return sent;
}

static void pair_release(struct pair *pair) {
    for (unsigned i = 0; i < 2; i++) {
        struct node *node = &pair->nodes[i];
        for (unsigned k = 0; k < WORKERS; k++) handoff_release(node->handoffs[k]);
        assert_int_equal(node->under_way, 0);
        handshake_release(node->thread.handshake);
    }
    free(pair);
}

static void end(struct pair *pair) {
    atomic_store(&pair->stop, true);
    for (unsigned rounds = 0; rounds < 4; rounds++) /* what one says at last goes to the other */
        for (unsigned i = 0; i < 2; i++) {
            peer_thread_run(&pair->nodes[i].thread);
            carry(pair, i);
        }
    pair_release(pair);
}

static void run_for(struct pair *pair, uint64_t ms) {
    for (uint64_t end_ns = pair->now_ns + ms * MS; pair->now_ns < end_ns; pair->now_ns += MS)
        for (unsigned i = 0; i < 2; i++) {
            uint64_t deadline_ns;
            peer_thread_round(&pair->nodes[i].thread, pair->now_ns, &deadline_ns);
            carry(pair, i);
        }
}

static enum peer_state state_of(const struct pair *pair, unsigned node) {
    return handshake_state(pair->nodes[node].thread.handshake, 0);
}

static void two_nodes_are_connected_over_their_workers(void **state) {
    (void)state;
    struct pair *pair = pair_make("1.0", "1.3");
    run_for(pair, 10);
    assert_int_equal(state_of(pair, 0), PEER_CONNECTED);
    assert_int_equal(state_of(pair, 1), PEER_CONNECTED);
    assert_false(pair->nodes[0].shared.silent);
    end(pair);
}

static void two_versions_refuse_one_another_and_get_no_probes(void **state) {
    (void)state;
    struct pair *pair = pair_make("1.0", "2.0");
    struct handshake_news news;
    run_for(pair, 10);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(state_of(pair, i), PEER_REFUSED);
        assert_true(pair->nodes[i].shared.silent);
        assert_true(news_take(&pair->nodes[i].thread.news, &news));
        assert_int_equal(news.state, PEER_REFUSED);
        assert_string_equal(news.version, i == 0 ? "2.0" : "1.0");
        assert_false(news_take(&pair->nodes[i].thread.news, &news));
    }
    end(pair);
}

static void what_any_worker_hears_keeps_a_peer(void **state) {
    (void)state;
    struct pair *pair = pair_make("1.0", "1.0");
    run_for(pair, 10);
    for (unsigned i = 0; i < 10; i++) {
        counter_set(&pair->nodes[0].states[i / 5].heard_ns, pair->now_ns);
        run_for(pair, 1000);
        assert_int_equal(state_of(pair, 0), PEER_CONNECTED);
    }
    assert_int_equal(counter_read(&handshake_counters(pair->nodes[0].thread.handshake)->losses), 0);
    end(pair);
}

static void a_buffer_that_must_not_be_written_is_not_answered(void **state) {
    (void)state;
    struct pair *pair = pair_make("1.0", "1.0");
    pair->nodes[1].room = 0;
    run_for(pair, 2000);
    assert_int_equal(state_of(pair, 0), PEER_PENDING);
    assert_int_equal(state_of(pair, 1), PEER_CONNECTED); /* its own hellos were answered */
    end(pair);
}

static void what_is_no_hello_only_goes_back(void **state) {
    (void)state;
    struct pair *pair = pair_make("1.0", "1.0");
    uint8_t bytes[64] = {0};
    header_write(&(struct header){.type = MESSAGE_HELLO}, bytes);
    for (uint16_t length = 1; length <= sizeof bytes; length++) {
        arrive(&pair->nodes[0], bytes, length);
        run_for(pair, 1);
    }
    assert_int_equal(counter_read(&handshake_counters(pair->nodes[0].thread.handshake)->malformed),
                     64 - HEADER_BYTES + 1);
    end(pair);
}

static void news_beyond_the_room_are_counted(void **state) {
    (void)state;
    struct news news = {0};
    struct handshake_news one;
    for (uint32_t i = 0; i < 500; i++) news_put(&news, &(struct handshake_news){.peer = i});
    assert_int_equal(counter_read(&news.left_out), 500 - NEWS_ROOM);
    for (uint32_t i = 0; i < NEWS_ROOM; i++) {
        assert_true(news_take(&news, &one));
        assert_int_equal(one.peer, i);
    }
    assert_false(news_take(&news, &one));
    news_put(&news, &(struct handshake_news){.peer = 7});
    assert_true(news_take(&news, &one));
    assert_int_equal(one.peer, 7);
}

static void *run(void *thread) {
    peer_thread_run(thread);
    return NULL;
}

static void threads_of_their_own_are_connected(void **state) {
    (void)state;
    struct pair *pair = pair_make("1.0", "2.0");
    const struct timespec pause = {.tv_nsec = 100000};
    pthread_t threads[2];
    struct handshake_news news;
    bool told[2] = {false, false};
    for (unsigned i = 0; i < 2; i++) pthread_create(&threads[i], NULL, run, &pair->nodes[i].thread);
    for (unsigned rounds = 0; rounds < 200000 && !(told[0] && told[1]); rounds++) {
        for (unsigned i = 0; i < 2; i++) {
            carry(pair, i);
            told[i] = told[i] || news_take(&pair->nodes[i].thread.news, &news);
        }
        nanosleep(&pause, NULL);
    }
    for (unsigned i = 0; i < 2; i++) assert_int_equal(state_of(pair, i), PEER_REFUSED);
    atomic_store(&pair->stop, true);
    for (unsigned i = 0; i < 2; i++) pthread_join(threads[i], NULL);
    end(pair);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_nodes_are_connected_over_their_workers),
        cmocka_unit_test(two_versions_refuse_one_another_and_get_no_probes),
        cmocka_unit_test(what_any_worker_hears_keeps_a_peer),
        cmocka_unit_test(a_buffer_that_must_not_be_written_is_not_answered),
        cmocka_unit_test(what_is_no_hello_only_goes_back),
        cmocka_unit_test(news_beyond_the_room_are_counted),
        cmocka_unit_test(threads_of_their_own_are_connected),
    };
    return cmocka_run_group_tests_name("peer thread", tests, NULL, NULL);
}
