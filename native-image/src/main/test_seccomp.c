#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/vfio.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "main/seccomp.h"

enum { FINE = 0, REFUSED = 1, OTHERWISE = 2 };

/* 0 or more: it was done. -1 with EPERM: refused. */
static int result_of(long result) {
    return result >= 0 ? FINE : errno == EPERM ? REFUSED : OTHERWISE;
}

/* What becomes of a process of its own that has the filter and does it: its exit code, or minus the signal. */
static int under_with(enum seccomp_mode mode, bool has_xdp, int (*does)(void)) {
    int status;
    pid_t child = fork();
    if (child == 0) {
        struct failure why;
        bool others;
        if (!seccomp_install(mode, has_xdp, &others, &why) || others) _exit(100);
        _exit(does());
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static int under(enum seccomp_mode mode, int (*does)(void)) {
    return under_with(mode, false, does);
}

static int execute(void) {
    char *const arguments[] = {(char[]){"true"}, NULL};
    return result_of(execv("/bin/true", arguments));
}

static int execute_nothing(void) {
    char *const arguments[] = {(char[]){"true"}, NULL};
    execv("/no/such/program", arguments);
    return errno == ENOENT ? FINE : OTHERWISE;
}

static int trace(void) {
    return result_of(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

static int look_into_another(void) {
    char byte;
    struct iovec here = {&byte, 1}, there = {&byte, 1};
    return result_of(process_vm_readv(getppid(), &here, 1, &there, 1, 0));
}

static int load_bpf(void) {
    return result_of(syscall(SYS_bpf, 0, NULL, 0));
}

static int leave_namespace(void) {
    return result_of(syscall(SYS_unshare, 0));
}

/* getpid by its number of the x32 ABI, and of i386: other tables, so their numbers mean other calls. */
static int call_x32(void) {
    return result_of(syscall(0x40000000 | SYS_getpid));
}

static int call_i386(void) {
    long number = 20;
    __asm__ volatile("int $0x80" : "+a"(number) : : "memory");
    return result_of(number);
}

static void calls_that_only_an_intruder_makes_end_the_process(void **state) {
    (void)state;
    static int (*const DOES[])(void) = {execute, trace, look_into_another, load_bpf, leave_namespace, call_x32};
    for (size_t i = 0; i < sizeof DOES / sizeof *DOES; i++) assert_int_equal(under(SECCOMP_ENFORCED, DOES[i]), -SIGSYS);
    assert_true(under(SECCOMP_ENFORCED, call_i386) < 0); /* SIGSEGV where the kernel has no i386 */
}

static void a_port_of_xdp_may_end(void **state) {
    (void)state;
    assert_int_equal(under_with(SECCOMP_ENFORCED, true, load_bpf), REFUSED);
    assert_int_equal(under_with(SECCOMP_ENFORCED, true, execute), -SIGSYS);
}

static int open_inet(void) {
    return result_of(socket(AF_INET, SOCK_STREAM, 0));
}

static int open_raw(void) {
    return result_of(socket(AF_PACKET, SOCK_RAW, 0));
}

static int make_process(void) {
    pid_t child = fork();
    if (child == 0) _exit(0);
    return result_of(child);
}

static int signal_another(void) {
    return result_of(kill(getppid(), 0));
}

static int signal_another_thread(void) {
    return result_of(syscall(SYS_tgkill, getppid(), getppid(), 0));
}

static int map_executable(void) {
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return result_of(memory == MAP_FAILED ? -1 : 0);
}

static int make_executable(void) {
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? OTHERWISE : result_of(mprotect(memory, 4096, PROT_READ | PROT_EXEC));
}

static int use_io_uring(void) {
    return result_of(syscall(SYS_io_uring_setup, 1, NULL));
}

static int control_a_terminal(void) {
    char c = 'x';
    return result_of(ioctl(0, TIOCSTI, &c));
}

static int name_dumpable(void) {
    return result_of(prctl(PR_SET_DUMPABLE, 1ul, 0ul, 0ul, 0ul));
}

static int raise_a_limit(void) {
    struct rlimit limit = {1024, 1024};
    return result_of(setrlimit(RLIMIT_NOFILE, &limit));
}

/* An address whose lower half is that of NULL. */
static int raise_a_limit_from_far_away(void) {
    struct rlimit *limit = mmap((void *)0x200000000000, 4096, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (limit == MAP_FAILED) return OTHERWISE;
    *limit = (struct rlimit){1024, 1024};
    return result_of(setrlimit(RLIMIT_NOFILE, limit));
}

static int become_root(void) {
    return result_of(setuid(0));
}

static void other_calls_are_refused_and_the_process_goes_on(void **state) {
    (void)state;
    static int (*const DOES[])(void) = {open_inet,
                                        open_raw,
                                        make_process,
                                        signal_another,
                                        map_executable,
                                        use_io_uring,
                                        control_a_terminal,
                                        signal_another_thread,
                                        make_executable,
                                        become_root,
                                        name_dumpable,
                                        raise_a_limit,
                                        raise_a_limit_from_far_away};
    for (size_t i = 0; i < sizeof DOES / sizeof *DOES; i++) {
        int result = under(SECCOMP_ENFORCED, DOES[i]);
        if (result != REFUSED) fail_msg("the call %zu ended as %d", i, result);
    }
}

static void *one(void *argument) {
    return argument;
}

static void *wait_for_ever(void *argument) {
    for (;;) pause();
    return argument;
}

/* As EAL does: make a thread, cancel it, wait for it. */
static int use_threads(void) {
    pthread_t thread, waits;
    void *result;
    int here;
    if (pthread_create(&thread, NULL, one, &here) != 0 || pthread_join(thread, &result) != 0) return OTHERWISE;
    if (result != &here) return OTHERWISE;
    if (pthread_create(&waits, NULL, wait_for_ever, NULL) != 0 || pthread_cancel(waits) != 0) return OTHERWISE;
    if (pthread_join(waits, &result) != 0) return OTHERWISE;
    return result == PTHREAD_CANCELED ? FINE : OTHERWISE;
}

static int use_files_and_time(void) {
    struct timespec pause = {.tv_nsec = 1000};
    struct rlimit limit;
    char byte;
    int file = open("/proc/self/status", O_RDONLY | O_CLOEXEC), timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    struct pollfd files[] = {{.fd = eventfd(0, EFD_NONBLOCK), .events = POLLIN}};
    bool fine = file >= 0 && read(file, &byte, 1) == 1 && close(file) == 0 && timer >= 0 && files[0].fd >= 0 &&
                poll(files, 1, 1) == 0 && nanosleep(&pause, NULL) == 0 && getrlimit(RLIMIT_STACK, &limit) == 0 &&
                prctl(PR_SET_TIMERSLACK, 1000ul, 0ul, 0ul, 0ul) == 0;
    return fine ? FINE : OTHERWISE;
}

static int use_sockets_and_memory(void) {
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/no/such/socket"};
    int file = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (file < 0 || connect(file, (struct sockaddr *)&address, sizeof address) == 0 || errno != ENOENT)
        return OTHERWISE;
    char *memory = malloc(1 << 20);
    if (memory == NULL) return OTHERWISE;
    memory[0] = 1;
    free(memory);
    /* VFIO's and sockets' own numbers reach the file, which is neither. */
    if (ioctl(file, VFIO_GET_API_VERSION) == 0 || errno == EPERM) return OTHERWISE;
    return FINE;
}

static int die(void) {
    abort();
}

static void what_a_running_node_does_goes_on(void **state) {
    (void)state;
    assert_int_equal(under(SECCOMP_ENFORCED, use_threads), FINE);
    assert_int_equal(under(SECCOMP_ENFORCED, use_files_and_time), FINE);
    assert_int_equal(under(SECCOMP_ENFORCED, use_sockets_and_memory), FINE);
    assert_int_equal(under(SECCOMP_ENFORCED, die), -SIGABRT);
}

static atomic_int go;

static void *execute_when_told(void *argument) {
    while (atomic_load(&go) == 0) sched_yield();
    execute();
    return argument;
}

static void a_thread_that_was_there_before_has_the_filter_too(void **state) {
    (void)state;
    int status;
    pid_t child = fork();
    if (child == 0) {
        pthread_t thread;
        struct failure why;
        if (pthread_create(&thread, NULL, execute_when_told, NULL) != 0) _exit(100);
        bool others;
        if (!seccomp_install(SECCOMP_ENFORCED, false, &others, &why)) _exit(101);
        atomic_store(&go, 1);
        pthread_join(thread, NULL);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGSYS);
}

/* What a unit's SystemCallFilter= without @sandbox is: everything goes, but for another filter. */
static void install_one_that_lets_no_other_in(void) {
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_seccomp, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {.len = sizeof code / sizeof *code, .filter = code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1ul, 0ul, 0ul, 0ul) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
        _exit(100);
}

static void a_service_managers_filter_that_lets_no_other_in_stays(void **state) {
    (void)state;
    int status;
    pid_t child = fork();
    if (child == 0) {
        struct failure why;
        bool others = false;
        install_one_that_lets_no_other_in();
        _exit(seccomp_install(SECCOMP_ENFORCED, false, &others, &why) && others ? 0 : 101);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void a_filter_that_only_logs_lets_everything_through(void **state) {
    (void)state;
    assert_int_equal(under(SECCOMP_LOGGED, execute_nothing), FINE);
    assert_int_equal(under(SECCOMP_LOGGED, open_inet), FINE);
    assert_int_equal(under(SECCOMP_LOGGED, make_process), FINE);
    assert_int_equal(under(SECCOMP_LOGGED, call_x32), OTHERWISE); /* ENOSYS, of the kernel */
    assert_int_equal(under(SECCOMP_OFF, trace), FINE);
}

static void a_mode_is_one_of_three_words(void **state) {
    (void)state;
    enum seccomp_mode mode = SECCOMP_OFF;
    assert_true(seccomp_mode_read("enforce", &mode));
    assert_int_equal(mode, SECCOMP_ENFORCED);
    assert_true(seccomp_mode_read("log", &mode));
    assert_int_equal(mode, SECCOMP_LOGGED);
    assert_true(seccomp_mode_read("off", &mode));
    assert_int_equal(mode, SECCOMP_OFF);
    assert_false(seccomp_mode_read("enforced", &mode));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_that_only_an_intruder_makes_end_the_process),
        cmocka_unit_test(a_port_of_xdp_may_end),
        cmocka_unit_test(other_calls_are_refused_and_the_process_goes_on),
        cmocka_unit_test(what_a_running_node_does_goes_on),
        cmocka_unit_test(a_thread_that_was_there_before_has_the_filter_too),
        cmocka_unit_test(a_service_managers_filter_that_lets_no_other_in_stays),
        cmocka_unit_test(a_filter_that_only_logs_lets_everything_through),
        cmocka_unit_test(a_mode_is_one_of_three_words),
    };
    return cmocka_run_group_tests_name("seccomp", tests, NULL, NULL);
}
