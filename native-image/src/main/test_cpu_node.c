#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/testing.h"
#include "main/cpu_node.h"

static void make(const char *root, const char *below) {
    char path[300];
    snprintf(path, sizeof path, "%s%s", root, below);
    assert_int_equal(mkdir(path, 0700), 0);
}

static void a_cpus_node_is_what_the_kernel_says(void **state) {
    (void)state;
    static const char *const FOLDERS[] = {"/devices",
                                          "/devices/system",
                                          "/devices/system/cpu",
                                          "/devices/system/cpu/cpu0",
                                          "/devices/system/cpu/cpu0/node0",
                                          "/devices/system/cpu/cpu12",
                                          "/devices/system/cpu/cpu12/node3"};
    enum { COUNT = sizeof FOLDERS / sizeof *FOLDERS };
    char root[] = "/tmp/cpu-node-XXXXXX", path[300];
    assert_non_null(mkdtemp(root));
    for (unsigned i = 0; i < COUNT; i++) make(root, FOLDERS[i]);
    assert_int_equal(cpu_node_in(root, 0), 0);
    assert_int_equal(cpu_node_in(root, 12), 3);
    assert_int_equal(cpu_node_in(root, 1), 0); /* the kernel does not say */
    for (unsigned i = COUNT; i-- > 0;) {
        snprintf(path, sizeof path, "%s%s", root, FOLDERS[i]);
        rmdir(path);
    }
    rmdir(root);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_cpus_node_is_what_the_kernel_says)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
