#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "main/privileges.h"

enum { THREADS = 3, NOBODY = 65534 };

static atomic_int running, stop;

static void *spin(void *argument) {
    atomic_fetch_add(&running, 1);
    while (atomic_load(&stop) == 0) usleep(1000);
    return argument;
}

static bool start_threads(pthread_t threads[THREADS]) {
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, spin, NULL) != 0) return false;
    while (atomic_load(&running) < THREADS) usleep(1000);
    return true;
}

/* How many threads have this line in their status. */
static int threads_with(const char *line) {
    char command[160], text[16] = "";
    snprintf(command, sizeof command, "grep -lx '%s' /proc/%d/task/*/status | wc -l", line, getpid());
    FILE *answer = popen(command, "r");
    if (answer == NULL || fgets(text, sizeof text, answer) == NULL) text[0] = '\0';
    if (answer != NULL) pclose(answer);
    return (int)strtol(text, NULL, 10);
}

/* What a process of its own, with threads, finds: 0, or which of its questions was answered wrong. */
static int in_child(int (*does)(const char *folder), const char *folder) {
    int status;
    pid_t child = fork();
    if (child == 0) {
        pthread_t threads[THREADS];
        struct failure why;
        if (!privileges_limit(&why) || !start_threads(threads)) _exit(100);
        _exit(does(folder));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static int stay_root(const char *folder) {
    struct failure why;
    (void)folder;
    if (threads_with("NoNewPrivs:\t1") != THREADS + 1) return 1;
    if (threads_with("CapBnd:\t0000000000000000") != THREADS + 1) return 2;
    if (threads_with("CapEff:\t0000000000000000") == THREADS + 1) return 3; /* root still has them */
    if (!privileges_drop(NULL, NULL, &why)) return 4;
    if (threads_with("CapEff:\t0000000000000000") != THREADS + 1) return 5;
    if (threads_with("CapPrm:\t0000000000000000") != THREADS + 1) return 6;
    if (chown("/proc/self", NOBODY, NOBODY) == 0 || setgroups(0, NULL) == 0) return 7;
    return privileges_drop(NULL, NULL, &why) ? 0 : 8; /* twice is no mistake */
}

static int become_nobody(const char *folder) {
    struct failure why;
    char line[64], path[64];
    if (!privileges_drop("nobody", folder, &why)) return 1;
    snprintf(line, sizeof line, "Uid:\t%d\t%d\t%d\t%d", NOBODY, NOBODY, NOBODY, NOBODY);
    if (threads_with(line) != THREADS + 1) return 2;
    if (threads_with("CapPrm:\t0000000000000000") != THREADS + 1) return 3;
    if (getgroups(0, NULL) != 1 || getgid() != NOBODY) return 4;
    if (setuid(0) == 0 || prctl(PR_GET_DUMPABLE) != 1) return 5;
    snprintf(path, sizeof path, "%s/socket", folder);
    return unlink(path) == 0 && rmdir(folder) != 0 ? 0 : 6; /* a link is left in it */
}

static int become_a_number(const char *folder) {
    struct failure why;
    const gid_t more = 4;
    (void)folder;
    if (setgroups(1, &more) != 0) return 3;
    if (!privileges_drop("12345", NULL, &why)) return 1;
    return getuid() == 12345 && getgid() == 12345 && getgroups(0, NULL) == 0 ? 0 : 2;
}

static int name_wrong_users(const char *folder) {
    struct failure why;
    (void)folder;
    if (privileges_drop("no-such-user", NULL, &why)) return 1;
    if (strcmp(why.text, "--user: found no-such-user; is no user of this system; make it, or write its number") != 0)
        return 2;
    if (privileges_drop("root", NULL, &why)) return 3;
    if (strcmp(why.text, "--user: found root; is root; name another user") != 0) return 4;
    if (privileges_drop("0", NULL, &why)) return 5;
    if (privileges_drop("nobody", "/no/such/folder", &why)) return 6;
    if (!privileges_drop("nobody", NULL, &why)) return 7;
    if (privileges_drop("nobody", NULL, &why)) return 8;
    return strcmp(why.text, "--user: found nobody; only root can become it, leave it out") == 0 ? 0 : 9;
}

static void every_thread_loses_every_capability(void **state) {
    (void)state;
    if (geteuid() != 0) skip();
    assert_int_equal(in_child(stay_root, NULL), 0);
}

static void root_becomes_another_user_who_owns_the_files_of_the_folder(void **state) {
    (void)state;
    struct stat found;
    char above[] = "/tmp/privileges-XXXXXX", folder[48], path[64], link[64], other[] = "/tmp/privileges-XXXXXX";
    if (geteuid() != 0) skip();
    assert_non_null(mkdtemp(above)); /* 0700, root's */
    snprintf(folder, sizeof folder, "%s/rte", above);
    assert_int_equal(mkdir(folder, 0700), 0);
    close(mkstemp(other));
    snprintf(path, sizeof path, "%s/socket", folder);
    snprintf(link, sizeof link, "%s/link", folder);
    close(open(path, O_CREAT | O_WRONLY, 0600));
    assert_int_equal(symlink(other, link), 0);
    assert_int_equal(in_child(become_nobody, folder), 0);
    assert_int_equal(stat(folder, &found), 0);
    assert_int_equal(found.st_uid, NOBODY);
    assert_int_equal(stat(other, &found), 0); /* where the link leads is nobody's business */
    assert_int_equal(found.st_uid, 0);
    assert_int_equal(in_child(become_a_number, folder), 0);
    unlink(link), unlink(other), rmdir(folder), rmdir(above);
}

static void a_user_that_cannot_be_become_is_refused(void **state) {
    (void)state;
    if (geteuid() != 0) skip();
    assert_int_equal(in_child(name_wrong_users, NULL), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_thread_loses_every_capability),
        cmocka_unit_test(root_becomes_another_user_who_owns_the_files_of_the_folder),
        cmocka_unit_test(a_user_that_cannot_be_become_is_refused),
    };
    return cmocka_run_group_tests_name("privileges", tests, NULL, NULL);
}
