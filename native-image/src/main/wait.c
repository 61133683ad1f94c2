#include "main/wait.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

bool wait_open(struct wait *wait) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    if (sigprocmask(SIG_BLOCK, &signals, NULL) != 0) return false;
    wait->signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    return wait->signals >= 0;
}

enum wait_result wait_for(struct wait *wait, int wake, int ms) {
    return wait_for_files(wait, wake, NULL, 0, ms);
}

enum wait_result wait_for_files(struct wait *wait, int wake, struct pollfd *files, unsigned count, int ms) {
    struct pollfd all[2 + WAIT_MOST_FILES] = {{.fd = wait->signals, .events = POLLIN}, {.fd = wake, .events = POLLIN}};
    if (count > 0) memcpy(&all[2], files, count * sizeof *files);
    /* EINTR: no event of any file, and the caller looks at its clock. */
    int events = poll(all, 2 + count, ms);
    for (unsigned i = 0; i < count; i++) files[i].revents = (short)(events > 0 ? all[2 + i].revents : 0);
    if (events <= 0) return WAIT_TIME;
    struct signalfd_siginfo signal;
    if (all[0].revents != 0 && read(wait->signals, &signal, sizeof signal) > 0)
        return signal.ssi_signo == SIGHUP ? WAIT_RELOAD : WAIT_STOP;
    return all[1].revents != 0 ? WAIT_WAKE : WAIT_FILES;
}
