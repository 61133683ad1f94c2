#include "bench/search.h"

#include <math.h>

struct bounds {
    const struct search_load *lower; /* NULL: none */
    const struct search_load *upper;
};

enum verdict { UNDECIDED, LOWER, UPPER };

/* Of one leap: to a tenth of the rate, or ten times it. */
static const double MOST_STEP = 0.9;

struct search_settings search_defaults(uint64_t least_rate, uint64_t most_rate) {
    return (struct search_settings){.least_rate = least_rate,
                                    .most_rate = most_rate,
                                    .width = 0.005,
                                    .first_trial_ns = 500000000,
                                    .last_trial_ns = 2000000000,
                                    .sum_ns = 6000000000,
                                    .most_trials = 80,
                                    .most_discarded = 20,
                                    .goal_count = 2,
                                    .goals = {{"NDR", 0, 0.5}, {"PDR", 0.005, 0.5}}};
}

void search_start(struct search *search, const struct search_settings *settings) {
    *search = (struct search){.settings = *settings};
    if (search->settings.most_trials > SEARCH_MOST_TRIALS) search->settings.most_trials = SEARCH_MOST_TRIALS;
}

/* A geometric row from the first trial to the whole sum, as MLRsearch's targets are. */
static uint64_t phase_sum(const struct search_settings *settings, unsigned phase) {
    double first = (double)settings->first_trial_ns, whole = (double)settings->sum_ns;
    if (phase == SEARCH_PHASES - 1) return settings->sum_ns;
    return (uint64_t)(first * pow(whole / first, (double)phase / (SEARCH_PHASES - 1)) + 0.5);
}

static uint64_t phase_trial(const struct search_settings *settings, unsigned phase) {
    uint64_t sum = phase_sum(settings, phase);
    return sum < settings->last_trial_ns ? sum : settings->last_trial_ns;
}

static double phase_width(const struct search_settings *settings, unsigned phase) {
    return settings->width * (1u << (SEARCH_PHASES - 1 - phase));
}

static enum verdict judge(const struct search *search, const struct search_load *load, unsigned goal, unsigned phase) {
    uint64_t good = load->good_ns[goal][phase], bad = load->bad_ns[goal][phase];
    uint64_t sum = phase_sum(&search->settings, phase), whole = good + bad > sum ? good + bad : sum;
    double allowed = search->settings.goals[goal].exceed_ratio * (double)whole;
    if ((double)(whole - good) <= allowed) return LOWER;
    return (double)bad > allowed ? UPPER : UNDECIDED;
}

static struct bounds bounds_of(const struct search *search, unsigned goal, unsigned phase) {
    struct bounds bounds = {0};
    for (unsigned i = 0; i < search->load_count; i++) {
        const struct search_load *load = &search->loads[i];
        if (judge(search, load, goal, phase) != UPPER) continue;
        if (bounds.upper == NULL || load->rate < bounds.upper->rate) bounds.upper = load;
    }
    for (unsigned i = 0; i < search->load_count; i++) {
        const struct search_load *load = &search->loads[i];
        if (judge(search, load, goal, phase) != LOWER) continue;
        if (bounds.upper != NULL && load->rate >= bounds.upper->rate) continue;
        if (bounds.lower == NULL || load->rate > bounds.lower->rate) bounds.lower = load;
    }
    return bounds;
}

static double width_of(const struct bounds *bounds) {
    if (bounds->lower == NULL || bounds->upper == NULL) return 1;
    return (double)(bounds->upper->rate - bounds->lower->rate) / (double)bounds->upper->rate;
}

static struct search_load *load_at(struct search *search, uint64_t rate) {
    for (unsigned i = 0; i < search->load_count; i++)
        if (search->loads[i].rate == rate) return &search->loads[i];
    struct search_load *load = &search->loads[search->load_count++]; /* one a trial at most: there is room */
    *load = (struct search_load){.rate = rate};
    return load;
}

/* RUNNING where this phase goes on. */
static enum search_state phase_state(const struct search *search, const struct bounds *bounds) {
    const struct search_settings *settings = &search->settings;
    if (bounds->upper == NULL) {
        bool top = bounds->lower != NULL && bounds->lower->rate >= settings->most_rate;
        return top ? SEARCH_AT_MOST_RATE : SEARCH_RUNNING;
    }
    if (bounds->lower == NULL) return bounds->upper->rate <= settings->least_rate ? SEARCH_BELOW_LEAST : SEARCH_RUNNING;
    bool near = width_of(bounds) <= phase_width(settings, search->phase);
    return near || bounds->upper->rate - bounds->lower->rate <= 1 ? SEARCH_CONVERGED : SEARCH_RUNNING;
}

