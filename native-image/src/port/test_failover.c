#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "port/failover.h"

/* The decision in virtual time, at the seed's interval of 100 ms. */
enum { INTERVAL_MS = 100 };

static const uint64_t MS = 1000000, START = 5000 * 1000000ull;
static const bool BOTH[] = {true, true}, FIRST[] = {true, false}, SECOND[] = {false, true}, NONE[] = {false, false};

static struct failover started(const bool up[FAILOVER_PORTS]) {
    struct failover failover = {0};
    failover_start(&failover, INTERVAL_MS, up, START);
    return failover;
}

static enum failover_port active(const struct failover *failover) {
    return failover_active(failover_order(failover));
}

static uint32_t announced(const struct failover *failover) {
    return failover_order(failover) >> 1;
}

/* A look each interval from `from_ms` on, `count` of them; what they found together. */
static unsigned looks(struct failover *failover, const bool up[FAILOVER_PORTS], uint64_t from_ms, unsigned count) {
    unsigned events = 0;
    for (unsigned i = 0; i < count; i++) events |= failover_look(failover, up, START + (from_ms + i * 100) * MS);
    return events;
}

static void the_primary_is_active_unless_only_the_secondary_has_a_link(void **state) {
    (void)state;
    struct failover both = started(BOTH), first = started(FIRST), second = started(SECOND), none = started(NONE);
    assert_int_equal(active(&both), FAILOVER_PRIMARY);
    assert_int_equal(active(&first), FAILOVER_PRIMARY);
    assert_int_equal(active(&second), FAILOVER_SECONDARY);
    assert_int_equal(active(&none), FAILOVER_PRIMARY);
    assert_int_equal(counter_read(&second.failovers), 0);
    assert_int_equal(counter_read(&second.changed_ns), 0);
}

static void a_lost_link_moves_to_the_secondary_at_once(void **state) {
    (void)state;
    struct failover failover = started(BOTH);
    assert_int_equal(looks(&failover, BOTH, 100, 20), 0);
    assert_int_equal(failover_look(&failover, SECOND, START + 2103 * MS), FAILOVER_LINK_PRIMARY | FAILOVER_CHANGED);
    assert_int_equal(active(&failover), FAILOVER_SECONDARY);
    assert_int_equal(counter_read(&failover.failovers), 1);
    assert_int_equal(counter_read(&failover.changed_ns), START + 2103 * MS);
    assert_int_equal(counter_read(&failover.up[FAILOVER_PRIMARY]), 0);
    assert_int_equal(counter_read(&failover.up[FAILOVER_SECONDARY]), 1);
}

static void the_primary_comes_back_after_ten_stable_intervals(void **state) {
    (void)state;
    struct failover failover = started(BOTH);
    failover_look(&failover, SECOND, START + 100 * MS);
    assert_int_equal(failover_look(&failover, BOTH, START + 200 * MS), FAILOVER_LINK_PRIMARY);
    assert_int_equal(looks(&failover, BOTH, 300, 9), 0);
    assert_int_equal(failover_look(&failover, BOTH, START + 1199 * MS), 0);
    assert_int_equal(active(&failover), FAILOVER_SECONDARY);
    assert_int_equal(failover_look(&failover, BOTH, START + 1200 * MS), FAILOVER_CHANGED);
    assert_int_equal(active(&failover), FAILOVER_PRIMARY);
    assert_int_equal(counter_read(&failover.failovers), 1);
    assert_int_equal(counter_read(&failover.returns), 1);
}

static void looks_between_intervals_make_nothing_stable_earlier(void **state) {
    (void)state;
    struct failover failover = started(SECOND);
    for (unsigned ms = 1; ms < 1000; ms++) failover_look(&failover, BOTH, START + ms * MS);
    assert_int_equal(active(&failover), FAILOVER_SECONDARY);
}

static void a_primary_that_flaps_does_not_take_the_node_with_it(void **state) {
    (void)state;
    struct failover failover = started(BOTH);
    for (unsigned i = 0; i < 600; i++) failover_look(&failover, i % 9 == 0 ? SECOND : BOTH, START + i * 100 * MS);
    assert_int_equal(active(&failover), FAILOVER_SECONDARY);
    assert_int_equal(counter_read(&failover.failovers), 1);
    assert_int_equal(counter_read(&failover.returns), 0);
}

static void the_secondary_that_fails_leaves_for_a_primary_that_is_not_stable_yet(void **state) {
    (void)state;
    struct failover failover = started(SECOND);
    failover_look(&failover, BOTH, START + 100 * MS);
    assert_int_equal(failover_look(&failover, FIRST, START + 200 * MS), FAILOVER_LINK_SECONDARY | FAILOVER_CHANGED);
    assert_int_equal(active(&failover), FAILOVER_PRIMARY);
    assert_int_equal(counter_read(&failover.failovers), 1);
}

static void a_secondary_that_comes_and_goes_changes_nothing(void **state) {
    (void)state;
    struct failover failover = started(FIRST);
    for (unsigned i = 0; i < 100; i++)
        assert_int_equal(failover_look(&failover, i % 2 == 0 ? BOTH : FIRST, START + i * 100 * MS),
                         FAILOVER_LINK_SECONDARY);
    assert_int_equal(active(&failover), FAILOVER_PRIMARY);
}

