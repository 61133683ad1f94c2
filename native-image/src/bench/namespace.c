#include "bench/namespace.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static bool write_map(const char *path, const char *text) {
    FILE *file = fopen(path, "we");
    if (file == NULL) return false;
    bool written = fputs(text, file) >= 0;
    return fclose(file) == 0 && written;
}

/* An ordinary user is root in a user namespace of his own, and so may have a network there. */
static bool become_root_of_our_own(void) {
    char users[64], groups[64];
    snprintf(users, sizeof users, "0 %u 1", geteuid());
    snprintf(groups, sizeof groups, "0 %u 1", getegid());
    return unshare(CLONE_NEWUSER) == 0 && write_map("/proc/self/setgroups", "deny") &&
           write_map("/proc/self/uid_map", users) && write_map("/proc/self/gid_map", groups);
}

static bool run_ip(char *const *arguments) {
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        execvp("ip", arguments);
        _exit(127);
    }
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

bool namespace_enter(struct failure *why) {
    static char *const UP[] = {"ip", "link", "set", "lo", "up", NULL};
    static char *const PEERS[] = {"ip", "route", "add", "local", "10.77.0.0/16", "dev", "lo", NULL};
    static char *const NODE[] = {"ip", "route", "add", "local", "10.78.0.0/16", "dev", "lo", NULL};
    if (geteuid() != 0 && !become_root_of_our_own())
        return failed(why, "a namespace for this user: %s; run it as root", strerror(errno));
    if (unshare(CLONE_NEWNET) != 0)
        return failed(why, "a network namespace: %s; run it as root, with CAP_SYS_ADMIN", strerror(errno));
    if (!run_ip(UP) || !run_ip(PEERS) || !run_ip(NODE))
        return failed(why, "ip (iproute2) cannot set up lo in the namespace; install iproute2");
    return true;
}
