#include "main/wait.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <unistd.h>

bool wait_open(struct wait *wait) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    if (sigprocmask(SIG_BLOCK, &signals, NULL) != 0) return false;
    wait->signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    return wait->signals >= 0;
}

enum wait_result wait_for(struct wait *wait, int wake, int ms) {
    struct pollfd files[] = {{.fd = wait->signals, .events = POLLIN}, {.fd = wake, .events = POLLIN}};
    if (poll(files, 2, ms) <= 0) return WAIT_TIME; /* EINTR too: the caller looks at its clock */
    struct signalfd_siginfo signal;
    if (files[0].revents != 0 && read(wait->signals, &signal, sizeof signal) > 0) return WAIT_STOP;
    return files[1].revents != 0 ? WAIT_WAKE : WAIT_TIME;
}