/* A step from the rate decided last, at most to the geometric middle, between the bounds or the limits. */
static uint64_t leap(struct search *search, const struct bounds *bounds) {
    const struct search_settings *settings = &search->settings;
    double low = (double)(bounds->lower != NULL ? bounds->lower->rate : settings->least_rate);
    double high = (double)(bounds->upper != NULL ? bounds->upper->rate : settings->most_rate);
    double step = phase_width(settings, search->phase) * pow(4, search->leaps), rate;
    bool whole = bounds->lower != NULL && bounds->upper != NULL;
    bool up = bounds->upper == NULL || (bounds->lower != NULL && (search->last == bounds->lower->rate));
    if (step > MOST_STEP) step = MOST_STEP;
    search->leaps++;
    if (up) {
        rate = low / (1 - step);
        if (whole && rate > sqrt(low * high)) rate = sqrt(low * high);
    } else {
        rate = high * (1 - step);
        if (whole && rate < sqrt(low * high)) rate = sqrt(low * high);
    }
    uint64_t floor_rate = bounds->lower != NULL ? bounds->lower->rate + 1 : settings->least_rate;
    uint64_t top_rate = bounds->upper != NULL ? bounds->upper->rate - 1 : settings->most_rate;
    uint64_t chosen = (uint64_t)(rate + 0.5);
    return chosen < floor_rate ? floor_rate : chosen > top_rate ? top_rate : chosen;
}

/* A bound of the phase before that this one does not know yet; not far from what was decided last, where a leap is
 * better. */
static bool is_to_be_refined(const struct search *search, const struct search_load *load, const struct bounds *bounds) {
    if (load == NULL) return false;
    if (bounds->lower != NULL && load->rate <= bounds->lower->rate) return false;
    if (bounds->upper != NULL && load->rate >= bounds->upper->rate) return false;
    double far = 4 * phase_width(&search->settings, search->phase), rate = (double)load->rate;
    double last = (double)search->last;
    return search->last == 0 || fabs(rate - last) <= far * fmax(rate, last);
}

/* The rate to try next in this phase, which goes on. */
static uint64_t choose(struct search *search, const struct bounds *bounds) {
    const struct search_settings *settings = &search->settings;
    if (search->phase > 0) {
        struct bounds before = bounds_of(search, search->goal, search->phase - 1);
        if (is_to_be_refined(search, before.lower, bounds)) return before.lower->rate;
        if (is_to_be_refined(search, before.upper, bounds)) return before.upper->rate;
    }
    if (bounds->lower == NULL && bounds->upper == NULL) return settings->most_rate;
    uint64_t guess = (uint64_t)((double)search->came_through * (1 - phase_width(settings, 0)));
    if (search->phase == 0 && bounds->lower == NULL && guess >= settings->least_rate && guess < bounds->upper->rate &&
        !search->guessed) {
        search->guessed = true;
        return guess;
    }
    return leap(search, bounds);
}

/* Goes to the next phase, or goal, whose first one it is. */
static void advance(struct search *search, enum search_state state) {
    search->leaps = 0;
    search->last = 0;
    if (search->phase + 1 < SEARCH_PHASES) {
        search->phase++;
        return;
    }
    search->states[search->goal++] = state;
    search->phase = 0;
}

static void give_up(struct search *search, enum search_state state) {
    while (search->goal < search->settings.goal_count) search->states[search->goal++] = state;
}

bool search_next(struct search *search, struct search_trial *trial) {
    const struct search_settings *settings = &search->settings;
    while (search->trial.rate == 0 && search->goal < settings->goal_count) {
        struct bounds bounds = bounds_of(search, search->goal, search->phase);
        enum search_state state = phase_state(search, &bounds);
        if (state != SEARCH_RUNNING)
            advance(search, state);
        else if (search->trials == settings->most_trials)
            give_up(search, SEARCH_OUT_OF_TRIALS);
        else
            search->trial = (struct search_trial){choose(search, &bounds), phase_trial(settings, search->phase)};
    }
    *trial = search->trial;
    return search->goal < settings->goal_count;
}

static void add(struct search *search, struct search_load *load, double loss) {
    const struct search_settings *settings = &search->settings;
    for (unsigned phase = 0; phase < SEARCH_PHASES; phase++) {
        if (search->trial.duration_ns < phase_trial(settings, phase)) break;
        if (loss > load->worst_loss[phase]) load->worst_loss[phase] = loss;
        for (unsigned goal = 0; goal < settings->goal_count; goal++) {
            bool bad = loss > settings->goals[goal].loss_ratio;
            *(bad ? &load->bad_ns[goal][phase] : &load->good_ns[goal][phase]) += search->trial.duration_ns;
        }
    }
}

