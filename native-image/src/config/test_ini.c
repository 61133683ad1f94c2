#include "config/testing.h"

static void sections_and_keys_come_with_their_lines(void **state) {
    (void)state;
    struct sample *sample = sample_new();
    assert_string_equal(ini_of(sample, "# first\n\n[ports]\nnum-ports = 1 # one\n\t[global]#g\neal-args=-l 2\n"), "");
    const struct section *ports = document_section(&sample->document, "ports");
    assert_int_equal(ports->line, 3);
    const struct setting *setting = document_setting(&sample->document, ports, "num-ports");
    assert_string_equal(setting->text, "1");
    assert_int_equal(setting->line, 4);
    const struct section *global = document_section(&sample->document, "global");
    assert_string_equal(document_setting(&sample->document, global, "eal-args")->text, "-l 2");
    sample_free(sample);
}

static void every_mistake_is_one_line_with_its_number(void **state) {
    (void)state;
    struct sample *sample = sample_new();
    const char *text =
        "a = 1\n[ports\n[a b]\n[ports]\nnum-ports\n= 2\nnum-ports = 1\nnum-ports = 2\nempty =\n[ports]\nx = 1\n";
    assert_string_equal(ini_of(sample, text),
                        "dpdk.conf:1: line: found a = 1; stands in no section; write [section] above it\n"
                        "dpdk.conf:2: section: found [ports; close it with ]\n"
                        "dpdk.conf:3: section: found [a b]; write a name such as [ports]\n"
                        "dpdk.conf:5: line: found num-ports; write [section] or key = value\n"
                        "dpdk.conf:6: line: found = 2; write a key such as num-ports before =\n"
                        "dpdk.conf:8: num-ports: found 2; is in line 7 already; keep one of them\n"
                        "dpdk.conf:9: empty: found nothing; write a value behind =, or leave the key out\n"
                        "dpdk.conf:10: section: found [ports]; is in line 4 already; keep one of them\n");
    sample_free(sample);
}

static void what_is_no_text_is_refused(void **state) {
    (void)state;
    struct sample *sample = sample_new();
    static const char text[] = "[a]\r\n[b\0]\n\x01\n\xff\n\xed\xa0\x80\n# \xc3\xa4 is fine\n";
    sample->document = (struct document){.file = "f", .arena = &sample->arena};
    ini_read(text, sizeof text - 1, &sample->document, &sample->report);
    assert_string_equal(reported(sample), "f:1: line: found [a]?; has a carriage return; write line ends of Unix\n"
                                          "f:2: line: found [b?]; has a control character; take it out\n"
                                          "f:3: line: found ?; has a control character; take it out\n"
                                          "f:4: line: found ?; is not UTF-8; save the file as UTF-8\n"
                                          "f:5: line: found ???; is not UTF-8; save the file as UTF-8\n");
    sample_free(sample);
}

static void a_file_of_nothing_but_mistakes_is_told_briefly(void **state) {
    (void)state;
    struct sample *sample = sample_new();
    char text[1000];
    for (size_t i = 0; i < sizeof text - 1; i += 2) memcpy(text + i, "x\n", 2);
    text[998] = '\0';
    const char *lines = ini_of(sample, text);
    assert_non_null(strstr(lines, "and 299 more mistakes\n"));
    sample_free(sample);
}

static void too_many_sections_and_keys_are_refused(void **state) {
    (void)state;
    struct sample *sample = sample_new();
    char text[20000];
    size_t length = 0;
    for (int i = 0; i < 65; i++) length += (size_t)snprintf(text + length, sizeof text - length, "[s%d]\n", i);
    assert_non_null(strstr(ini_of(sample, text), "dpdk.conf:65: section: found [s64]; too many sections"));
    sample_free(sample);
    sample = sample_new();
    length = (size_t)snprintf(text, sizeof text, "[s]\n");
    for (int i = 0; i < 257; i++) length += (size_t)snprintf(text + length, sizeof text - length, "k%d = 1\n", i);
    assert_string_equal(ini_of(sample, text), "dpdk.conf:258: k256: found 1; too many keys in one section\n");
    sample_free(sample);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sections_and_keys_come_with_their_lines),
        cmocka_unit_test(every_mistake_is_one_line_with_its_number),
        cmocka_unit_test(what_is_no_text_is_refused),
        cmocka_unit_test(a_file_of_nothing_but_mistakes_is_told_briefly),
        cmocka_unit_test(too_many_sections_and_keys_are_refused),
    };
    return cmocka_run_group_tests_name("ini", tests, NULL, NULL);
}
