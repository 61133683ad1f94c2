#include "bench/progress.h"

#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>

enum { TEXT = 256, TIME = 8 /* characters of "%4ld s  " */, COLUMNS = 80 };

struct progress {
    FILE *file;
    bool terminal;
    int room; /* for the text in a line; a line that the terminal breaks could not be written over */
    unsigned every_ms;
    struct timespec began;
    pthread_t thread;
    pthread_mutex_t lock; /* of everything below */
    pthread_cond_t wake;
    bool ended;
    bool over; /* a line stands there that the next one is written over */
    char text[TEXT];
};

static struct timespec now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time;
}

/* Erases what stands on the terminal's line (ECMA-48: EL). */
static void wipe(struct progress *progress) {
    if (progress->over) fputs("\r\033[K", progress->file);
    progress->over = false;
}

static void show(struct progress *progress) {
    long seconds = now().tv_sec - progress->began.tv_sec;
    wipe(progress);
    fprintf(progress->file, "%4ld s  %.*s%s", seconds, progress->room, progress->text, progress->terminal ? "" : "\n");
    progress->over = progress->terminal;
    fflush(progress->file);
}

static void *run(void *argument) {
    struct progress *progress = argument;
    struct timespec until = now();
    pthread_mutex_lock(&progress->lock);
    while (!progress->ended) {
        long ns = until.tv_nsec + (long)progress->every_ms % 1000 * 1000000;
        until.tv_sec += (time_t)(progress->every_ms / 1000) + ns / 1000000000;
        until.tv_nsec = ns % 1000000000;
        int woken = 0;
        while (!progress->ended && woken == 0) woken = pthread_cond_timedwait(&progress->wake, &progress->lock, &until);
        if (!progress->ended) show(progress);
    }
    pthread_mutex_unlock(&progress->lock);
    return NULL;
}

static int room_of(FILE *file, bool terminal) {
    struct winsize size;
    if (!terminal) return TEXT;
    bool known = ioctl(fileno(file), TIOCGWINSZ, &size) == 0 && size.ws_col > TIME + 1;
    return (known ? size.ws_col : COLUMNS) - TIME - 1;
}

/* Signals are the control thread's. */
static bool begin(struct progress *progress) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool begun = pthread_create(&progress->thread, NULL, run, progress) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return begun;
}

struct progress *progress_start(FILE *file, bool terminal, unsigned every_ms, const char *command) {
    pthread_condattr_t attributes;
    struct progress *progress = calloc(1, sizeof *progress);
    if (progress == NULL) return NULL;
    progress->file = file;
    progress->terminal = terminal;
    progress->every_ms = every_ms;
    progress->room = room_of(file, terminal);
    progress->began = now();
    snprintf(progress->text, sizeof progress->text, "%s: starting", command);
    pthread_mutex_init(&progress->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&progress->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    if (begin(progress)) return progress;
    free(progress);
    return NULL;
}

void progress_say(struct progress *progress, const char *format, ...) {
    va_list arguments;
    if (progress == NULL) return;
    pthread_mutex_lock(&progress->lock);
    va_start(arguments, format);
    vsnprintf(progress->text, sizeof progress->text, format, arguments);
    va_end(arguments);
    pthread_mutex_unlock(&progress->lock);
}

void progress_note(struct progress *progress, const char *format, ...) {
    va_list arguments;
    if (progress == NULL) return;
    pthread_mutex_lock(&progress->lock);
    wipe(progress);
    va_start(arguments, format);
    vfprintf(progress->file, format, arguments);
    va_end(arguments);
    fputc('\n', progress->file);
    fflush(progress->file);
    pthread_mutex_unlock(&progress->lock);
}

void progress_stop(struct progress *progress) {
    if (progress == NULL) return;
    pthread_mutex_lock(&progress->lock);
    progress->ended = true;
    pthread_cond_signal(&progress->wake);
    pthread_mutex_unlock(&progress->lock);
    pthread_join(progress->thread, NULL);
    wipe(progress);
    fflush(progress->file);
    pthread_cond_destroy(&progress->wake);
    pthread_mutex_destroy(&progress->lock);
    free(progress);
}
