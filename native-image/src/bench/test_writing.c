#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/axis.h"
#include "bench/json.h"
#include "bench/output.h"
#include "bench/progress.h"
#include "bench/svg.h"
#include "bench/testing.h"
#include "bench/utf8.h"

static void json_is_written_level_by_level(void **state) {
    (void)state;
    struct written written;
    struct json json;
    write_begin(&written);
    json_start(&json, written.file);
    json_object(&json, NULL);
    json_text(&json, "name", "a \"b\" \\ \n\x01 \xc2\xb5s \xff");
    json_array(&json, "list");
    json_whole(&json, NULL, UINT64_MAX);
    json_number(&json, NULL, 0.1);
    json_number(&json, NULL, NAN);
    json_end(&json);
    json_row(&json, "row");
    json_whole(&json, NULL, 1);
    json_truth(&json, NULL, false);
    json_end(&json);
    json_object(&json, "empty");
    json_end(&json);
    json_text(&json, "none", NULL);
    json_end(&json);
    assert_true(json_finish(&json));
    assert_string_equal(write_end(&written),
                        "{\n  \"name\": \"a \\\"b\\\" \\\\ \\u000a\\u0001 \xc2\xb5s \xef\xbf\xbd\",\n"
                        "  \"list\": [\n    18446744073709551615,\n    0.1,\n    null\n  ],\n"
                        "  \"row\": [1, false],\n  \"empty\": {},\n  \"none\": null\n}\n");
    written_free(&written);
}

static void numbers_are_read_back_the_same(void **state) {
    (void)state;
    uint64_t random = 17;
    for (unsigned i = 0; i < 1000; i++) {
        struct written written;
        struct json json;
        double number = ldexp(draw_share(&random), (int)(draw(&random) % 200) - 100);
        write_begin(&written);
        json_start(&json, written.file);
        json_number(&json, NULL, number);
        assert_true(json_finish(&json));
        assert_true(strtod(write_end(&written), NULL) == number);
        written_free(&written);
    }
}

/* One wrong call each; 0 is right. */
static bool finishes(unsigned mistake) {
    struct written written;
    struct json json;
    write_begin(&written);
    json_start(&json, written.file);
    json_object(&json, mistake == 1 ? "key" : NULL);
    json_array(&json, mistake == 2 ? NULL : "list");
    json_whole(&json, mistake == 3 ? "key" : NULL, 1);
    json_end(&json);
    if (mistake == 4) json_end(&json);
    if (mistake != 5) json_end(&json);
    if (mistake == 6)
        for (unsigned i = 0; i < JSON_MOST_DEPTH + 1; i++) json_array(&json, NULL);
    if (mistake == 6)
        for (unsigned i = 0; i < JSON_MOST_DEPTH + 1; i++) json_end(&json);
    bool whole = json_finish(&json);
    write_end(&written);
    written_free(&written);
    return whole;
}

static void a_document_that_is_not_whole_is_told(void **state) {
    (void)state;
    assert_true(finishes(0));
    for (unsigned mistake = 1; mistake <= 6; mistake++)
        if (finishes(mistake)) fail_msg("mistake %u is not noticed", mistake);
    struct json json;
    FILE *full = fopen("/dev/full", "we");
    json_start(&json, full);
    json_whole(&json, NULL, 1);
    assert_false(json_finish(&json));
    fclose(full);
}

