#include "main/profiling.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "main/log.h"
#include "statistics/profile_file.h"

static void say_error(struct profiling *profiling, const char *what) {
    if (profiling->failed) return;
    profiling->failed = true;
    log_line(
        LOG_LINE_WARNING,
        "profile_output %s cannot be %s: %s; make it a file that this user may write. Network threads are profiled "
        "all the same, /pantheon/profile tells it",
        profiling->path, what, strerror(errno));
}

static void fill(struct profiling *profiling) {
    const struct workers *workers = &profiling->plane->workers;
    struct profile *profile = &profiling->profile;
    profile->number++;
    profile->ticks_per_second = profiling->plane->ticks_per_second;
    for (profile->workers = 0; profile->workers < workers->count; profile->workers++) {
        const struct worker *worker = workers->list[profile->workers];
        struct profile_worker *to = &profile->worker[profile->workers];
        to->lcore = worker->lcore;
        to->rounds = counter_read(&worker->stages.rounds);
        to->busy_rounds = counter_read(&worker->stages.busy_rounds);
        for (unsigned i = 0; i < STAGES; i++) {
            to->stage[i].cycles = counter_read(&worker->stages.list[i].cycles);
            to->stage[i].packets = counter_read(&worker->stages.list[i].packets);
        }
    }
}

static void write_text(struct profiling *profiling) {
    size_t length;
    if (profiling->file < 0) return;
    fill(profiling);
    profile_write(&profiling->profile, profiling->text, sizeof profiling->text, &length);
    if (profile_file_write(profiling->file, profiling->text, length))
        profiling->failed = false;
    else
        say_error(profiling, "written");
}

static void start(struct profiling *profiling, const char *path, uint64_t now_ns) {
    snprintf(profiling->path, sizeof profiling->path, "%s", path);
    profiling->on = true;
    profiling->failed = false;
    profiling->due_ns = now_ns + PROFILING_SECONDS * 1000000000ull;
    profiling->file = profile_file_open(path);
    if (profiling->file < 0)
        say_error(profiling, "opened");
    else
        log_line(LOG_LINE_NOTICE, "network threads are profiled, %s has it every %u s", path, PROFILING_SECONDS);
}

void profiling_open(struct profiling *profiling, const struct plane *plane, const struct config_toml *config,
                    uint64_t now_ns) {
    profiling->plane = plane;
    profiling->file = -1;
    if (config->debug.enable_profiling) start(profiling, config->debug.profile_output, now_ns);
}

void profiling_take_over(struct profiling *profiling, const struct config_toml *config, uint64_t now_ns) {
    bool on = config->debug.enable_profiling;
    if (on && profiling->on && strcmp(config->debug.profile_output, profiling->path) == 0) return;
    profiling_close(profiling);
    if (on) start(profiling, config->debug.profile_output, now_ns);
}

void profiling_look(struct profiling *profiling, uint64_t now_ns) {
    if (!profiling->on || now_ns < profiling->due_ns) return;
    profiling->due_ns = now_ns + PROFILING_SECONDS * 1000000000ull;
    write_text(profiling);
}

void profiling_close(struct profiling *profiling) {
    if (!profiling->on) return;
    write_text(profiling);
    if (profiling->file >= 0) close(profiling->file);
    profiling->file = -1;
    profiling->on = false;
}
