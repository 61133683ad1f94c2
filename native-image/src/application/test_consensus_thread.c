#include "application/consensus_thread.h"

#include <pthread.h>
#include <time.h>

#include "net/bytes.h"
#include "transactions/testing.h"

/* Four nodes of one chain with two workers each. This program is their workers and the wire between them. */
enum { NODES = 4, WORKERS = 2, ROOM = 256, MAX_BLOCK = 64 * 1024 };

static const uint64_t SLOT_NS = 400000000, START_NS = 1700000000ull * 1000000000ull, STEP_NS = 100000;

struct node {
    struct consensus_thread thread;
    struct handoff *handoffs[WORKERS];
    struct batches *batches;
    unsigned under_way; /* buffers that its thread has */
    uint64_t arrived;
};

struct chain {
    struct node nodes[NODES];
    atomic_bool stop;
    uint64_t now_ns;
};

/* Nodes below it are no more: nobody has them for a peer. */
static uint32_t first_node;

/* The peers of a node are the others, in their order. */
static uint32_t node_of(uint32_t self, uint32_t peer) {
    uint32_t node = first_node + peer;
    return node < self ? node : node + 1;
}

static uint32_t peer_of(uint32_t self, uint32_t node) {
    return (node < self ? node : node - 1) - first_node;
}

static void make_node(struct chain *chain, uint32_t self) {
    static const struct handoff_settings SETTINGS = {
        .room = ROOM, .out_room = ROOM, .out_bytes = HANDOFF_BYTES, .out_peers = HANDOFF_PEERS};
    struct node *node = &chain->nodes[self];
    struct consensus_thread *thread = &node->thread;
    uint32_t peers[NODES];
    struct settings settings = settings_default();
    for (uint32_t peer = 0; peer + 1 < NODES; peer++) peers[node_of(self, peer)] = peer;
    settings.schedule.validators = NODES;
    settings.self = self;
    settings.peers = peers;
    settings.max_block = MAX_BLOCK;
    settings.fan_out = 2;
    for (unsigned i = 0; i < WORKERS; i++) node->handoffs[i] = handoff_make(&SETTINGS);
    node->batches = batches_make(BATCHES_ROOM, MAX_BLOCK / 2);
    *thread = (struct consensus_thread){.loop = {.stop = &chain->stop, .idle = {.adaptive = true}},
                                        .depth_slots = settings.depth,
                                        .handoffs = node->handoffs,
                                        .workers = WORKERS,
                                        .batches = &node->batches,
                                        .desks = 1,
                                        .proposal = proposal_make(MAX_BLOCK)};
    consensus_thread_prepare(thread, &settings.schedule, chain->now_ns);
    thread->present = seat_make(&settings, &thread->outbox, chain->now_ns);
    assert_non_null(thread->present);
}

static struct chain *chain_make(uint64_t now_ns) {
    struct chain *chain = memory_of(sizeof *chain);
    memset(chain, 0, sizeof *chain);
    chain->now_ns = now_ns;
    for (uint32_t i = 0; i < NODES; i++) make_node(chain, i);
    return chain;
}

static void take_buffers_back(struct node *node) {
    struct datagram back[ROOM];
    for (unsigned i = 0; i < WORKERS; i++) {
        unsigned count = handoff_take_back(node->handoffs[i], back, ROOM);
        for (unsigned k = 0; k < count; k++) {
            assert_int_equal(back[k].peer, HANDOFF_DROP);
            free(back[k].buffer);
        }
        node->under_way -= count;
    }
}

static void chain_release(struct chain *chain) {
    atomic_store(&chain->stop, true);
    for (uint32_t i = 0; i < NODES; i++) {
        struct node *node = &chain->nodes[i];
        consensus_thread_run(&node->thread);
        take_buffers_back(node);
        assert_int_equal(node->under_way, 0);
        for (unsigned k = 0; k < WORKERS; k++) handoff_release(node->handoffs[k]);
        batches_release(node->batches);
        proposal_release(node->thread.proposal);
        seat_release(node->thread.present);
        seat_release(node->thread.before);
    }
    free(chain);
}