static void what_is_no_character_is_replaced(void **state) {
    (void)state;
    static const char *const WRONG[] = {"\x80",         "\xc0\x80",         "\xc3", "\xe0\x80\x80",
                                        "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff", "\xf0\x9f\x98"};
    static const char *const RIGHT[] = {"a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
    for (unsigned i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        const char *at = WRONG[i];
        assert_int_equal(utf8_next(&at).code, 0xfffd);
        assert_ptr_equal(at, WRONG[i] + 1);
    }
    for (unsigned i = 0; i < sizeof RIGHT / sizeof RIGHT[0]; i++) {
        const char *at = RIGHT[i];
        assert_string_equal(utf8_next(&at).bytes, RIGHT[i]);
        assert_int_equal(*at, '\0');
    }
}

static void texts_in_pictures_are_escaped(void **state) {
    (void)state;
    static const struct svg_font FONT = {"#000000", 12, "start", "normal"};
    struct written written;
    write_begin(&written);
    svg_text(written.file, 1, 2, &FONT, "%s", "<a & \"b\">\x01");
    assert_contains(write_end(&written), ">&lt;a &amp; &quot;b&quot;&gt;\xef\xbf\xbd</text>");
    written_free(&written);
}

static void ticks_stand_within_the_axis_and_upwards(void **state) {
    (void)state;
    uint64_t random = 23;
    for (unsigned round = 0; round < 2000; round++) {
        double low = pow(10, 12 * draw_share(&random) - 3), high = low * pow(10, 9 * draw_share(&random));
        struct axis axis = round % 2 == 0 ? axis_linear(high, 100, 900) : axis_logarithmic(low, high, 900, 100);
        struct axis_tick ticks[AXIS_MOST_TICKS];
        unsigned count = axis_ticks(&axis, ticks), labels = 0;
        double before = -1;
        assert_true(axis_at(&axis, high) > 99.99 && axis_at(&axis, high) < 900.01);
        for (unsigned i = 0; i < count; i++) {
            double at = axis_at(&axis, ticks[i].value);
            assert_true(at > 99.9 && at < 900.1);
            assert_true(ticks[i].value > before);
            before = ticks[i].value;
            labels += ticks[i].labelled;
        }
        if (labels < 2 || labels > 9) fail_msg("%u labels from %g to %g", labels, axis.low, axis.high);
    }
}

static void a_linear_axis_has_round_ticks(void **state) {
    (void)state;
    struct axis axis = axis_linear(1234567, 0, 100);
    struct axis_tick ticks[AXIS_MOST_TICKS];
    assert_near(axis.high, 1500000, 1e-9);
    assert_int_equal(axis_ticks(&axis, ticks), 4);
    assert_near(ticks[1].value, 500000, 1e-9);
}

static void a_file_is_in_its_place_only_when_it_is_whole(void **state) {
    (void)state;
    char folder[] = "/tmp/bench-output-XXXXXX", path[64], line[16] = "";
    struct output output;
    struct failure why;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/out.json", folder);
    assert_true(output_open(&output, path, &why));
    fputs("first", output.file);
    assert_int_not_equal(access(path, F_OK), 0);
    assert_true(output_keep(&output, &why));
    assert_true(output_open(&output, path, &why));
    fputs("second", output.file);
    output_forget(&output);
    FILE *file = fopen(path, "re");
    assert_non_null(fgets(line, sizeof line, file));
    assert_string_equal(line, "first");
    fclose(file);
    unlink(path);
    assert_int_equal(rmdir(folder), 0); /* nothing else is left in it */
    assert_true(output_open(&output, NULL, &why));
    assert_null(output.file);
    assert_true(output_keep(&output, &why));
}

static void a_file_that_cannot_be_written_is_known_before(void **state) {
    (void)state;
    struct output output;
    struct failure why;
    assert_false(output_open(&output, "/nowhere/out.json", &why));
    assert_string_equal(why.text, "/nowhere/out.json cannot be written: No such file or directory");
    assert_false(output_open(&output, "/tmp", &why));
    assert_string_equal(why.text, "/tmp is no file; name another");
}

/* What is written into a pipe: until `part` has come, or to its end. */
static void read_until(int from, char *text, size_t room, const char *part) {
    size_t length = strlen(text);
    while (part == NULL || strstr(text, part) == NULL) {
        ssize_t more = read(from, text + length, room - 1 - length);
        if (more <= 0) return;
        length += (size_t)more;
        text[length] = '\0';
    }
}

/* Says something, waits until it is shown, notes something, and ends. */
static void progress_of(char *text, size_t room, bool terminal) {
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    FILE *file = fdopen(ends[1], "w");
    struct progress *progress = progress_start(file, terminal, 5, "packet-rate");
    assert_non_null(progress);
    progress_say(progress, "dpdk: trial %u", 7u);
    text[0] = '\0';
    read_until(ends[0], text, room, "trial 7");
    progress_note(progress, "dpdk: discarded");
    read_until(ends[0], text, room, "discarded\n");
    char *behind = strstr(text, "discarded\n");
    read_until(ends[0], behind, room - (size_t)(behind - text), "trial 7"); /* a line stands there again */
    progress_stop(progress);
    fclose(file);
    read_until(ends[0], text, room, NULL);
    close(ends[0]);
}

static void progress_is_lines_where_there_is_no_terminal(void **state) {
    (void)state;
    char text[4096];
    progress_of(text, sizeof text, false);
    assert_contains(text, " s  dpdk: trial 7\n");
    assert_contains(text, "\ndpdk: discarded\n");
    assert_null(strchr(text, '\r'));
}

static void on_a_terminal_it_is_one_line_and_leaves_none_behind(void **state) {
    (void)state;
    char text[4096];
    progress_of(text, sizeof text, true);
    assert_contains(text, " s  dpdk: trial 7\r\033[K");
    assert_contains(text, "\033[Kdpdk: discarded\n");
    assert_string_equal(text + strlen(text) - 4, "\r\033[K");
}

static void without_progress_nothing_is_said(void **state) {
    (void)state;
    progress_say(NULL, "x");
    progress_note(NULL, "x");
    progress_stop(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_is_written_level_by_level),
        cmocka_unit_test(numbers_are_read_back_the_same),
        cmocka_unit_test(a_document_that_is_not_whole_is_told),
        cmocka_unit_test(what_is_no_character_is_replaced),
        cmocka_unit_test(texts_in_pictures_are_escaped),
        cmocka_unit_test(ticks_stand_within_the_axis_and_upwards),
        cmocka_unit_test(a_linear_axis_has_round_ticks),
        cmocka_unit_test(a_file_is_in_its_place_only_when_it_is_whole),
        cmocka_unit_test(a_file_that_cannot_be_written_is_known_before),
        cmocka_unit_test(progress_is_lines_where_there_is_no_terminal),
        cmocka_unit_test(on_a_terminal_it_is_one_line_and_leaves_none_behind),
        cmocka_unit_test(without_progress_nothing_is_said),
    };
    return cmocka_run_group_tests_name("writing", tests, NULL, NULL);
}
