#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "statistics/metrics.h"
#include "statistics/prometheus.h"

static char page[METRICS_BYTES + 1];

static const char *written(const struct metrics *metrics) {
    size_t length;
    assert_true(metrics_write(metrics, page, METRICS_BYTES, &length));
    assert_int_equal(memchr(page, '\0', length) == NULL, 1);
    page[length] = '\0';
    return page;
}

static struct metrics *sample(void) {
    struct metrics *metrics = calloc(1, sizeof *metrics);
    assert_non_null(metrics);
    metrics->version = "0.1.0";
    metrics->network_id = "pantheon-lab";
    metrics->uptime_ms = 61007;
    metrics->all_peers = 1;
    metrics->workers = metrics->peers = metrics->ports = metrics->drops = 1;
    metrics->worker[0] = (struct metrics_worker){.received = 7, .rounds = UINT64_MAX};
    metrics->peer[0] = (struct metrics_peer){.name = "node-2", .sent = 9, .lost = 2, .rtt_us = 1500};
    metrics->port[0] = (struct metrics_port){"0000:01:10.0", true, false};
    metrics->states = 1;
    metrics->state[0] = (struct metrics_state){"connected", 5};
    metrics->failovers = 3;
    metrics->port_resets = 2;
    metrics->drop[0] = (struct metrics_drop){"unknown_sender", 3};
    return metrics;
}

static void has(const struct metrics *metrics, const char *line) {
    char whole[256];
    snprintf(whole, sizeof whole, "\n%s\n", line);
    if (strstr(written(metrics), whole) == NULL) fail_msg("%s is not in\n%s", line, page);
}

static void every_number_stands_under_its_name_and_labels(void **state) {
    (void)state;
    struct metrics *metrics = sample();
    has(metrics, "pantheon_info{version=\"0.1.0\",network_id=\"pantheon-lab\"} 1");
    has(metrics, "pantheon_uptime_seconds 61.007");
    has(metrics, "pantheon_link_up{port=\"0000:01:10.0\"} 1");
    has(metrics, "pantheon_port_active{port=\"0000:01:10.0\"} 0");
    has(metrics, "pantheon_failovers_total 3");
    has(metrics, "pantheon_port_resets_total 2");
    has(metrics, "pantheon_peers_in_state{state=\"connected\"} 5");
    has(metrics, "pantheon_received_datagrams_total{worker=\"0\"} 7");
    has(metrics, "pantheon_rounds_total{worker=\"0\"} 18446744073709551615");
    has(metrics, "pantheon_drops_total{reason=\"unknown_sender\"} 3");
    has(metrics, "pantheon_peer_sent_datagrams_total{peer=\"node-2\"} 9");
    has(metrics, "pantheon_peer_lost_datagrams{peer=\"node-2\"} 2");
    has(metrics, "pantheon_peer_round_trip_seconds{peer=\"node-2\"} 0.001500");
    has(metrics, "# TYPE pantheon_drops_total counter");
    has(metrics, "# TYPE pantheon_peer_lost_datagrams gauge");
    has(metrics, "# HELP pantheon_drops_total Datagrams dropped, by reason.");
    metrics->peer[0].rtt_us = 0;
    assert_null(strstr(written(metrics), "round_trip"));
    free(metrics);
}

static void values_of_labels_are_escaped(void **state) {
    (void)state;
    struct metrics *metrics = sample();
    metrics->network_id = "a\\b\"c\nd";
    has(metrics, "pantheon_info{version=\"0.1.0\",network_id=\"a\\\\b\\\"c\\nd\"} 1");
    free(metrics);
}

/* Names after Prometheus' rules: [a-zA-Z_:][a-zA-Z0-9_:]*, in lowercase, and `_total` where, and only where, a counter
 * is. */
static void check_name(const char *name, bool counter) {
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
    assert_int_equal(length, strlen(name));
    assert_true(strncmp(name, "pantheon_", 9) == 0);
    assert_int_equal(length > 6 && strcmp(name + length - 6, "_total") == 0, counter);
}

static void names_follow_prometheus_rules_and_each_metric_stands_together(void **state) {
    (void)state;
    struct metrics *metrics = sample();
    char name[80], type[16], seen[64][80];
    unsigned count = 0;
    written(metrics);
    for (char *line = strtok(page, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        if (sscanf(line, "# TYPE %79s %15s", name, type) == 2) {
            check_name(name, strcmp(type, "counter") == 0);
            for (unsigned i = 0; i < count; i++) assert_string_not_equal(seen[i], name);
            strcpy(seen[count++], name);
        } else if (line[0] != '#') {
            assert_true(count > 0);
            assert_true(strncmp(line, seen[count - 1], strlen(seen[count - 1])) == 0);
            assert_non_null(strchr("{ ", line[strlen(seen[count - 1])]));
        }
    }
    assert_int_equal(count, 28);
    free(metrics);
}

static void the_largest_page_fits(void **state) {
    (void)state;
    char name[64], reason[32];
    memset(name, 'n', 63);
    name[63] = '\0';
    memset(reason, 'r', 31);
    reason[31] = '\0';
    struct metrics *metrics = sample();
    memset(metrics->worker, 0xff, sizeof metrics->worker);
    metrics->workers = METRICS_WORKERS, metrics->peers = METRICS_PEERS;
    metrics->ports = METRICS_PORTS, metrics->drops = METRICS_DROPS, metrics->states = METRICS_STATES;
    for (unsigned i = 0; i < METRICS_PEERS; i++) {
        memset(&metrics->peer[i], 0xff, sizeof metrics->peer[i]);
        metrics->peer[i].name = name;
    }
    for (unsigned i = 0; i < METRICS_PORTS; i++) metrics->port[i].name = name;
    for (unsigned i = 0; i < METRICS_STATES; i++) metrics->state[i] = (struct metrics_state){reason, UINT64_MAX};
    for (unsigned i = 0; i < METRICS_DROPS; i++) metrics->drop[i] = (struct metrics_drop){reason, UINT64_MAX};
    print_message("# %zu bytes of %u\n", strlen(written(metrics)), METRICS_BYTES);
    free(metrics);
}

static void a_page_that_does_not_fit_is_none(void **state) {
    (void)state;
    struct metrics *metrics = sample();
    size_t whole = strlen(written(metrics)), length;
    for (size_t room = 0; room < whole; room++) {
        char *exact = malloc(room + 1); /* a sanitizer sees what is written behind it */
        assert_non_null(exact);
        assert_false(metrics_write(metrics, exact, room, &length));
        free(exact);
    }
    assert_true(metrics_write(metrics, page, whole, &length));
    free(metrics);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_number_stands_under_its_name_and_labels),
        cmocka_unit_test(values_of_labels_are_escaped),
        cmocka_unit_test(names_follow_prometheus_rules_and_each_metric_stands_together),
        cmocka_unit_test(the_largest_page_fits),
        cmocka_unit_test(a_page_that_does_not_fit_is_none),
    };
    return cmocka_run_group_tests_name("prometheus", tests, NULL, NULL);
}