/* To one of the receiver's workers, in turns. */
static void arrive(struct node *node, uint32_t from, uint32_t self, const struct outgoing *out) {
    uint8_t *bytes = malloc(out->length);
    memcpy(bytes, out->bytes, out->length);
    struct handed handed = {
        .datagram = {
            .buffer = bytes, .bytes = bytes, .length = out->length, .room = out->length, .peer = peer_of(self, from)}};
    assert_int_equal(handoff_give(node->handoffs[node->arrived++ % WORKERS], &handed, 1), 1);
    node->under_way++;
}

static void carry(struct chain *chain, uint32_t from) {
    struct node *node = &chain->nodes[from];
    struct outgoing list[HANDOFF_OUT_BURST];
    unsigned count;
    while ((count = handoff_take_out(node->handoffs[0], list, HANDOFF_OUT_BURST)) > 0)
        for (unsigned i = 0; i < count; i++)
            for (unsigned k = 0; k < list[i].count; k++) {
                uint32_t to = node_of(from, list[i].peers[k]);
                arrive(&chain->nodes[to], from, to, &list[i]);
            }
    assert_int_equal(handoff_take_out(node->handoffs[1], list, 1), 0);
}

static void step(struct chain *chain) {
    for (uint32_t i = first_node; i < NODES; i++) {
        uint64_t deadline_ns;
        unsigned work = consensus_thread_round(&chain->nodes[i].thread, chain->now_ns, &deadline_ns);
        assert_true(work > 0 || deadline_ns > chain->now_ns);
        take_buffers_back(&chain->nodes[i]);
        carry(chain, i);
    }
    chain->now_ns += STEP_NS;
}

static void run_until(struct chain *chain, uint64_t until_ns) {
    while (chain->now_ns < until_ns) step(chain);
}

static uint64_t count(const struct chain *chain, uint32_t node, enum consensus_counter counter) {
    return consensus_thread_count(&chain->nodes[node].thread, counter);
}

static void each_node_proposes_its_slots_and_completes_the_others(void **state) {
    (void)state;
    struct chain *chain = chain_make(START_NS);
    run_until(chain, START_NS + 8 * SLOT_NS);
    for (uint32_t i = 0; i < NODES; i++) {
        assert_int_equal(count(chain, i, BLOCKS_PROPOSED), 2);
        assert_int_equal(count(chain, i, BLOCKS_COMPLETED), 6);
        assert_int_equal(count(chain, i, BLOCKS_MISSED), 0);
        assert_int_equal(count(chain, i, VOTES_ACKED), 8);
        assert_int_equal(counter_read(&chain->nodes[i].thread.counters.confirmed), 8);
    }
    chain_release(chain);
}

static void a_node_that_starts_within_its_slot_waits_for_the_next_one(void **state) {
    (void)state;
    struct chain *chain = chain_make(START_NS + SLOT_NS / 2);
    run_until(chain, START_NS + SLOT_NS - STEP_NS);
    for (uint32_t i = 0; i < NODES; i++) assert_int_equal(count(chain, i, BLOCKS_PROPOSED), 0);
    run_until(chain, START_NS + SLOT_NS + STEP_NS);
    uint64_t proposed = 0;
    for (uint32_t i = 0; i < NODES; i++) proposed += count(chain, i, BLOCKS_PROPOSED);
    assert_int_equal(proposed, 1);
    chain_release(chain);
}

static void a_thread_has_nothing_to_do_between_blocks_and_knows_until_when(void **state) {
    (void)state;
    struct chain *chain = chain_make(START_NS);
    run_until(chain, START_NS + SLOT_NS / 4);
    for (uint32_t i = 0; i < NODES; i++) {
        uint64_t deadline_ns;
        assert_int_equal(consensus_thread_round(&chain->nodes[i].thread, chain->now_ns, &deadline_ns), 0);
        assert_int_equal(deadline_ns, START_NS + SLOT_NS / 2); /* where it would ask for a block that did not come */
    }
    chain_release(chain);
}

