#include "consensus/probe.h"
#include "consensus/testing.h"
#include "worker/clock.h"

/*
 * What one datagram costs on this machine, printed and not judged: other work runs beside it. The outbox does nothing,
 * so sending is not in it.
 */
enum { ROUNDS = 200 };

static uint64_t now_ns(void) {
    return clock_kernel_ns(CLOCK_MONOTONIC);
}

static struct probe_block block;
static uint8_t bodies[59][SHRED_HEAD + PROBE_STRIDE];
static size_t lengths[59];

/* The least of all rounds, for one of `count` datagrams: what was disturbed least. */
struct least {
    const char *what;
    uint64_t ns;
};

static void note(struct least *least, const char *what, uint64_t begin, uint64_t count) {
    uint64_t ns = (now_ns() - begin) / count;
    if (least->what == NULL || ns < least->ns) *least = (struct least){what, ns};
}

/* A slot's block in one direction: all shreds new, then all again, then from somebody else. */
static void run_slot(struct probe *probe, uint64_t slot, struct least *least) {
    struct tree tree = probe_tree(slot);
    uint64_t virtual = slot * PROBE_SLOT_NS;
    uint32_t leader = probe_peer(tree.leader), parent = probe_peer(tree_parent(&tree, PROBE_SELF)), other = 0;
    while (probe_peer(other) == leader || probe_peer(other) == parent || other == PROBE_SELF) other++;
    probe_block(&block, slot, 64 * 1024);
    for (uint32_t i = 0; i < 59; i++) lengths[i] = probe_shred(&block, i, bodies[i]);
    uint64_t begin = now_ns();
    for (uint32_t i = 0; i < 58; i++)
        validator_receive(probe->validator, MESSAGE_SHRED, bodies[i], lengths[i], parent, virtual);
    note(&least[0], "a new shred, copied, summed and relayed", begin, 58);
    begin = now_ns();
    for (uint32_t i = 0; i < 58; i++)
        validator_receive(probe->validator, MESSAGE_SHRED, bodies[i], lengths[i], leader, virtual);
    note(&least[1], "a shred that was here before", begin, 58);
    begin = now_ns();
    for (uint32_t i = 0; i < 58; i++)
        validator_receive(probe->validator, MESSAGE_SHRED, bodies[i], lengths[i], probe_peer(other), virtual);
    note(&least[2], "a shred of somebody else", begin, 58);
    begin = now_ns();
    for (uint32_t i = 0; i < 58; i++)
        validator_receive(probe->validator, MESSAGE_SHRED, bodies[i], lengths[i], parent, virtual + 60 * PROBE_SLOT_NS);
    note(&least[3], "a shred of an old slot", begin, 58);
    validator_receive(probe->validator, MESSAGE_SHRED, bodies[58], lengths[58], parent, virtual);
}

static void answer_repairs(struct probe *probe, uint64_t slot, struct least *least) {
    struct tree tree = probe_tree(slot);
    uint32_t children[PROBE_FAN_OUT];
    uint8_t request[REPAIR_MAX_BYTES];
    tree_children(&tree, PROBE_SELF, children);
    struct repair_request wanted = {.slot = slot, .block = block.head.block, .ranges = 1};
    wanted.list[0] = (struct repair_range){0, REPAIR_MOST};
    size_t length = repair_write(&wanted, request);
    for (uint32_t i = 0; i < 4; i++) {
        uint64_t begin = now_ns();
        validator_receive(probe->validator, MESSAGE_REPAIR, request, length, probe_peer(children[0]),
                          slot * PROBE_SLOT_NS);
        if (i == 0) note(&least[4], "a shred in answer to a repair", begin, 59);
        if (i == 3) note(&least[5], "a repair whose sender has had enough", begin, 1);
    }
}

static void count_votes(struct probe *probe, uint64_t round, struct least *least) {
    uint64_t slot = PROBE_SELF - 1 + (round + 200) * PROBE_VALIDATORS;
    uint8_t votes[PROBE_VALIDATORS][VOTE_BYTES];
    for (uint32_t i = 0; i < PROBE_VALIDATORS; i++)
        vote_write(&(struct vote){.slot = slot, .block = 1, .voter = (uint16_t)i}, votes[i]);
    uint64_t begin = now_ns();
    for (uint32_t i = PROBE_SELF + 1; i < PROBE_VALIDATORS; i++)
        validator_receive(probe->validator, MESSAGE_VOTE, votes[i], VOTE_BYTES, probe_peer(i), slot * PROBE_SLOT_NS);
    note(&least[6], "a vote, counted and acknowledged", begin, PROBE_VALIDATORS - PROBE_SELF - 1);
}

static void what_a_datagram_costs_is_printed(void **state) {
    (void)state;
    struct least least[8] = {0};
    struct probe *probe = probe_make(0);
    probe->sent_count = PROBE_SENT; /* only counted */
    uint64_t slot = 0;
    for (uint32_t i = 0; i < ROUNDS; i++) {
        slot = probe_interior(slot + 1);
        run_slot(probe, slot, least);
        answer_repairs(probe, slot, least);
    }
    for (uint32_t i = 0; i < ROUNDS; i++) count_votes(probe, i, least);
    uint64_t begin = now_ns(), last = slot * PROBE_SLOT_NS;
    validator_tick(probe->validator, last);
    for (uint32_t i = 0; i < 1000; i++) validator_tick(probe->validator, last + i);
    note(&least[7], "a tick with nothing due", begin, 1000);
    for (uint32_t i = 0; i < 8; i++) printf("# %llu ns: %s\n", (unsigned long long)least[i].ns, least[i].what);
    assert_int_equal(probe_count(probe, BLOCKS_COMPLETED), ROUNDS);
    assert_int_equal(probe_count(probe, SHREDS_DUPLICATED), ROUNDS * 58);
    assert_int_equal(probe_count(probe, SLOTS_CONFIRMED), ROUNDS);
    probe_release(probe);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_a_datagram_costs_is_printed)};
    return cmocka_run_group_tests_name("cost", tests, NULL, NULL);
}
