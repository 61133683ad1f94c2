#include <unistd.h>

#include "bench/simulated.h"
#include "bench/testing.h"
#include "bench/trial.h"

/* A simulated system, the folder of its /proc, and what a trial needs. */
struct bench {
    struct simulated simulated;
    char proc[32];
    struct trial_setting setting;
    struct trial trial;
    struct search search;
};

static int make(void **state) {
    struct bench *bench = calloc(1, sizeof *bench);
    assert_non_null(bench);
    *state = bench;
    bench->simulated = simulated_make();
    strcpy(bench->proc, "/tmp/bench-trial-XXXXXX");
    assert_non_null(mkdtemp(bench->proc));
    bench->simulated.proc = bench->proc;
    simulated_write_stat(&bench->simulated);
    bench->setting = (struct trial_setting){.proc = bench->proc, .most_steal = 0.02};
    bench->trial.result.latency = histogram_make();
    return 0;
}

static int release(void **state) {
    struct bench *bench = *state;
    char path[64];
    snprintf(path, sizeof path, "%s/stat", bench->proc);
    unlink(path);
    rmdir(bench->proc);
    histogram_release(bench->trial.result.latency);
    free(bench);
    return 0;
}

static void below_its_rate_nothing_waits_and_nothing_is_lost(void **state) {
    struct bench *bench = *state;
    struct failure why;
    bench->trial.load = (struct load){.rate = 90000, .duration_ns = 1000000000};
    assert_int_equal(trial_run(&bench->simulated.system, &bench->setting, &bench->trial, &why), TRIAL_COUNTS);
    assert_int_equal(bench->trial.result.received, 90000);
    assert_true(trial_loss(&bench->trial) == 0);
    assert_int_equal(histogram_value_at(bench->trial.result.latency, 1000000), 60000);
}

/* Twice the rate: half is lost once 1,000 wait, and the latency is that queue: 10 ms. */
static void above_its_rate_the_queue_is_full_and_loss_is_counted(void **state) {
    struct bench *bench = *state;
    struct failure why;
    bench->trial.load = (struct load){.rate = 200000, .duration_ns = 1000000000};
    assert_int_equal(trial_run(&bench->simulated.system, &bench->setting, &bench->trial, &why), TRIAL_COUNTS);
    assert_near((double)bench->trial.result.lost, 99000, 0.01);
    assert_near(trial_loss(&bench->trial), 0.495, 0.01);
    assert_near((double)histogram_value_at(bench->trial.result.latency, 500000), 10.06e6, 0.01);
}

/* A trial shorter than its queue is deep would find a rate that nothing carries for long. */
static void the_search_finds_the_service_rate(void **state) {
    struct bench *bench = *state;
    struct search_settings settings = search_defaults(1000, 400000);
    struct failure why;
    search_start(&bench->search, &settings);
    assert_true(trial_search(&bench->simulated.system, &bench->setting, &bench->search, &bench->trial, &why));
    struct search_answer ndr = search_answer(&bench->search, 0), pdr = search_answer(&bench->search, 1);
    assert_int_equal(ndr.state, SEARCH_CONVERGED);
    assert_true(ndr.width <= 0.005);
    /* 100,000 a second, and 1,000 that wait at the end of a trial of two seconds: 0.5 % above it. */
    assert_in_range(ndr.lower, 99500, 100600);
    assert_int_equal(pdr.state, SEARCH_CONVERGED);
    assert_in_range(pdr.lower, ndr.lower, 101600);
    print_message("# %u trials, NDR %u, PDR %u\n", bench->search.trials, (unsigned)ndr.lower, (unsigned)pdr.lower);
}

static void stolen_trials_are_discarded_said_so_and_run_again(void **state) {
    struct bench *bench = *state;
    struct search_settings settings = search_defaults(1000, 400000);
    struct written written;
    struct failure why;
    write_begin(&written);
    bench->simulated.stolen_trials = 3;
    bench->simulated.steal = 50; /* half a second, of a trial that takes milliseconds */
    bench->setting.progress = progress_start(written.file, false, 60000, "packet-rate");
    search_start(&bench->search, &settings);
    assert_true(trial_search(&bench->simulated.system, &bench->setting, &bench->search, &bench->trial, &why));
    progress_stop(bench->setting.progress);
    const char *text = write_end(&written);
    assert_int_equal(bench->search.discarded, 3);
    assert_int_equal(bench->search.trials, bench->simulated.trials - 3);
    assert_int_equal(search_answer(&bench->search, 0).state, SEARCH_CONVERGED);
    assert_contains(text, "simulated: discarded: ");
    assert_contains(text, " % of CPU 1 was stolen, at most 2.0 % is allowed\n");
    written_free(&written);
}