/* `transactions` of them, with numbers from the first on. */
static void give_batch(struct node *node, uint64_t first, unsigned transactions) {
    uint8_t *bytes = batches_room(node->batches);
    uint32_t length = 0;
    assert_non_null(bytes);
    for (unsigned i = 0; i < transactions; i++)
        length += sample(bytes + length, 0, first + i, 1, (START_NS / SLOT_NS) + 100);
    batches_put(node->batches, length);
}

/* The node that leads the slot of now. */
static uint32_t leader(const struct chain *chain) {
    return schedule_leader(&chain->nodes[0].thread.present->schedule, chain->now_ns / SLOT_NS);
}

static void batches_go_into_the_next_block_of_their_node(void **state) {
    (void)state;
    struct chain *chain = chain_make(START_NS);
    const uint64_t block = MAX_BLOCK - PROPOSAL_HEAD, most = block / TRANSACTION_MIN;
    uint32_t leads = (leader(chain) + 2) % NODES;
    struct node *node = &chain->nodes[leads];
    uint64_t given = 0;
    for (unsigned i = 0; i < 5; i++, given += 200) give_batch(node, given, 200);
    run_until(chain, START_NS + 2 * SLOT_NS);
    assert_int_equal(counter_read(&node->thread.counters.proposed), 0);
    assert_int_equal(counter_read(&node->thread.counters.displaced), given - most);
    run_until(chain, START_NS + 3 * SLOT_NS);
    assert_int_equal(counter_read(&node->thread.counters.proposed), most);
    uint64_t shreds = (PROPOSAL_HEAD + most * TRANSACTION_MIN + 1119) / 1120;
    for (uint32_t i = 0; i < NODES; i++)
        if (i != leads) assert_in_range(count(chain, i, SHREDS_RECEIVED), shreds, shreds + 2); /* two empty blocks */
    run_until(chain, START_NS + 8 * SLOT_NS);
    assert_int_equal(counter_read(&node->thread.counters.proposed), most); /* once */
    chain_release(chain);
}

static void a_thread_gives_back_what_it_was_handed_when_it_ends(void **state) {
    (void)state;
    struct chain *chain = chain_make(START_NS);
    struct node *node = &chain->nodes[0];
    const struct outgoing rubbish = {.bytes = (const uint8_t *)"rubbish", .length = 7};
    for (unsigned i = 0; i < 2 * ROOM; i++) arrive(node, 1, 0, &rubbish);
    atomic_store(&chain->stop, true);
    consensus_thread_run(&node->thread);
    chain_release(chain);
}

/* A node's list of peers without the first one. Answers what it releases, if anything. */
static struct seat *go_over(struct chain *chain, uint32_t self, uint64_t first_slot, const uint32_t *to) {
    struct consensus_thread *thread = &chain->nodes[self].thread;
    uint32_t peers[NODES], *from = calloc(NODES, sizeof *from);
    struct settings settings = settings_default();
    for (uint32_t peer = 0; peer + 2 < NODES; peer++) peers[node_of(self, peer) - first_node] = peer;
    settings.schedule.validators = NODES - 1;
    settings.self = self - first_node;
    settings.peers = peers;
    settings.max_block = MAX_BLOCK;
    settings.fan_out = 2;
    struct seat *next = seat_make(&settings, &thread->outbox, schedule_start(&settings.schedule, first_slot));
    thread->now_ns = chain->now_ns;
    return consensus_thread_move(thread, next, first_slot, to, from, NODES - 2);
}

/* Of what is only seen where two do not agree who is who. */
static uint64_t disagreements(const struct chain *chain, uint32_t node) {
    return count(chain, node, DROP_LEADER) + count(chain, node, DROP_SENDER) + count(chain, node, DROP_STRANGER) +
           count(chain, node, DROP_CONFLICTING);
}

