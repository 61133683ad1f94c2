#include "consensus/path.h"

#include <stdlib.h>

bool paths_make(struct paths *paths, const struct settings *settings, const struct post *post) {
    *paths = (struct paths){.settings = settings, .post = post};
    paths->list = calloc(settings->depth, sizeof *paths->list);
    paths->peers = calloc((size_t)settings->depth * settings->fan_out, sizeof *paths->peers);
    return paths->list != NULL && paths->peers != NULL;
}

void paths_release(struct paths *paths) {
    free(paths->list);
    free(paths->peers);
    *paths = (struct paths){0};
}

struct path *paths_find(struct paths *paths, uint64_t slot) {
    const struct settings *settings = paths->settings;
    const struct schedule *schedule = &settings->schedule;
    uint32_t place = (uint32_t)(slot % settings->depth);
    struct path *path = &paths->list[place];
    if (path->used && path->slot == slot) return path;
    *path = (struct path){.used = true,
                          .slot = slot,
                          .leader = schedule_leader(schedule, slot),
                          .peers = paths->peers + (size_t)place * settings->fan_out};
    tree_make(&path->tree, schedule->validators, settings->fan_out, schedule->seed, slot, path->leader);
    path->parent = tree_parent(&path->tree, settings->self);
    uint32_t level = tree_level(&path->tree, settings->self);
    repair_begin(&path->repair, REPAIR_NEVER, level > 1 ? level - 1 : 0); /* level 1: the parent is the leader */
    path->children = tree_children(&path->tree, settings->self, path->peers);
    for (uint32_t i = 0; i < path->children; i++) path->peers[i] = paths->post->peers[path->peers[i]];
    return path;
}
