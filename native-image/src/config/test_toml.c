#include "config/testing.h"

static const struct setting *only(struct sample *sample, const char *value) {
    char text[512];
    snprintf(text, sizeof text, "[t]\nk = %s\n", value);
    assert_string_equal(toml_of(sample, text), "");
    return document_setting(&sample->document, document_section(&sample->document, "t"), "k");
}

static void refused(const char *value, const char *remedy) {
    struct sample *sample = sample_new();
    char text[512];
    snprintf(text, sizeof text, "[t]\nk = %s\n", value);
    const char *lines = toml_of(sample, text);
    if (strstr(lines, remedy) == NULL || sample->report.count != 1) fail_msg("%s: %s", value, lines);
    sample_free(sample);
}

static void texts_have_the_escapes_of_toml(void **state) {
    (void)state;
    struct sample *sample = sample_new();
    assert_string_equal(only(sample, "\"a b # c\" # d")->text, "a b # c");
    assert_string_equal(only(sample, "\"\\\"\\\\\\t\\u00e4\\u20ac\"")->text, "\"\\\t\xc3\xa4\xe2\x82\xac");
    assert_string_equal(only(sample, "\"\"")->text, "");
    sample_free(sample);
    refused("\"a", "close the text with \"");
    refused("\"a\\", "escape");
    refused("\"\\x\"", "escape");
    refused("\"\\u00\"", "escape");
    refused("\"\\ud800\"", "escape");
    refused("\"\\u0000\"", "escape");
    refused("'a'", "double quotes");
    refused("\"\"\"a\"\"\"", "one line");
    refused("\"a\" b", "behind the value");
}

static void numbers_are_whole_and_decimal(void **state) {
    (void)state;
    struct sample *sample = sample_new();
    assert_int_equal(only(sample, "12#x")->number, 12);
    assert_int_equal(only(sample, "-1")->number, -1);
    assert_true(only(sample, "-9223372036854775808")->number == INT64_MIN);
    assert_int_equal(only(sample, "0")->kind, SETTING_NUMBER);
    sample_free(sample);
    refused("9223372036854775808", "a whole number");
    refused("1.5", "a whole number");
    refused("0x10", "a whole number");
    refused("1_000", "a whole number");
    refused("010", "a whole number");
    refused("-", "a whole number");
    refused("{}", "a whole number");
    refused("True", "true, false");
    refused("", "write a value");
    refused("# x", "write a value");
}

static void lists_may_go_over_several_lines(void **state) {
    (void)state;
    struct sample *sample = sample_new();
    assert_string_equal(toml_of(sample, "[t]\nk = [ # cores\n  2,\n  3, # last\n]\nafter = true\n"), "");
    const struct section *table = document_section(&sample->document, "t");
    const struct setting *list = document_setting(&sample->document, table, "k");
    assert_int_equal(list->number_count, 2);
    assert_int_equal(list->numbers[1], 3);
    assert_int_equal(list->line, 2);
    assert_string_equal(list->raw, "[ 2, 3, ]");
    assert_int_equal(document_setting(&sample->document, table, "after")->line, 6);
    assert_int_equal(only(sample, "[]")->number_count, 0);
    sample_free(sample);
    refused("[1, 2", "close the list");
    refused("[1 2]", "list of whole numbers");
    refused("[,]", "list of whole numbers");
    refused("[\"a\"]", "list of whole numbers");
    refused("[1] 2", "behind the value");
}

static void tables_come_once_and_lists_of_tables_often(void **state) {
    (void)state;
    struct sample *sample = sample_new();
    const char *text = "[[a.b]]\nn = 1\n[[a.b]]\nn = 2\n[c]\n[c]\nk = 1\n[a.b]\n[[c]]\n[d\n[]\n[e.]\n[[f]\n";
    assert_string_equal(toml_of(sample, text),
                        "config.toml:6: table: found [c]; is in line 5 already; keep one of them\n"
                        "config.toml:8: table: found [a.b]; is in line 3 already; keep one of them\n"
                        "config.toml:9: table: found [[c]]; is in line 5 already; keep one of them\n"
                        "config.toml:10: table: found [d; close it with ]\n"
                        "config.toml:11: table: found []; write a name such as [network.dpdk]\n"
                        "config.toml:12: table: found [e.]; write a name such as [network.dpdk]\n"
                        "config.toml:13: table: found [[f]; close it with ]]\n");
    assert_int_equal(document_section(&sample->document, "a.b")->element, 1);
    sample_free(sample);
}

static void keys_are_bare_and_come_once(void **state) {
    (void)state;
    struct sample *sample = sample_new();
    const char *text = "before = 1\n[t]\nk = 1\nk = 2\na.b = 1\n\"q\" = 1\nnone\n";
    assert_string_equal(toml_of(sample, text),
                        "config.toml:1: before: found 1; stands in no table; write [table] above it\n"
                        "config.toml:4: k: found 2; is in line 3 already; keep one of them\n"
                        "config.toml:5: line: found a.b = 1; write a bare key such as max_peers before =\n"
                        "config.toml:6: line: found \"q\" = 1; write a bare key such as max_peers before =\n"
                        "config.toml:7: line: found none; write [table] or key = value\n");
    sample_free(sample);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_have_the_escapes_of_toml),  cmocka_unit_test(numbers_are_whole_and_decimal),
        cmocka_unit_test(lists_may_go_over_several_lines), cmocka_unit_test(tables_come_once_and_lists_of_tables_often),
        cmocka_unit_test(keys_are_bare_and_come_once),
    };
    return cmocka_run_group_tests_name("toml", tests, NULL, NULL);
}