static void a_chain_that_loses_a_node_goes_over_at_the_same_slot(void **state) {
    (void)state;
    static const uint32_t WITHOUT_FIRST[] = {UINT32_MAX, 0, 1}, AGAIN[] = {0, 1};
    const uint64_t begin_ns = START_NS + 24 * SLOT_NS, first = START_NS / SLOT_NS + CONSENSUS_ERA;
    struct chain *chain = chain_make(begin_ns);
    run_until(chain, begin_ns + 2 * SLOT_NS + SLOT_NS / 10); /* nothing is under way */
    first_node = 1;
    for (uint32_t i = 1; i < NODES; i++) {
        const struct schedule *schedule = &chain->nodes[i].thread.present->schedule;
        assert_int_equal(consensus_thread_era(schedule, chain->now_ns), first);
        assert_null(go_over(chain, i, first, WITHOUT_FIRST));
        struct seat *gone = go_over(chain, i, first, AGAIN); /* in the same era: the one between has done nothing */
        assert_non_null(gone);
        seat_release(gone);
    }
    run_until(chain, START_NS + CONSENSUS_ERA * SLOT_NS);
    uint64_t missed = count(chain, 1, BLOCKS_MISSED), proposed[NODES];
    for (uint32_t i = 1; i < NODES; i++) {
        assert_int_equal(count(chain, i, BLOCKS_MISSED), missed);
        assert_in_range(missed, 1, 2); /* those that the first one would have led */
        proposed[i] = count(chain, i, BLOCKS_PROPOSED);
    }
    run_until(chain, START_NS + (CONSENSUS_ERA + 9) * SLOT_NS);
    for (uint32_t i = 1; i < NODES; i++) {
        assert_int_equal(count(chain, i, BLOCKS_PROPOSED) - proposed[i], 3);
        assert_int_equal(count(chain, i, BLOCKS_MISSED), missed);
        assert_int_equal(disagreements(chain, i), 0);
    }
    seat_release(go_over(chain, 1, first + CONSENSUS_ERA, AGAIN)); /* the one before has no slots any more */
    first_node = 0;
    chain_release(chain);
}

static void *run(void *thread) {
    consensus_thread_run(thread);
    return NULL;
}

static void threads_of_their_own_agree_by_the_kernels_clock(void **state) {
    (void)state;
    struct chain *chain = chain_make(consensus_thread_clock());
    const struct timespec pause = {.tv_nsec = 100000};
    pthread_t threads[NODES];
    uint64_t acked = 0;
    for (uint32_t i = 0; i < NODES; i++) pthread_create(&threads[i], NULL, run, &chain->nodes[i].thread);
    for (unsigned ms = 0; ms < 200000 && acked < NODES; ms++) {
        for (uint32_t i = 0; i < NODES; i++) {
            take_buffers_back(&chain->nodes[i]);
            carry(chain, i);
        }
        nanosleep(&pause, NULL);
        acked = 0;
        for (uint32_t i = 0; i < NODES; i++) acked += count(chain, i, VOTES_ACKED) > 0;
    }
    atomic_store(&chain->stop, true);
    for (uint32_t i = 0; i < NODES; i++) pthread_join(threads[i], NULL);
    assert_int_equal(acked, NODES);
    chain_release(chain);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_node_proposes_its_slots_and_completes_the_others),
        cmocka_unit_test(a_node_that_starts_within_its_slot_waits_for_the_next_one),
        cmocka_unit_test(a_thread_has_nothing_to_do_between_blocks_and_knows_until_when),
        cmocka_unit_test(batches_go_into_the_next_block_of_their_node),
        cmocka_unit_test(a_thread_gives_back_what_it_was_handed_when_it_ends),
        cmocka_unit_test(a_chain_that_loses_a_node_goes_over_at_the_same_slot),
        cmocka_unit_test(threads_of_their_own_agree_by_the_kernels_clock),
    };
    return cmocka_run_group_tests_name("consensus thread", tests, NULL, NULL);
}
