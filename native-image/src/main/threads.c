#include "main/threads.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

static void *start(void *argument) {
    const struct thread *thread = argument;
    prctl(PR_SET_NAME, thread->name, 0, 0, 0);
    thread->run(thread->argument);
    return NULL;
}

/* All but those that say that this very thread has gone wrong, which must end the process. */
static sigset_t signals_of_others(void) {
    sigset_t signals;
    sigfillset(&signals);
    sigdelset(&signals, SIGRTMIN); /* by which privileges_drop tells each thread */
    static const int OWN[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS};
    for (size_t i = 0; i < sizeof OWN / sizeof *OWN; i++) sigdelset(&signals, OWN[i]);
    return signals;
}

static int set_up(pthread_attr_t *attributes, const struct cpu_list *cpus) {
    cpu_set_t set;
    CPU_ZERO(&set);
    for (unsigned i = 0; i < cpus->count; i++) CPU_SET(cpus->cpus[i], &set);
    sigset_t signals = signals_of_others();
    int error = pthread_attr_setsigmask_np(attributes, &signals);
    if (error == 0 && cpus->count > 0) error = pthread_attr_setaffinity_np(attributes, sizeof set, &set);
    return error;
}

static bool refused(const struct thread *thread, const struct cpu_list *cpus, int error, struct failure *why) {
    char text[CPU_LIST_TEXT];
    cpu_list_format(cpus, text);
    if (error == EINVAL && cpus->count > 0)
        return failed(why, "thread %s cannot run on CPUs %s: none of them is there and allowed; choose others",
                      thread->name, text);
    return failed(why, "thread %s does not start: %s", thread->name, strerror(error));
}

bool threads_start(struct threads *threads, const char *name, const struct cpu_list *cpus, void (*run)(void *argument),
                   void *argument, struct failure *why) {
    if (threads->count == THREADS_MAX)
        return failed(why, "thread %s does not start: there are %u already; ask for fewer", name, THREADS_MAX);
    struct thread *thread = &threads->list[threads->count];
    *thread = (struct thread){.run = run, .argument = argument};
    snprintf(thread->name, sizeof thread->name, "%s", name);
    pthread_attr_t attributes;
    int error = pthread_attr_init(&attributes);
    if (error != 0) return refused(thread, cpus, error, why);
    error = set_up(&attributes, cpus);
    if (error == 0) error = pthread_create(&thread->id, &attributes, start, thread);
    pthread_attr_destroy(&attributes);
    if (error != 0) return refused(thread, cpus, error, why);
    threads->count++;
    return true;
}

static struct timespec after(unsigned ms) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    time.tv_sec += ms / 1000;
    time.tv_nsec += (long)(ms % 1000) * 1000000;
    if (time.tv_nsec >= 1000000000) {
        time.tv_sec++;
        time.tv_nsec -= 1000000000;
    }
    return time;
}

const char *threads_join(struct threads *threads, unsigned ms) {
    struct timespec deadline = after(ms);
    const char *missing = NULL;
    for (unsigned i = 0; i < threads->count; i++) {
        struct thread *thread = &threads->list[i];
        if (thread->is_back) continue;
        thread->is_back = pthread_clockjoin_np(thread->id, NULL, CLOCK_MONOTONIC, &deadline) == 0;
        if (!thread->is_back && missing == NULL) missing = thread->name;
    }
    return missing;
}