static void without_any_link_whichever_comes_first_is_active_at_once(void **state) {
    (void)state;
    struct failover failover = started(BOTH);
    assert_int_equal(failover_look(&failover, NONE, START + 100 * MS), FAILOVER_LINK_PRIMARY | FAILOVER_LINK_SECONDARY);
    assert_int_equal(looks(&failover, NONE, 200, 50), 0);
    assert_int_equal(active(&failover), FAILOVER_PRIMARY);
    assert_int_equal(failover_look(&failover, SECOND, START + 9000 * MS), FAILOVER_LINK_SECONDARY | FAILOVER_CHANGED);
    failover_look(&failover, NONE, START + 9100 * MS);
    assert_int_equal(failover_look(&failover, FIRST, START + 9200 * MS), FAILOVER_LINK_PRIMARY | FAILOVER_CHANGED);
    assert_int_equal(counter_read(&failover.failovers), 2);
}

static void both_links_back_at_once_change_nothing(void **state) {
    (void)state;
    struct failover failover = started(BOTH);
    failover_look(&failover, SECOND, START + 100 * MS);
    failover_look(&failover, NONE, START + 200 * MS);
    assert_int_equal(failover_look(&failover, BOTH, START + 300 * MS), FAILOVER_LINK_PRIMARY | FAILOVER_LINK_SECONDARY);
    assert_int_equal(active(&failover), FAILOVER_SECONDARY);
    assert_int_equal(looks(&failover, BOTH, 400, 10), FAILOVER_CHANGED);
    assert_int_equal(active(&failover), FAILOVER_PRIMARY);
}

static void a_change_is_announced_three_times_a_second_apart(void **state) {
    (void)state;
    struct failover failover = started(BOTH);
    looks(&failover, BOTH, 100, 100);
    assert_int_equal(announced(&failover), FAILOVER_ANNOUNCEMENTS);
    failover_look(&failover, SECOND, START + 20000 * MS);
    assert_int_equal(announced(&failover), FAILOVER_ANNOUNCEMENTS + 1);
    looks(&failover, SECOND, 20100, 9);
    assert_int_equal(announced(&failover), FAILOVER_ANNOUNCEMENTS + 1);
    failover_look(&failover, SECOND, START + 21000 * MS);
    assert_int_equal(announced(&failover), FAILOVER_ANNOUNCEMENTS + 2);
    looks(&failover, SECOND, 21100, 100);
    assert_int_equal(announced(&failover), 2 * FAILOVER_ANNOUNCEMENTS);
}

static void a_link_that_comes_back_to_the_active_port_is_announced(void **state) {
    (void)state;
    struct failover failover = started(FIRST);
    looks(&failover, FIRST, 100, 100);
    looks(&failover, NONE, 20000, 10);
    assert_int_equal(announced(&failover), FAILOVER_ANNOUNCEMENTS);
    assert_int_equal(failover_look(&failover, FIRST, START + 30000 * MS), FAILOVER_LINK_PRIMARY);
    assert_int_equal(announced(&failover), FAILOVER_ANNOUNCEMENTS + 1);
}

/* Random links for a while: the active port has a link wherever one has. */
static void a_port_with_a_link_is_active_wherever_there_is_one(void **state) {
    (void)state;
    struct failover failover = started(BOTH);
    uint64_t draw = 88172645463325252ull, now = START;
    for (unsigned i = 0; i < 1000000; i++) {
        draw ^= draw << 13, draw ^= draw >> 7, draw ^= draw << 17; /* xorshift64 (Marsaglia, 2003) */
        const bool up[] = {(draw & 3) != 0, (draw & 12) != 0};
        enum failover_port before = active(&failover);
        now += (draw >> 8) % (200 * MS);
        unsigned events = failover_look(&failover, up, now);
        assert_true(up[active(&failover)] || !(up[0] || up[1]));
        assert_int_equal((events & FAILOVER_CHANGED) != 0, active(&failover) != before);
        assert_true(up[before] ? active(&failover) == before || active(&failover) == FAILOVER_PRIMARY : true);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_primary_is_active_unless_only_the_secondary_has_a_link),
        cmocka_unit_test(a_lost_link_moves_to_the_secondary_at_once),
        cmocka_unit_test(the_primary_comes_back_after_ten_stable_intervals),
        cmocka_unit_test(looks_between_intervals_make_nothing_stable_earlier),
        cmocka_unit_test(a_primary_that_flaps_does_not_take_the_node_with_it),
        cmocka_unit_test(the_secondary_that_fails_leaves_for_a_primary_that_is_not_stable_yet),
        cmocka_unit_test(a_secondary_that_comes_and_goes_changes_nothing),
        cmocka_unit_test(without_any_link_whichever_comes_first_is_active_at_once),
        cmocka_unit_test(both_links_back_at_once_change_nothing),
        cmocka_unit_test(a_change_is_announced_three_times_a_second_apart),
        cmocka_unit_test(a_link_that_comes_back_to_the_active_port_is_announced),
        cmocka_unit_test(a_port_with_a_link_is_active_wherever_there_is_one),
    };
    return cmocka_run_group_tests_name("failover", tests, NULL, NULL);
}