static void a_machine_that_is_never_quiet_gives_no_answer(void **state) {
    struct bench *bench = *state;
    struct search_settings settings = search_defaults(1000, 400000);
    struct failure why;
    bench->simulated.stolen_trials = UINT32_MAX;
    bench->simulated.steal = 50;
    search_start(&bench->search, &settings);
    assert_true(trial_search(&bench->simulated.system, &bench->setting, &bench->search, &bench->trial, &why));
    assert_int_equal(search_answer(&bench->search, 0).state, SEARCH_DISTURBED);
    assert_int_equal(search_answer(&bench->search, 0).lower, 0);
    assert_int_equal(bench->simulated.trials, settings.most_discarded + 1);
}

static bool miscount(struct bench_system *system, const struct load *load, struct load_result *result,
                     struct failure *why) {
    (void)system, (void)load, (void)why;
    *result = (struct load_result){.offered = 10, .sent = 10, .received = 9, .lost = 2, .latency = result->latency};
    return true;
}

static bool refuse(struct bench_system *system, const struct load *load, struct load_result *result,
                   struct failure *why) {
    (void)load, (void)result;
    return failed(why, "%s: no link", system->name);
}

static void counts_that_contradict_one_another_are_a_failure(void **state) {
    struct bench *bench = *state;
    struct failure why;
    bench->simulated.system.offer = miscount;
    assert_int_equal(trial_run(&bench->simulated.system, &bench->setting, &bench->trial, &why), TRIAL_FAILED);
    assert_contains(why.text, "10 offered, 10 sent, 9 received, 2 lost");
    bench->simulated.system.offer = refuse;
    assert_int_equal(trial_run(&bench->simulated.system, &bench->setting, &bench->trial, &why), TRIAL_FAILED);
    assert_string_equal(why.text, "simulated: no link");
}

static void everything_about_a_trial_is_in_its_json(void **state) {
    static const char *const KEYS[] = {"wire",       "offered",           "lost",
                                       "loss_ratio", "sent_late",         "percentiles_ns",
                                       "others_s",   "worst_steal_share", "involuntary_switches"};
    struct bench *bench = *state;
    struct written written;
    struct failure why;
    struct json json;
    char key[64];
    bench->trial.load = (struct load){.rate = 1000, .duration_ns = 100000000};
    assert_int_equal(trial_run(&bench->simulated.system, &bench->setting, &bench->trial, &why), TRIAL_COUNTS);
    write_begin(&written);
    json_start(&json, written.file);
    trial_json(&json, NULL, &bench->simulated.system, &bench->trial);
    assert_true(json_finish(&json));
    const char *text = write_end(&written);
    for (unsigned i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++) {
        snprintf(key, sizeof key, "\"%s\": ", KEYS[i]);
        assert_contains(text, key);
    }
    written_free(&written);
}

#define TRIAL_TEST(test) cmocka_unit_test_setup_teardown(test, make, release)

int main(void) {
    const struct CMUnitTest tests[] = {
        TRIAL_TEST(below_its_rate_nothing_waits_and_nothing_is_lost),
        TRIAL_TEST(above_its_rate_the_queue_is_full_and_loss_is_counted),
        TRIAL_TEST(the_search_finds_the_service_rate),
        TRIAL_TEST(stolen_trials_are_discarded_said_so_and_run_again),
        TRIAL_TEST(a_machine_that_is_never_quiet_gives_no_answer),
        TRIAL_TEST(counts_that_contradict_one_another_are_a_failure),
        TRIAL_TEST(everything_about_a_trial_is_in_its_json),
    };
    return cmocka_run_group_tests_name("trial", tests, NULL, NULL);
}
