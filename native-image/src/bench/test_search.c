#include "bench/search.h"
#include "bench/testing.h"

#include <math.h>

/* A system that carries `truth` packets a second and not one more, and at times loses one for another reason. */
struct model {
    double truth;
    double noise;  /* chance that a trial loses a packet whatever its rate */
    double soft;   /* above the truth, only this share of the excess is lost */
    double sender; /* the sender's own most; 0: any */
    uint64_t random;
};

static struct search_outcome carry(struct model *model, const struct search_trial *trial) {
    double seconds = (double)trial->duration_ns / 1e9, rate = (double)trial->rate;
    uint64_t offered = (uint64_t)ceil(rate * seconds), sent = offered, lost = 0;
    if (model->sender > 0 && rate > model->sender) sent = (uint64_t)(model->sender * seconds);
    double sent_rate = (double)sent / seconds;
    if (sent_rate > model->truth) lost = (uint64_t)ceil((sent_rate - model->truth) * seconds * model->soft);
    if (draw_share(&model->random) < model->noise && lost < sent) lost++;
    return (struct search_outcome){.offered = offered, .sent = sent, .received = sent - lost};
}

static struct model model_of(double truth) {
    return (struct model){.truth = truth, .soft = 1, .random = 88172645463325252ull};
}

static void run(struct search *search, struct model *model) {
    struct search_trial trial;
    for (unsigned i = 0; search_next(search, &trial); i++) {
        assert_true(i < SEARCH_MOST_TRIALS);
        assert_in_range(trial.rate, search->settings.least_rate, search->settings.most_rate);
        assert_true(trial.duration_ns >= search->settings.first_trial_ns);
        struct search_outcome outcome = carry(model, &trial);
        search_report(search, &outcome);
    }
}

static void assert_found(const struct search *search, unsigned goal, double truth) {
    struct search_answer answer = search_answer(search, goal);
    assert_string_equal(search_state_name(answer.state), "converged");
    assert_true(answer.width <= search->settings.width || answer.upper - answer.lower == 1);
    assert_true((double)answer.lower <= truth + 1);
    assert_true((double)answer.upper >= truth - 1);
}

static void any_rate_is_found_to_half_a_per_cent(void **state) {
    (void)state;
    uint64_t random = 3;
    for (unsigned round = 0; round < 500; round++) {
        static struct search search;
        double most = pow(10, 2 + 6 * draw_share(&random)), truth = most * pow(10, -3 * draw_share(&random));
        struct model model = model_of(truth);
        struct search_settings settings = search_defaults(1, (uint64_t)most);
        if (truth < 2 || truth > 0.9 * most) continue; /* at the ends there are not both bounds */
        search_start(&search, &settings);
        run(&search, &model);
        assert_found(&search, 0, truth);
        assert_found(&search, 1, truth / 0.995); /* at that rate 0.5 % is what is too much */
    }
}

static void it_takes_few_trials(void **state) {
    (void)state;
    static struct search search;
    struct search_settings settings = search_defaults(1000, 40000000);
    struct model model = model_of(1234567);
    search_start(&search, &settings);
    run(&search, &model);
    assert_found(&search, 0, 1234567);
    print_message("# %u trials, %.1f s\n", search.trials, (double)search.tried_ns / 1e9);
    assert_true(search.trials <= 40);
}

static void trials_grow_longer_with_confidence(void **state) {
    (void)state;
    static struct search search;
    struct search_settings settings = search_defaults(1000, 40000000);
    struct model model = model_of(1234567);
    struct search_trial trial;
    uint64_t longest = 0, upper = 0;
    struct search_answer before = {0};
    settings.goal_count = 1;
    search_start(&search, &settings);
    for (unsigned i = 0; search_next(&search, &trial); i++) {
        if (i == 0) assert_int_equal(trial.duration_ns, settings.first_trial_ns);
        assert_true(trial.duration_ns >= longest);
        if (upper != 0) assert_int_equal(trial.rate, upper); /* and then the other */
        upper = 0;
        if (longest > 0 && trial.duration_ns > longest) {
            assert_int_equal(trial.rate, before.lower); /* tried again first */
            if (search.phase == 1) upper = before.upper;
        }
        longest = trial.duration_ns;
        struct search_outcome outcome = carry(&model, &trial);
        search_report(&search, &outcome);
        before = search_answer(&search, 0);
    }
    assert_int_equal(longest, settings.last_trial_ns);
    /* Two of three trials decide: then no more than half of the sum can be bad. */
    assert_int_equal(search_answer(&search, 0).good_ns, 2 * settings.last_trial_ns);
}

