#include <unistd.h>

#include "bench/cost.h"
#include "bench/disturbance.h"
#include "bench/testing.h"

static const char STAT[] = "cpu  3404524 718076 682687 1073100 16065 11 9722 85098 5 7\n"
                           "cpu0 1690162 368698 335777 558575 3272 5 1603 41405 0 0\n"
                           "cpu1 1714361 349378 346910 514525 12792 6 8118 43693 0 0\n"
                           "intr 12345 cpu1 1 2 3\n";

/* A folder in which /proc's files are written. */
struct root {
    char path[32];
};

static struct root root_make(void) {
    struct root root = {"/tmp/bench-proc-XXXXXX"};
    char folder[96];
    assert_non_null(mkdtemp(root.path));
    snprintf(folder, sizeof folder, "mkdir %s/self %s/net", root.path, root.path);
    assert_int_equal(system(folder), 0);
    return root;
}

static void root_write(const struct root *root, const char *name, const char *text) {
    char path[96];
    snprintf(path, sizeof path, "%s/%s", root->path, name);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void root_remove(const struct root *root) {
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", root->path);
    assert_int_equal(system(command), 0);
}

static void lines_of_the_kernel_are_read(void **state) {
    (void)state;
    struct proc_cpu cpu;
    int number;
    uint64_t value;
    assert_true(proc_cpu_line(STAT, &number, &cpu));
    assert_int_equal(number, PROC_ALL_CPUS);
    assert_int_equal(cpu.user, 3404524);
    assert_int_equal(cpu.irq, 11);
    assert_int_equal(cpu.steal, 85098);
    assert_true(proc_cpu_line("cpu12 1 2 3 4 5 6 7 8", &number, &cpu));
    assert_int_equal(number, 12);
    assert_int_equal(cpu.steal, 8);
    assert_true(proc_number("UDP: inuse 4 mem 2\n", "UDP:", "mem", &value));
    assert_int_equal(value, 2);
    assert_true(proc_number("HugetlbPages:\t   20480 kB\n", "HugetlbPages:", NULL, &value));
    assert_int_equal(value, 20480);
}

static void other_lines_are_none_of_them(void **state) {
    (void)state;
    static const char *const LINES[] = {"",
                                        "cpu",
                                        "intr 1",
                                        "cpu0 1 2 3 4 5 6 7",
                                        "cpux 1",
                                        "cpu-1 1 2 3",
                                        "cpu  1 2 3 4 5 6 7 x",
                                        "cpu0",
                                        "cpu99999999999999999999 1 2 3 4 5 6 7 8",
                                        "cpu0 1 2 3 4 5 6 7 99999999999999999999"};
    struct proc_cpu cpu;
    int number;
    uint64_t value;
    for (unsigned i = 0; i < sizeof LINES / sizeof LINES[0]; i++) assert_false(proc_cpu_line(LINES[i], &number, &cpu));
    assert_false(proc_number("UDP: inuse 4 mem 2", "TCP:", "mem", &value));
    assert_false(proc_number("UDP: inuse 4 mem", "UDP:", "mem", &value));
    assert_false(proc_number("UDP: inuse 4 memory 3", "UDP:", "mem", &value));
    assert_false(proc_number("UDP: inuse 4 me 3", "UDP:", "mem", &value));
    assert_false(proc_number("UDP:", "UDP:", NULL, &value));
}

static struct disturbance between(const struct root *root, const char *after) {
    static struct disturbance_sample samples[2];
    root_write(root, "stat", STAT);
    assert_true(disturbance_read(root->path, &samples[0]));
    root_write(root, "stat", after);
    assert_true(disturbance_read(root->path, &samples[1]));
    samples[1].at_ns = samples[0].at_ns + 1000000000; /* a second */
    return disturbance_between(&samples[0], &samples[1]);
}

static void steal_of_the_worst_cpu_discards_a_run(void **state) {
    (void)state;
    struct root root = root_make();
    struct failure why;
    struct disturbance found = between(&root, "cpu  3404524 718076 682687 1073100 16065 15 9732 85105 5 7\n"
                                              "cpu0 1690162 368698 335777 558575 3272 5 1603 41407 0 0\n"
                                              "cpu1 1714361 349378 346910 514525 12792 6 8118 43698 0 0\n");
    assert_near(found.steal_s, 0.07, 1e-9);
    assert_int_equal(found.worst_cpu, 1);
    assert_near(found.worst_share, 0.05, 1e-9);
    assert_near(found.softirq_s, 0.14, 1e-9);
    assert_true(disturbance_allows(&found, 0.05001, &why));
    assert_false(disturbance_allows(&found, 0.02, &why));
    assert_string_equal(why.text, "discarded: 5.0 % of CPU 1 was stolen, at most 2.0 % is allowed");
    root_remove(&root);
}

static void a_single_tick_discards_nothing(void **state) {
    (void)state;
    struct root root = root_make();
    struct failure why;
    struct disturbance found = between(&root, "cpu  3404524 718076 682687 1073100 16065 11 9722 85099 5 7\n"
                                              "cpu0 1690162 368698 335777 558575 3272 5 1603 41406 0 0\n"
                                              "cpu1 1714361 349378 346910 514525 12792 6 8118 43693 0 0\n");
    assert_int_equal(found.worst_ticks, 1);
    assert_true(disturbance_allows(&found, 0, &why));
    root_remove(&root);
}

static void counters_that_go_back_and_cpus_that_go_are_no_disturbance(void **state) {
    (void)state;
    struct root root = root_make();
    struct disturbance found = between(&root, "cpu  3404524 718076 682687 1073100 16065 11 9700 85000 5 7\n"
                                              "cpu0 1690162 368698 335777 558575 3272 5 1603 41000 0 0\n");
    assert_int_equal(found.worst_ticks, 0);
    assert_true(found.steal_s == 0 && found.softirq_s == 0);
    root_remove(&root);
}

static void work_of_the_kernel_is_on_the_account(void **state) {
    (void)state;
    struct root root = root_make();
    struct cost_sample before, after;
    root_write(&root, "stat", STAT);
    assert_true(cost_read(root.path, &before));
    /* 100 ticks each of user, system and softirq; idle, iowait and steal are nobody's work. */
    root_write(&root, "stat",
               "cpu  3404624 718076 682787 1074100 17065 11 9822 86098 5 7\ncpu0 1 2 3 4 5 6 7 8 9 10\n");
    assert_true(cost_read(root.path, &after));
    after.process_ns = before.process_ns + 1250000000;
    struct cost cost = cost_between(&before, &after);
    assert_near(cost.system_s, 3, 1e-9);
    assert_near(cost.process_s, 1.25, 1e-9);
    assert_near(cost.others_s, 1.75, 1e-9);
    assert_near(cost.softirq_s, 1, 1e-9);
    root_remove(&root);
}

static void memory_of_both_sides_is_counted(void **state) {
    (void)state;
    struct root root = root_make();
    struct memory before, after;
    int64_t page = sysconf(_SC_PAGESIZE);
    root_write(&root, "self/status", "Name:\tx\nVmRSS:\t    1000 kB\nHugetlbPages:\t   2048 kB\n");
    root_write(&root, "meminfo", "SUnreclaim:  100 kB\nKernelStack:  10 kB\nPageTables:  20 kB\n");
    root_write(&root, "net/sockstat",
               "TCP: inuse 1 orphan 0 tw 0 alloc 1 mem 3\nUDP: inuse 4 mem 7\nFRAG: inuse 0 memory 0\n");
    assert_true(memory_read(root.path, &before)); /* no sockstat6: IPv6 may be off */
    root_write(&root, "self/status", "Name:\tx\nVmRSS:\t    1500 kB\nHugetlbPages:\t   6144 kB\n");
    root_write(&root, "meminfo", "SUnreclaim:  140 kB\nKernelStack:  12 kB\nPageTables:  21 kB\n");
    root_write(&root, "net/sockstat",
               "TCP: inuse 1 orphan 0 tw 0 alloc 1 mem 3\nUDP: inuse 4 mem 107\nFRAG: inuse 0 memory 5\n");
    root_write(&root, "net/sockstat6", "UDP6: inuse 1\nFRAG6: inuse 0 memory 6\n");
    assert_true(memory_read(root.path, &after));
    struct memory growth = memory_growth(&before, &after);
    assert_int_equal(growth.rss, 500 * 1024);
    assert_int_equal(growth.hugetlb, 4096 * 1024);
    assert_int_equal(growth.sockets, 100 * page);
    assert_int_equal(growth.fragments, 11);
    int64_t rest = (500 + 4096 + 2 + 1) * 1024 + 11;
    assert_int_equal(memory_least(&growth), rest + 100 * page); /* more than the 40 KiB of slab */
    assert_int_equal(memory_most(&growth), rest + 100 * page + 40 * 1024);
    root_remove(&root);
}

static void memory_that_is_shared_counts_in_part(void **state) {
    (void)state;
    struct root root = root_make();
    struct memory memory;
    root_write(&root, "self/status", "VmRSS:\t    1000 kB\n");
    root_write(&root, "self/smaps_rollup", "Rss:  1000 kB\nPss:     600 kB\nPss_Anon: 1 kB\n");
    assert_true(memory_read_of(root.path, "self", &memory));
    assert_int_equal(memory.rss, 600 * 1024);
    assert_false(memory_read_of(root.path, "99", &memory));
    root_remove(&root);
}

static void a_cpu_is_busy_whenever_it_is_not_idle(void **state) {
    (void)state;
    struct root root = root_make();
    struct cost_cpu before, after;
    uint64_t tick = (uint64_t)sysconf(_SC_CLK_TCK);
    root_write(&root, "stat", "cpu  1 1 1 100 20 1 1 9 0 0\ncpu0 0 0 0 1 1 0 0 1 0 0\ncpu1 1 1 1 100 20 1 1 9 0 0\n");
    assert_true(cost_cpu_read(root.path, 1, &before));
    assert_false(cost_cpu_read(root.path, 2, &before));
    after = before;
    after.at_ns += 4000000000;
    after.away += tick;
    assert_near(cost_cpu_share(&before, &after), 0.75, 1e-9);
    after.away += 4 * tick; /* more than there was time */
    assert_true(cost_cpu_share(&before, &after) == 0);
    assert_int_equal(before.away, 129);
    root_remove(&root);
}

static void without_proc_there_is_no_sample(void **state) {
    (void)state;
    static struct disturbance_sample sample;
    struct cost_sample cost;
    struct memory memory;
    assert_false(disturbance_read("/nowhere", &sample));
    assert_false(cost_read("/nowhere", &cost));
    assert_false(memory_read("/nowhere", &memory));
}

/* On the real /proc: what this process burns and takes is seen. */
static void work_and_memory_of_this_process_are_seen(void **state) {
    (void)state;
    struct cost_sample before, now;
    struct memory empty, full;
    assert_true(cost_read("/proc", &before));
    assert_true(memory_read("/proc", &empty));
    size_t length = 32 << 20;
    char *block = malloc(length);
    assert_non_null(block);
    memset(block, 1, length);
    do {
        assert_true(cost_read("/proc", &now));
    } while (now.process_ns - before.process_ns < 60000000); /* six ticks of our own */
    assert_true(memory_read("/proc", &full));
    struct cost cost = cost_between(&before, &now);
    assert_true(cost.process_s >= 0.06 && cost.elapsed_s >= cost.process_s / 2);
    assert_true(cost.system_s >= 0.02); /* ticks are samples */
    assert_true(memory_growth(&empty, &full).rss > (int64_t)length * 9 / 10);
    assert_int_equal(block[length / 2], 1);
    free(block);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_the_kernel_are_read),
        cmocka_unit_test(other_lines_are_none_of_them),
        cmocka_unit_test(steal_of_the_worst_cpu_discards_a_run),
        cmocka_unit_test(a_single_tick_discards_nothing),
        cmocka_unit_test(counters_that_go_back_and_cpus_that_go_are_no_disturbance),
        cmocka_unit_test(work_of_the_kernel_is_on_the_account),
        cmocka_unit_test(memory_of_both_sides_is_counted),
        cmocka_unit_test(memory_that_is_shared_counts_in_part),
        cmocka_unit_test(a_cpu_is_busy_whenever_it_is_not_idle),
        cmocka_unit_test(without_proc_there_is_no_sample),
        cmocka_unit_test(work_and_memory_of_this_process_are_seen),
    };
    return cmocka_run_group_tests_name("proc", tests, NULL, NULL);
}
