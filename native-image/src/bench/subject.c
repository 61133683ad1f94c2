#include "bench/subject.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench/subject_files.h"
#include "bench/subject_testpmd.h"

enum { LOOK_MS = 20, START_MS = 20000, STOP_MS = 10000 };

static void pause_ms(unsigned ms) {
    struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
    nanosleep(&pause, NULL);
}

static bool has_ended(struct subject *subject) {
    if (subject->pid > 0 && waitpid(subject->pid, NULL, WNOHANG) == subject->pid) subject->pid = 0;
    return subject->pid == 0;
}

/* The last line that the node wrote says why it ended. */
static bool say_last_line(const struct subject *subject, const char *what, struct failure *why) {
    char path[96], line[300] = "", last[300] = "it said nothing";
    snprintf(path, sizeof path, "%s/log", subject->folder);
    FILE *log = fopen(path, "re");
    while (log != NULL && fgets(line, sizeof line, log) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] != '\0') snprintf(last, sizeof last, "%s", line);
    }
    if (log != NULL) fclose(log);
    return failed(why, "%s %s; its last line: %s", subject->name, what, last);
}

static int open_notify(const char *folder) {
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    snprintf(name.sun_path, sizeof name.sun_path, "%s/notify", folder);
    int notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (notify < 0 || bind(notify, (struct sockaddr *)&name, sizeof name) != 0) return -1;
    return notify;
}

static void become(const struct subject *subject, const struct subject_settings *settings) {
    char config[96], log[96], notify[96];
    snprintf(config, sizeof config, "%s/config.toml", subject->folder);
    snprintf(log, sizeof log, "%s/log", subject->folder);
    snprintf(notify, sizeof notify, "%s/notify", subject->folder);
    int file = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (file < 0 || dup2(file, 1) < 0 || dup2(file, 2) < 0) _exit(127);
    setenv("RUNTIME_DIRECTORY", subject->folder, 1);
    setenv("NOTIFY_SOCKET", notify, 1);
    setenv("PANTHEON_LOG_PLAIN", "1", 1);
    if (settings->testpmd)
        subject_testpmd_become(subject, settings);
    else
        execlp(settings->program, settings->program, "--config", config, (char *)NULL);
    dprintf(2, "%s: %s\n", subject->name, strerror(errno));
    _exit(127);
}

/* Until the node has told its service manager something with `words` in it. */
static bool hears(struct subject *subject, const char *words, const char *otherwise, struct failure *why) {
    for (unsigned ms = 0; ms < START_MS; ms += LOOK_MS) {
        char text[512];
        struct pollfd told = {.fd = subject->ready, .events = POLLIN};
        if (has_ended(subject)) return say_last_line(subject, "ended", why);
        if (poll(&told, 1, LOOK_MS) <= 0) continue;
        ssize_t length = recv(subject->ready, text, sizeof text - 1, 0);
        if (length <= 0) continue;
        text[length] = '\0';
        if (strstr(text, words) != NULL) return true;
    }
    return say_last_line(subject, otherwise, why);
}

/* What it writes has `words` in it: testpmd tells no service manager. */
static bool logs(struct subject *subject, const char *words, const char *otherwise, struct failure *why) {
    char path[96], line[300];
    snprintf(path, sizeof path, "%s/log", subject->folder);
    for (unsigned ms = 0; ms < START_MS; ms += LOOK_MS) {
        FILE *log = fopen(path, "re");
        bool found = false;
        while (log != NULL && !found && fgets(line, sizeof line, log) != NULL) found = strstr(line, words) != NULL;
        if (log != NULL) fclose(log);
        if (found) return true;
        if (has_ended(subject)) return say_last_line(subject, "ended", why);
        pause_ms(LOOK_MS);
    }
    return say_last_line(subject, otherwise, why);
}

bool subject_start(struct subject *subject, const struct subject_settings *settings, struct failure *why) {
    *subject = (struct subject){
        .ready = -1, .name = settings->testpmd ? "dpdk-testpmd" : "pantheon-node", .testpmd = settings->testpmd};
    snprintf(subject->folder, sizeof subject->folder, "/tmp/pantheon-bench-XXXXXX");
    if (mkdtemp(subject->folder) == NULL) return failed(why, "/tmp: no folder can be made: %s", strerror(errno));
    snprintf(subject->memif, sizeof subject->memif, "%s/memif.sock", subject->folder);
    subject->ready = open_notify(subject->folder);
    if (subject->ready < 0 || !subject_files_write(subject, settings))
        return failed(why, "%s: cannot be written to: %s", subject->folder, strerror(errno));
    subject->pid = fork();
    if (subject->pid == 0) become(subject, settings);
    if (subject->pid < 0) return subject->pid = 0, failed(why, "no process can be made: %s", strerror(errno));
    if (settings->testpmd) return logs(subject, "Press enter to exit", "did not start to forward", why);
    if (settings->kind != WIRE_MEMIF) return true;
    /* Its port is started then: memif's client tries to connect once, when it starts itself. */
    return hears(subject, "waiting for the link", "did not open its port", why);
}

bool subject_wait(struct subject *subject, struct failure *why) {
    return subject->testpmd || hears(subject, "READY=1", "did not become ready", why);
}

bool subject_lives(struct subject *subject, struct failure *why) {
    return !has_ended(subject) || say_last_line(subject, "ended", why);
}

bool subject_wrote(const struct subject *subject, const char *words, double *number) {
    char path[96], line[300];
    bool found = false;
    snprintf(path, sizeof path, "%s/log", subject->folder);
    FILE *log = fopen(path, "re");
    while (log != NULL && !found && fgets(line, sizeof line, log) != NULL) {
        const char *at = strstr(line, words);
        found = at != NULL && sscanf(at + strlen(words), "%lf", number) == 1;
    }
    if (log != NULL) fclose(log);
    return found;
}

static void end_process(struct subject *subject) {
    if (has_ended(subject)) return;
    kill(subject->pid, SIGTERM);
    for (unsigned ms = 0; ms < STOP_MS && !has_ended(subject); ms += LOOK_MS) pause_ms(LOOK_MS);
    if (has_ended(subject)) return;
    kill(subject->pid, SIGKILL);
    waitpid(subject->pid, NULL, 0);
    subject->pid = 0;
}

void subject_stop(struct subject *subject) {
    end_process(subject);
    if (subject->ready >= 0) close(subject->ready);
    subject->ready = -1;
    if (subject->folder[0] != '\0') subject_files_remove(subject);
    subject->folder[0] = '\0';
}
