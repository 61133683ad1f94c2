#include "config/configuration.h"
#include "config/mistakes.h"
#include "config/testing.h"

/* GOLDEN: components/host/golden; CASES: mistakes.cases. Both from the build. */
static char *read_file(const char *folder, const char *name) {
    char path[512];
    snprintf(path, sizeof path, "%s%s", folder, name);
    FILE *file = fopen(path, "re");
    if (file == NULL) fail_msg("%s cannot be read", path);
    static char text[1 << 20];
    size_t length = fread(text, 1, sizeof text - 1, file);
    text[length] = '\0';
    fclose(file);
    char *copy = strdup(text);
    assert_non_null(copy);
    return copy;
}

static void golden_is(const char *folder, const char *expected) {
    char config_toml[512], dpdk_conf[512];
    struct configuration *configuration = calloc(1, sizeof *configuration);
    struct report report = {0};
    snprintf(config_toml, sizeof config_toml, "%s/%s/config.toml", GOLDEN, folder);
    snprintf(dpdk_conf, sizeof dpdk_conf, "%s/%s/dpdk.conf", GOLDEN, folder);
    assert_non_null(configuration);
    bool accepted = configuration_load(config_toml, dpdk_conf, NULL, configuration, &report);
    const char *lines = report_text(&report);
    assert_string_equal(lines == NULL ? "" : lines, expected);
    assert_int_equal(accepted, expected[0] == '\0');
    configuration_release(configuration);
    report_release(&report);
    free(configuration);
}

static void the_seeds_pair_is_refused_with_its_reasons(void **state) {
    (void)state;
    char *reasons = read_file(GOLDEN, "/seed/reasons.txt");
    golden_is("seed", reasons);
    free(reasons);
}

static void the_corrected_pair_is_accepted(void **state) {
    (void)state;
    golden_is("corrected", "");
}

static void the_labs_pair_is_accepted(void **state) {
    (void)state;
    golden_is("lab", "");
}

/* Takes the text up to `mark` off `*at`, with a zero behind it. NULL where there is no mark. */
static char *take_until(char **at, const char *mark) {
    char *start = *at, *end = strstr(start, mark);
    if (end == NULL) return NULL;
    *end = '\0';
    *at = end + strlen(mark);
    return start;
}

static void case_is(const char *name, const char *dpdk_conf, const char *config_toml, const char *reasons) {
    struct sample *sample = sample_new();
    dpdk_conf_of(sample, dpdk_conf);
    if (sample->report.count > 0) fail_msg("%s: %s", name, reported(sample));
    config_toml_of(sample, config_toml);
    if (sample->report.count > 0) fail_msg("%s: %s", name, reported(sample));
    mistakes_find(&sample->conf, &sample->config, &sample->report);
    if (strcmp(reported(sample), reasons) != 0) fail_msg("%s:\n%s---\n%s", name, reported(sample), reasons);
    sample_free(sample);
}

static void every_case_of_the_typescript_twin_gives_its_lines(void **state) {
    (void)state;
    char *text = read_file(CASES, ""), *at = text, *name, *dpdk_conf, *config_toml;
    int cases = 0;
    strcat(strcpy(at = malloc(strlen(text) + 8), text), "=== ");
    free(text);
    text = at;
    take_until(&at, "=== ");
    while ((name = take_until(&at, "\n--- dpdk.conf\n")) != NULL) {
        dpdk_conf = take_until(&at, "--- config.toml\n");
        config_toml = take_until(&at, "--- reasons\n");
        char *reasons = take_until(&at, "=== ");
        case_is(name, dpdk_conf, config_toml, reasons);
        cases++;
    }
    assert_int_equal(cases, 89);
    free(text);
}

static void the_proposed_mempool_is_the_smallest_of_its_kind_that_holds(void **state) {
    (void)state;
    for (uint64_t mbufs = 1; mbufs < 1 << 20; mbufs += 37) {
        uint64_t size = mistakes_mempool_size_for(mbufs);
        assert_true(size >= mbufs && (size & (size + 1)) == 0 && size / 2 < mbufs);
    }
    assert_int_equal(mistakes_data_room(1518), 2048);
    assert_int_equal(mistakes_data_room(9000), 9216);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_seeds_pair_is_refused_with_its_reasons),
        cmocka_unit_test(the_corrected_pair_is_accepted),
        cmocka_unit_test(the_labs_pair_is_accepted),
        cmocka_unit_test(every_case_of_the_typescript_twin_gives_its_lines),
        cmocka_unit_test(the_proposed_mempool_is_the_smallest_of_its_kind_that_holds),
    };
    return cmocka_run_group_tests_name("mistakes", tests, NULL, NULL);
}
