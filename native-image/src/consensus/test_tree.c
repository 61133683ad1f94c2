#include "consensus/testing.h"
#include "consensus/tree.h"

enum { MOST = 5000 };

/* From the leader down: everybody is reached once, by the parent that it names itself, and not too far down. */
static void check(uint32_t count, uint32_t fan_out, uint64_t slot, uint32_t leader) {
    static uint32_t queue[MOST], depth[MOST], children[TREE_MAX_FAN_OUT];
    static bool reached[MOST];
    memset(reached, 0, sizeof reached);
    struct tree tree;
    tree_make(&tree, count, fan_out, 42, slot, leader);
    assert_int_equal(tree_position(&tree, leader), 0);
    assert_int_equal(tree_parent(&tree, leader), TREE_NOBODY);
    uint32_t known = 1, deepest = 0;
    queue[0] = leader;
    depth[0] = 0;
    reached[leader] = true;
    for (uint32_t i = 0; i < known; i++) {
        uint32_t hands_to = tree_children(&tree, queue[i], children);
        assert_true(hands_to <= fan_out);
        for (uint32_t j = 0; j < hands_to; j++) {
            assert_true(children[j] < count);
            assert_false(reached[children[j]]);
            assert_int_equal(tree_parent(&tree, children[j]), queue[i]);
            reached[children[j]] = true;
            depth[known] = depth[i] + 1;
            deepest = depth[known];
            assert_int_equal(tree_level(&tree, children[j]), deepest);
            queue[known++] = children[j];
        }
    }
    assert_int_equal(known, count);
    assert_int_equal(deepest, tree_depth(count, fan_out));
    for (uint32_t i = 0; i < count; i++) assert_int_equal(tree_at(&tree, tree_position(&tree, i)), i);
}

static void every_validator_is_reached_exactly_once_and_the_leader_is_the_root(void **state) {
    (void)state;
    static const uint32_t FAN_OUTS[] = {1, 2, 3, 5, 10, 200, 256};
    for (uint32_t count = 1; count <= 130; count++)
        for (size_t i = 0; i < sizeof FAN_OUTS / sizeof *FAN_OUTS; i++)
            check(count, FAN_OUTS[i], count * 7, count * 5 % count);
    for (uint32_t leader = 0; leader < 100; leader++) check(100, 5, leader, leader);
    for (uint64_t slot = 0; slot < 20; slot++) check(MOST, 10, slot << 40, (uint32_t)slot * 200);
    check(2, 5, UINT64_MAX, 1);
}

static void the_depth_is_the_logarithm_rounded_up(void **state) {
    (void)state;
    for (uint32_t fan_out = 2; fan_out <= 12; fan_out++) {
        uint64_t reached = 1, level = 1;
        uint32_t depth = 0;
        for (uint32_t count = 1; count <= MOST; count++) {
            if (count > reached) { /* one level more holds fan_out times as many */
                level *= fan_out;
                reached += level;
                depth++;
            }
            assert_int_equal(tree_depth(count, fan_out), depth);
        }
    }
    assert_int_equal(tree_depth(100, 1), 99);
    assert_int_equal(tree_depth(100, 5), 3);
    assert_int_equal(tree_depth(100, 10), 2);
}

static unsigned same_places(const struct tree *a, const struct tree *b) {
    unsigned same = 0;
    for (uint32_t i = 1; i < a->count; i++) same += tree_at(a, i) == tree_at(b, i);
    return same;
}

static void slots_seeds_and_leaders_have_orders_of_their_own(void **state) {
    (void)state;
    struct tree tree, again, slot, seed, leader;
    tree_make(&tree, 1000, 5, 1, 2, 3);
    tree_make(&again, 1000, 5, 1, 2, 3);
    tree_make(&slot, 1000, 5, 1, 3, 3);
    tree_make(&seed, 1000, 5, 2, 2, 3);
    tree_make(&leader, 1000, 5, 1, 2, 4);
    assert_int_equal(same_places(&tree, &again), 999);
    assert_true(same_places(&tree, &slot) < 10);
    assert_true(same_places(&tree, &seed) < 10);
    assert_true(same_places(&tree, &leader) < 10);
}

/* Over 4,000 slots of one leader each other validator is at each place about equally often: six standard deviations. */
static void check_spread(uint32_t count, uint32_t place) {
    enum { SLOTS = 4000 };
    uint32_t times[100] = {0};
    for (uint64_t slot = 0; slot < SLOTS; slot++) {
        struct tree tree;
        tree_make(&tree, count, 5, 9, slot, 0);
        times[tree_at(&tree, place)]++;
    }
    double expected = (double)SLOTS / (count - 1);
    for (uint32_t i = 1; i < count; i++) {
        double off = times[i] - expected;
        assert_true(off * off <= 36 * expected);
    }
}

static void the_load_is_spread_evenly(void **state) {
    (void)state;
    for (uint32_t place = 1; place < 4; place++) {
        check_spread(4, place);
        check_spread(5, place);
        check_spread(30, place);
        check_spread(100, place);
    }
}

/* Validators of two versions must agree: who changes the order changes the protocol, and HEADER_VERSION with it. */
static void the_order_is_the_one_of_this_version(void **state) {
    (void)state;
    static const uint32_t ORDER[8] = {3, 69, 57, 98, 61, 26, 14, 12};
    struct tree tree;
    tree_make(&tree, 100, 5, 1, 2, 3);
    for (uint32_t i = 0; i < 8; i++) assert_int_equal(tree_at(&tree, i), ORDER[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_validator_is_reached_exactly_once_and_the_leader_is_the_root),
        cmocka_unit_test(the_depth_is_the_logarithm_rounded_up),
        cmocka_unit_test(slots_seeds_and_leaders_have_orders_of_their_own),
        cmocka_unit_test(the_load_is_spread_evenly),
        cmocka_unit_test(the_order_is_the_one_of_this_version),
    };
    return cmocka_run_group_tests_name("tree", tests, NULL, NULL);
}