void search_report(struct search *search, const struct search_outcome *outcome) {
    struct search_load *load = load_at(search, search->trial.rate);
    uint64_t lost = outcome->offered - outcome->received;
    add(search, load, outcome->offered == 0 ? 1 : (double)lost / (double)outcome->offered);
    if (outcome->sent < outcome->offered) load->sender_bound = true;
    if (search->trials == 0)
        search->came_through = (uint64_t)((double)outcome->received * 1e9 / (double)search->trial.duration_ns);
    search->trials++;
    search->tried_ns += search->trial.duration_ns;
    bool decided = judge(search, load, search->goal, search->phase) != UNDECIDED;
    if (decided || search->trials == search->settings.most_trials) search->trial.rate = 0;
    if (decided) search->last = load->rate;
}

void search_discard(struct search *search) {
    if (++search->discarded <= search->settings.most_discarded) return;
    search->trial.rate = 0;
    give_up(search, SEARCH_DISTURBED);
}

/* Where it ended well, of the last phase; else of the most confident one that knows a lower bound, or at least an
 * upper. */
static struct bounds known(const struct search *search, unsigned goal, unsigned *phase) {
    enum search_state state = search->states[goal];
    *phase = SEARCH_PHASES - 1;
    struct bounds bounds = bounds_of(search, goal, *phase), best = bounds;
    if (state == SEARCH_CONVERGED || state == SEARCH_AT_MOST_RATE || state == SEARCH_BELOW_LEAST) return bounds;
    for (unsigned p = SEARCH_PHASES; p-- > 0 && best.lower == NULL;) {
        bounds = bounds_of(search, goal, p);
        if (bounds.lower == NULL && (bounds.upper == NULL || best.upper != NULL)) continue;
        best = bounds;
        *phase = p;
    }
    return best;
}

struct search_answer search_answer(const struct search *search, unsigned goal) {
    struct search_answer answer = {.state = search->states[goal]};
    struct bounds bounds = known(search, goal, &answer.phase);
    answer.width = width_of(&bounds);
    if (bounds.upper != NULL) {
        answer.upper = bounds.upper->rate;
        answer.sender_bound = bounds.upper->sender_bound;
    }
    if (bounds.lower == NULL) return answer;
    answer.lower = bounds.lower->rate;
    answer.good_ns = bounds.lower->good_ns[goal][answer.phase];
    answer.bad_ns = bounds.lower->bad_ns[goal][answer.phase];
    answer.worst_loss = bounds.lower->worst_loss[answer.phase];
    return answer;
}

const char *search_state_name(enum search_state state) {
    static const char *const NAMES[] = {
        [SEARCH_RUNNING] = "running",
        [SEARCH_CONVERGED] = "converged",
        [SEARCH_AT_MOST_RATE] = "at the highest rate asked for",
        [SEARCH_BELOW_LEAST] = "below the lowest rate asked for",
        [SEARCH_OUT_OF_TRIALS] = "not converged: out of trials",
        [SEARCH_DISTURBED] = "not converged: too many trials were disturbed",
    };
    return NAMES[state];
}

static void goal_json(struct json *json, const struct search *search, unsigned index) {
    const struct search_goal *goal = &search->settings.goals[index];
    struct search_answer answer = search_answer(search, index);
    json_object(json, NULL);
    json_text(json, "goal", goal->name);
    json_number(json, "loss_ratio", goal->loss_ratio);
    json_number(json, "exceed_ratio", goal->exceed_ratio);
    json_text(json, "state", search_state_name(answer.state));
    json_truth(json, "converged", answer.state == SEARCH_CONVERGED);
    json_whole(json, "phase", answer.phase);
    json_whole(json, "lower", answer.lower);
    json_whole(json, "upper", answer.upper);
    json_number(json, "width", answer.width);
    json_number(json, "good_s", (double)answer.good_ns / 1e9);
    json_number(json, "bad_s", (double)answer.bad_ns / 1e9);
    json_number(json, "worst_loss", answer.worst_loss);
    json_truth(json, "sender_bound", answer.sender_bound);
    json_end(json);
}

void search_json(struct json *json, const char *key, const struct search *search) {
    const struct search_settings *settings = &search->settings;
    json_object(json, key);
    json_whole(json, "least_rate", settings->least_rate);
    json_whole(json, "most_rate", settings->most_rate);
    json_number(json, "width_goal", settings->width);
    json_number(json, "sum_s", (double)settings->sum_ns / 1e9);
    json_whole(json, "trials", search->trials);
    json_whole(json, "discarded", search->discarded);
    json_number(json, "tried_s", (double)search->tried_ns / 1e9);
    json_array(json, "goals");
    for (unsigned goal = 0; goal < settings->goal_count; goal++) goal_json(json, search, goal);
    json_end(json);
    json_end(json);
}
