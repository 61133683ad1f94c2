#include "config/testing.h"

static void lists_are_read_in_any_order_and_written_as_ranges(void **state) {
    (void)state;
    struct cpu_list list;
    char text[CPU_LIST_TEXT];
    assert_true(cpu_list_parse("8,0-3, 2 ,1023", &list));
    cpu_list_format(&list, text);
    assert_string_equal(text, "0-3,8,1023");
    assert_int_equal(list.count, 6);
}

static void what_is_no_list_is_refused(void **state) {
    (void)state;
    struct cpu_list list;
    static const char *const WRONG[] = {"", ",", "1,", "3-2", "a", "1-", "-1", "1024", "1 2", "1-2-3", "100000", "0x1"};
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++)
        if (cpu_list_parse(WRONG[i], &list)) fail_msg("%s was read", WRONG[i]);
}

static void the_longest_list_fits_its_text(void **state) {
    (void)state;
    struct cpu_list list = {0};
    char text[CPU_LIST_TEXT];
    for (unsigned cpu = 0; cpu < CPU_LIST_MAX; cpu += 2) assert_true(cpu_list_add(&list, cpu));
    cpu_list_format(&list, text);
    struct cpu_list again;
    assert_true(cpu_list_parse(text, &again));
    assert_true(cpu_list_equal(&list, &again));
    assert_false(cpu_list_add(&list, CPU_LIST_MAX));
}

static void one_list_can_be_taken_from_another(void **state) {
    (void)state;
    struct cpu_list a, b;
    char text[CPU_LIST_TEXT];
    cpu_list_parse("0-7", &a);
    cpu_list_parse("2-3,7", &b);
    cpu_list_difference(&a, &b, &a);
    cpu_list_format(&a, text);
    assert_string_equal(text, "0-1,4-6");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_are_read_in_any_order_and_written_as_ranges),
        cmocka_unit_test(what_is_no_list_is_refused),
        cmocka_unit_test(the_longest_list_fits_its_text),
        cmocka_unit_test(one_list_can_be_taken_from_another),
    };
    return cmocka_run_group_tests_name("cpu_list", tests, NULL, NULL);
}
