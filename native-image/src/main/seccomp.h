#ifndef PANTHEON_MAIN_SECCOMP_H
#define PANTHEON_MAIN_SECCOMP_H

#include <stdbool.h>

#include "config/failure.h"

/*
 * The system calls that a running node may make; seccomp.c lists them by what they are for. Installed once everything
 * is open and every thread is there, for all threads and those to come (SECCOMP_FILTER_FLAG_TSYNC).
 *
 * A call that is not listed fails with EPERM: a driver's rare path then gets an error, as it would of a kernel that
 * has not the call, and the validator goes on. Calls that only an intruder makes (execve, ptrace, …) end the process,
 * and the kernel's audit says which it was. Memory that is both new and executable cannot be had at all.
 *
 * Written as BPF by hand rather than with libseccomp: it is one pass over one table, and libseccomp in the image would
 * be 115 kB of 16 architectures' tables under the LGPL, whose terms for static linking the image would have to meet.
 */
enum seccomp_mode {
    SECCOMP_ENFORCED,
    SECCOMP_LOGGED, /* everything is let through; the kernel logs what is not listed (audit, type 1326) */
    SECCOMP_OFF,
};

/* `enforce`, `log` or `off`. */
bool seccomp_mode_read(const char *text, enum seccomp_mode *mode);

/*
 * `has_xdp`: a port is net_af_xdp's, whose end takes the socket out of its XDP program's map with bpf(2). The call is refused then as
 * one that is not listed is, and does not end the process: the kernel clears the map when the socket is closed.
 *
 * `*others`: a filter is there already, the service manager's (SystemCallFilter= of the unit), and it lets no other one in:
 * that one stays, and nothing is installed.
 *
 * False where the kernel refuses the filter, or a thread has another one. no_new_privs is set with it. Also loads
 * libgcc_s, which glibc otherwise opens when the first thread is cancelled (rte_eal_cleanup does that).
 */
bool seccomp_install(enum seccomp_mode mode, bool has_xdp, bool *others, struct failure *why);

#endif
