#include "main/privileges.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "config/patterns.h"

enum { FOLLOW_MS = 5000 };

bool privileges_limit(struct failure *why) {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1ul, 0ul, 0ul, 0ul) != 0)
        return failed(why, "no_new_privs cannot be set: %s", strerror(errno));
    prctl(PR_CAP_AMBIENT, (unsigned long)PR_CAP_AMBIENT_CLEAR_ALL, 0ul, 0ul, 0ul);
    /* Refused to whoever has not CAP_SETPCAP, who then has little to lose; a number that no capability has ends it. */
    for (unsigned long capability = 0; prctl(PR_CAPBSET_READ, capability, 0ul, 0ul, 0ul) >= 0; capability++)
        prctl(PR_CAPBSET_DROP, capability, 0ul, 0ul, 0ul);
    return true;
}

/* Of the calling thread, also inside a signal handler. glibc has no function for it. */
static void drop_own(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};
    syscall(SYS_capset, &header, none);
}

static void on_signal(int signal) {
    (void)signal;
    int before = errno;
    drop_own();
    errno = before;
}

/* True where the thread has a capability, or might have: its lines CapInh, CapPrm, CapEff, CapAmb (proc(5)). */
static bool has_capability(const char *thread) {
    char path[64], line[256];
    bool found = false;
    snprintf(path, sizeof path, "/proc/self/task/%.20s/status", thread);
    FILE *file = fopen(path, "re");
    if (file == NULL) return errno != ENOENT; /* it ended */
    while (fgets(line, sizeof line, file) != NULL) {
        bool bounding = strncmp(line, "CapBnd:", 7) == 0;
        if (strncmp(line, "Cap", 3) == 0 && !bounding) found |= strtoull(line + 7, NULL, 16) != 0;
    }
    fclose(file);
    return found;
}

/* How many threads still have one; each is told to drop it. -1 where that cannot be found out. */
static int tell_threads(void) {
    DIR *folder = opendir("/proc/self/task");
    if (folder == NULL) return -1;
    int left = 0;
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] == '.' || !has_capability(entry->d_name)) continue;
        left++;
        syscall(SYS_tgkill, getpid(), (pid_t)strtol(entry->d_name, NULL, 10), SIGRTMIN);
    }
    closedir(folder);
    return left;
}

static bool drop_capabilities(struct failure *why) {
    const struct timespec pause = {.tv_nsec = 1000000};
    const struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    int left = 1;
    drop_own();
    if (sigaction(SIGRTMIN, &action, NULL) != 0) return failed(why, "sigaction: %s", strerror(errno));
    for (int ms = 0; ms < FOLLOW_MS && (left = tell_threads()) > 0; ms++) nanosleep(&pause, NULL);
    if (left < 0) return failed(why, "threads cannot be looked at: /proc/self/task: %s", strerror(errno));
    if (left > 0) return failed(why, "%d threads keep their capabilities; start without them", left);
    return true;
}

struct identity {
    uid_t user;
    gid_t group;
    const char *name; /* for its groups; NULL for a number */
};

static bool find_user(const char *user, struct identity *identity, struct failure *why) {
    struct passwd entry, *found = NULL;
    static char text[16384]; /* names point into it */
    uint32_t number;
    if (pattern_number(user, &number) && number > 0) {
        *identity = (struct identity){.user = number, .group = number};
        return true;
    }
    int error = getpwnam_r(user, &entry, text, sizeof text, &found);
    if (found == NULL || found->pw_uid == 0)
        return failed(why, "--user: found %.80s; %s", user,
                      error != 0      ? strerror(error)
                      : found == NULL ? "is no user of this system; make it, or write its number"
                                      : "is root; name another user");
    *identity = (struct identity){.user = found->pw_uid, .group = found->pw_gid, .name = found->pw_name};
    return true;
}

/* What is in the folder, itself (`.`) and the one above (`..`); no link is followed: who may write there gains nothing.
 */
static bool give_files(const char *path, const struct identity *identity, struct failure *why) {
    DIR *folder = opendir(path);
    bool given = folder != NULL;
    for (const struct dirent *entry; given && (entry = readdir(folder)) != NULL;) {
        given = fchownat(dirfd(folder), entry->d_name, identity->user, identity->group, AT_SYMLINK_NOFOLLOW) == 0;
    }
    if (!given) failed(why, "--user: %.200s cannot be given to it: %s", path, strerror(errno));
    if (folder != NULL) closedir(folder);
    return given;
}

/* glibc sets all three in every thread (nptl(7)), and with root the kernel takes the capabilities (capabilities(7)). */
static bool become(const struct identity *identity, struct failure *why) {
    int groups = identity->name == NULL ? setgroups(0, NULL) : initgroups(identity->name, identity->group);
    if (groups != 0 || setgid(identity->group) != 0 || setuid(identity->user) != 0)
        return failed(why, "--user: user %u of group %u cannot be become: %s", identity->user, identity->group,
                      strerror(errno));
    if (setuid(0) == 0) return failed(why, "--user: root can be become again; start without capabilities");
    /* The kernel lets nobody dump a process that changed its user; core dumps are asked for by the service. */
    prctl(PR_SET_DUMPABLE, 1ul, 0ul, 0ul, 0ul);
    return true;
}

bool privileges_drop(const char *user, const char *files, struct failure *why) {
    struct identity identity = {.name = NULL};
    if (user != NULL) {
        if (geteuid() != 0) return failed(why, "--user: found %.80s; only root can become it, leave it out", user);
        if (!find_user(user, &identity, why)) return false;
        if (files != NULL && !give_files(files, &identity, why)) return false;
        if (!become(&identity, why)) return false;
    }
    return drop_capabilities(why);
}