static void partial_loss_is_found_above_none(void **state) {
    (void)state;
    static struct search search;
    struct search_settings settings = search_defaults(1000, 10000000);
    struct model model = model_of(1000000);
    model.soft = 0.1; /* 0.5 % is lost at 1,052,632 */
    search_start(&search, &settings);
    run(&search, &model);
    assert_found(&search, 0, 1000000);
    assert_found(&search, 1, 1000000 / 0.95);
    assert_true(search_answer(&search, 1).lower > search_answer(&search, 0).upper);
    assert_true(search_answer(&search, 1).worst_loss <= 0.005);
}

static void now_and_then_a_lost_packet_does_not_end_the_search(void **state) {
    (void)state;
    static struct search search;
    struct search_settings settings = search_defaults(1000, 10000000);
    unsigned converged = 0, right = 0;
    for (unsigned round = 0; round < 200; round++) {
        struct model model = model_of(1000000);
        model.noise = 0.1;
        model.random += round * 7919;
        settings.goal_count = 1;
        search_start(&search, &settings);
        run(&search, &model);
        struct search_answer answer = search_answer(&search, 0);
        assert_true(answer.lower <= 1000000); /* above the truth every trial is bad */
        if (answer.state != SEARCH_CONVERGED) continue;
        converged++;
        if (answer.upper >= 950000) right++;
    }
    print_message("# %u of 200 converged, %u within 5 %%\n", converged, right);
    assert_true(converged >= 190);
    assert_true(right >= 180);
}

static void a_strict_goal_takes_no_bad_second(void **state) {
    (void)state;
    static struct search search;
    struct search_settings settings = search_defaults(1000, 10000000);
    struct model model = model_of(1000000);
    settings.goal_count = 1;
    settings.goals[0].exceed_ratio = 0;
    model.noise = 0.2;
    search_start(&search, &settings);
    run(&search, &model);
    struct search_answer answer = search_answer(&search, 0);
    assert_int_equal(answer.bad_ns, 0);
    assert_true(answer.worst_loss == 0);
}

static void the_highest_rate_may_be_carried(void **state) {
    (void)state;
    static struct search search;
    struct search_settings settings = search_defaults(1000, 10000000);
    struct model model = model_of(1e9);
    search_start(&search, &settings);
    run(&search, &model);
    struct search_answer answer = search_answer(&search, 0);
    assert_int_equal(answer.state, SEARCH_AT_MOST_RATE);
    assert_int_equal(answer.lower, 10000000);
    assert_int_equal(answer.upper, 0);
    assert_true(answer.good_ns >= settings.sum_ns / 2);
}

static void not_even_the_lowest_rate_may_be_carried(void **state) {
    (void)state;
    static struct search search;
    struct search_settings settings = search_defaults(1000, 10000000);
    struct model model = model_of(0);
    search_start(&search, &settings);
    run(&search, &model);
    struct search_answer answer = search_answer(&search, 0);
    assert_int_equal(answer.state, SEARCH_BELOW_LEAST);
    assert_int_equal(answer.lower, 0);
    assert_int_equal(answer.upper, 1000);
}

static void out_of_trials_it_says_so_and_what_it_knows(void **state) {
    (void)state;
    static struct search search;
    struct search_settings settings = search_defaults(1000, 10000000);
    for (unsigned most = 1; most < 40; most++) {
        struct model model = model_of(1000000);
        settings.most_trials = most;
        search_start(&search, &settings);
        run(&search, &model);
        assert_true(search.trials <= most);
        for (unsigned goal = 0; goal < 2; goal++) {
            struct search_answer answer = search_answer(&search, goal);
            if (answer.state == SEARCH_CONVERGED) {
                assert_found(&search, goal, goal == 0 ? 1000000 : 1000000 / 0.995);
                continue;
            }
            assert_int_equal(answer.state, SEARCH_OUT_OF_TRIALS);
            assert_true(answer.lower == 0 || answer.lower <= 1005100);
            assert_true(answer.upper == 0 || answer.upper >= 999999);
        }
    }
}

