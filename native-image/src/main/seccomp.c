#include "main/seccomp.h"

#include <errno.h>
#include <execinfo.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/vfio.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if !defined(__x86_64__)
#error "the filter's architecture and its numbers are those of x86-64"
#endif

/* What one argument must be: `value` in the bits of `mask`, of its lower 32 bits. */
struct condition {
    unsigned argument;
    uint32_t mask, value;
    bool whole; /* and nothing in the upper 32 */
};

struct rule {
    int call;
    bool conditional;
    struct condition is;
};

#define ALLOW(name)                                                                                                    \
    { .call = SYS_##name }
#define ALLOW_IF(name, index, bits, wanted)                                                                            \
    {                                                                                                                  \
        .call = SYS_##name, .conditional = true, .is = {.argument = (index), .mask = (bits), .value = (wanted) }       \
    }
#define ALLOW_IF_NULL(name, index)                                                                                     \
    {                                                                                                                  \
        .call = SYS_##name, .conditional = true, .is = {.argument = (index), .mask = UINT32_MAX, .whole = true }       \
    }

static const uint32_t NEW_NAMESPACES =
    CLONE_NEWCGROUP | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUSER | CLONE_NEWUTS;
enum { IOCTL_TYPE = 0xff00, SOCKET_TYPE = 0x8900, RDMA_TYPE = 0x1b00, VFIO = VFIO_TYPE << 8 };

/* The most frequent first: the kernel goes through them one by one where an argument counts, and else remembers. */
/* clang-format off */
static const struct rule RULES[] = {
    /* Datapath: the pause of an idle loop, and queues that are sockets (the kernel backend; af_packet, af_xdp, tap). */
    ALLOW(clock_nanosleep), ALLOW(nanosleep), ALLOW(recvmmsg), ALLOW(sendmmsg), ALLOW(recvmsg), ALLOW(sendmsg),
    ALLOW(recvfrom), ALLOW(sendto), ALLOW(read), ALLOW(write), ALLOW(readv), ALLOW(writev), ALLOW(poll), ALLOW(ppoll),
    ALLOW(sched_yield), ALLOW_IF(prctl, 0, UINT32_MAX, PR_SET_TIMERSLACK),

    /* Control loop, EAL's interrupt thread (memif's connections, links, alarms), time where the vDSO has none. */
    ALLOW(epoll_wait), ALLOW(epoll_pwait), ALLOW(epoll_ctl), ALLOW(epoll_create), ALLOW(epoll_create1), ALLOW(eventfd2),
    ALLOW(timerfd_create), ALLOW(timerfd_settime), ALLOW(clock_gettime), ALLOW(gettimeofday), ALLOW(restart_syscall),

    /* Who asks: telemetry, metrics; who is told: the service manager; memif's peers that come back. Local sockets only. */
    ALLOW(accept), ALLOW(accept4), ALLOW(shutdown), ALLOW(close), ALLOW(connect),
    ALLOW_IF(socket, 0, UINT32_MAX, AF_UNIX), ALLOW(getsockopt), ALLOW(setsockopt), ALLOW(getsockname),

    /* Locks, and threads: telemetry makes one for each connection, and no process (seccomp_install on clone3). */
    ALLOW(futex), ALLOW_IF(clone, 0, CLONE_THREAD | NEW_NAMESPACES, CLONE_THREAD), ALLOW(set_robust_list), ALLOW(rseq),
    ALLOW(rt_sigprocmask), ALLOW(rt_sigaction), ALLOW(rt_sigreturn), ALLOW(sigaltstack), ALLOW(exit), ALLOW(gettid),
    ALLOW(getpid), ALLOW(sched_getaffinity), ALLOW(sched_setaffinity), ALLOW(getcpu),
    ALLOW_IF(prctl, 0, UINT32_MAX, PR_SET_NAME), ALLOW_IF_NULL(prlimit64, 2),

    /* Memory: stacks, heaps, memif's regions, hugepages taken and given back; nothing that can be executed. */
    ALLOW_IF(mmap, 2, PROT_EXEC, 0), ALLOW_IF(mprotect, 2, PROT_EXEC, 0), ALLOW(munmap), ALLOW(mremap), ALLOW(brk),
    ALLOW(madvise), ALLOW(memfd_create), ALLOW(ftruncate), ALLOW(fallocate), ALLOW(flock), ALLOW(mbind),
    ALLOW(set_mempolicy), ALLOW(get_mempolicy), ALLOW(mlock), ALLOW(munlock),
    ALLOW(sysinfo), /* glibc's qsort asks how much memory there is */

    /* Files: the configuration read again, hugepages, /sys of a link; what the unit's ProtectSystem= lets be written. */
    ALLOW(openat), ALLOW(fstat), ALLOW(newfstatat), ALLOW(lseek), ALLOW(fcntl), ALLOW(access), ALLOW(readlink),
    ALLOW(getdents64), ALLOW(getrandom),

    /* Cards: interrupts, link, reset, mappings, and their configuration space; links of interfaces; RDMA is net_mlx5's. */
    ALLOW_IF(ioctl, 1, IOCTL_TYPE, VFIO), ALLOW_IF(ioctl, 1, IOCTL_TYPE, SOCKET_TYPE),
    ALLOW_IF(ioctl, 1, IOCTL_TYPE, RDMA_TYPE), ALLOW(pread64), ALLOW(pwrite64),

    /* The end: sockets of EAL and memif taken away, threads cancelled (tgkill, see below), abort. */
    ALLOW(exit_group), ALLOW(unlink), ALLOW(unlinkat),
};

/* No part of the program, of DPDK or of glibc makes these on any path; but net_af_xdp calls bpf where a port ends. */
static const int ENDS[] = {
    SYS_execve, SYS_execveat, SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_bpf, SYS_init_module,
    SYS_finit_module, SYS_kexec_load, SYS_mount, SYS_pivot_root, SYS_chroot, SYS_setns, SYS_unshare, SYS_userfaultfd,
};
/* clang-format on */

#define LENGTH(array) (sizeof(array) / sizeof *(array))
enum { HEAD = 6, RULE = 8, TAIL = 16 };
#define MOST_INSTRUCTIONS (HEAD + RULE * (LENGTH(RULES) + 1) + 2 * LENGTH(ENDS) + TAIL)

struct program {
    struct sock_filter code[MOST_INSTRUCTIONS];
    unsigned short length;
};

static void add(struct program *program, uint16_t code, uint32_t k, uint8_t if_true, uint8_t if_false) {
    program->code[program->length++] = (struct sock_filter)BPF_JUMP(code, k, if_true, if_false);
}

static void load(struct program *program, size_t offset) {
    add(program, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

/* Goes on with the next instruction where A is `value`, and passes over `over` of them where it is not. */
static void unless_equal(struct program *program, uint32_t value, uint8_t over) {
    add(program, BPF_JMP | BPF_JEQ | BPF_K, value, 0, over);
}

static void answer(struct program *program, uint32_t action) {
    add(program, BPF_RET | BPF_K, action, 0, 0);
}

/* Every rule begins and ends with the call's number in A. */
static void add_rule(struct program *program, const struct rule *rule) {
    const struct condition *is = &rule->is;
    size_t argument = offsetof(struct seccomp_data, args) + is->argument * sizeof(uint64_t); /* little-endian */
    if (!rule->conditional) {
        unless_equal(program, (uint32_t)rule->call, 1);
        answer(program, SECCOMP_RET_ALLOW);
        return;
    }
    unless_equal(program, (uint32_t)rule->call, is->whole ? 7 : 5);
    if (is->whole) {
        load(program, argument + sizeof(uint32_t));
        unless_equal(program, 0, 4);
    }
    load(program, argument);
    add(program, BPF_ALU | BPF_AND | BPF_K, is->mask, 0, 0);
    unless_equal(program, is->value, 1);
    answer(program, SECCOMP_RET_ALLOW);
    load(program, offsetof(struct seccomp_data, nr));
}

static void add_head(struct program *program, uint32_t end) {
    static const uint32_t X32_BIT =
        0x40000000; /* the kernel's __X32_SYSCALL_BIT: other numbers, the same architecture */
    load(program, offsetof(struct seccomp_data, arch));
    add(program, BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0);
    answer(program, end);
    load(program, offsetof(struct seccomp_data, nr));
    add(program, BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 0, 1);
    answer(program, end);
}

static void write_program(struct program *program, enum seccomp_mode mode, bool has_xdp) {
    bool logged = mode == SECCOMP_LOGGED;
    uint32_t end = logged ? SECCOMP_RET_LOG : SECCOMP_RET_KILL_PROCESS;
    uint32_t refuse = logged ? SECCOMP_RET_LOG : SECCOMP_RET_ERRNO | EPERM;
    /* Signals to own threads alone: glibc's pthread_cancel, raise and abort. */
    const struct rule own_threads = ALLOW_IF(tgkill, 0, UINT32_MAX, (uint32_t)getpid());
    program->length = 0;
    add_head(program, end);
    for (size_t i = 0; i < LENGTH(RULES); i++) add_rule(program, &RULES[i]);
    add_rule(program, &own_threads);
    /* clone3 has its flags in memory, where a filter cannot look: glibc takes clone where there is no clone3. */
    unless_equal(program, SYS_clone3, 1);
    answer(program, logged ? SECCOMP_RET_ALLOW : SECCOMP_RET_ERRNO | ENOSYS);
    for (size_t i = 0; i < LENGTH(ENDS); i++) {
        if (has_xdp && ENDS[i] == SYS_bpf) continue;
        unless_equal(program, (uint32_t)ENDS[i], 1);
        answer(program, end);
    }
    answer(program, refuse);
}

bool seccomp_mode_read(const char *text, enum seccomp_mode *mode) {
    static const char *const NAMES[] = {
        [SECCOMP_ENFORCED] = "enforce", [SECCOMP_LOGGED] = "log", [SECCOMP_OFF] = "off"};
    for (unsigned i = 0; i < LENGTH(NAMES); i++)
        if (strcmp(NAMES[i], text) == 0) return *mode = i, true;
    return false;
}

bool seccomp_install(enum seccomp_mode mode, bool has_xdp, bool *others, struct failure *why) {
    *others = false;
    if (mode == SECCOMP_OFF) return true;
    struct program program;
    void *frame[1];
    backtrace(frame, 1); /* loads libgcc_s (backtrace(3)) while memory can still be made executable */
    write_program(&program, mode, has_xdp);
    const struct sock_fprog filter = {.len = program.length, .filter = program.code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1ul, 0ul, 0ul, 0ul) != 0)
        return failed(why, "no_new_privs cannot be set: %s", strerror(errno));
    long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter);
    if (result < 0 && errno == EPERM && prctl(PR_GET_SECCOMP) == SECCOMP_MODE_FILTER) {
        *others = true;
        return true;
    }
    if (result < 0) return failed(why, "the kernel takes no seccomp filter: %s; try --seccomp=off", strerror(errno));
    if (result > 0) return failed(why, "thread %ld has a seccomp filter of its own", result);
    return true;
}