static void discarded_trials_come_again_and_too_many_end_it(void **state) {
    (void)state;
    static struct search search;
    struct search_settings settings = search_defaults(1000, 10000000);
    struct search_trial first, again;
    settings.most_discarded = 3;
    search_start(&search, &settings);
    for (unsigned i = 0; i < 3; i++) {
        assert_true(search_next(&search, &first));
        search_discard(&search);
        assert_true(search_next(&search, &again));
        assert_int_equal(again.rate, first.rate);
    }
    assert_int_equal(search.trials, 0);
    search_discard(&search);
    assert_false(search_next(&search, &again));
    assert_int_equal(search_answer(&search, 0).state, SEARCH_DISTURBED);
    assert_int_equal(search_answer(&search, 1).state, SEARCH_DISTURBED);
}

static void a_sender_that_does_not_keep_up_is_named_as_the_bound(void **state) {
    (void)state;
    static struct search search;
    struct search_settings settings = search_defaults(1000, 10000000);
    struct model model = model_of(5000000);
    model.sender = 2000000;
    search_start(&search, &settings);
    run(&search, &model);
    assert_found(&search, 0, 2000000);
    assert_true(search_answer(&search, 0).sender_bound);
    model.sender = 0;
    search_start(&search, &settings);
    run(&search, &model);
    assert_false(search_answer(&search, 0).sender_bound);
}

/* Whatever comes, it ends, asks for rates within the limits only, and its lower bound is below its upper one. */
static void nonsense_is_survived(void **state) {
    (void)state;
    static struct search search;
    uint64_t random = 99;
    for (unsigned round = 0; round < 2000; round++) {
        uint64_t least = 1 + draw(&random) % 1000, most = least + draw(&random) % (round % 2 == 0 ? 20 : 1000000);
        struct search_settings settings = search_defaults(least, most);
        struct search_trial trial;
        unsigned trials = 0;
        settings.most_trials = 1 + (unsigned)(draw(&random) % 400);
        search_start(&search, &settings);
        while (search_next(&search, &trial)) {
            assert_true(trials++ <= SEARCH_MOST_TRIALS + settings.most_discarded);
            assert_in_range(trial.rate, least, most);
            if (draw(&random) % 20 == 0) {
                search_discard(&search);
                continue;
            }
            uint64_t sent = draw(&random) % 1000, received = draw(&random) % 2 == 0 ? sent : sent - sent / 300;
            search_report(&search, &(struct search_outcome){.offered = sent, .sent = sent, .received = received});
        }
        for (unsigned goal = 0; goal < 2; goal++) {
            struct search_answer answer = search_answer(&search, goal);
            assert_int_not_equal(answer.state, SEARCH_RUNNING);
            if (answer.lower != 0 && answer.upper != 0) assert_true(answer.lower < answer.upper);
            if (answer.state == SEARCH_CONVERGED)
                assert_true(answer.width <= settings.width || answer.upper - answer.lower == 1);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_rate_is_found_to_half_a_per_cent),
        cmocka_unit_test(it_takes_few_trials),
        cmocka_unit_test(trials_grow_longer_with_confidence),
        cmocka_unit_test(partial_loss_is_found_above_none),
        cmocka_unit_test(now_and_then_a_lost_packet_does_not_end_the_search),
        cmocka_unit_test(a_strict_goal_takes_no_bad_second),
        cmocka_unit_test(the_highest_rate_may_be_carried),
        cmocka_unit_test(not_even_the_lowest_rate_may_be_carried),
        cmocka_unit_test(out_of_trials_it_says_so_and_what_it_knows),
        cmocka_unit_test(discarded_trials_come_again_and_too_many_end_it),
        cmocka_unit_test(a_sender_that_does_not_keep_up_is_named_as_the_bound),
        cmocka_unit_test(nonsense_is_survived),
    };
    return cmocka_run_group_tests_name("search", tests, NULL, NULL);
}
