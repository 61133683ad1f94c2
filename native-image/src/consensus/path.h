#ifndef PANTHEON_CONSENSUS_PATH_H
#define PANTHEON_CONSENSUS_PATH_H

#include <stdbool.h>
#include <stdint.h>

#include "consensus/post.h"
#include "consensus/repair.h"
#include "consensus/settings.h"
#include "consensus/tree.h"

/* What is known of one slot beside its block: its tree, our place in it, and what was asked for. */
struct path {
    bool used;
    bool restarted; /* the block was begun anew, from the leader alone */
    bool refused;   /* and it was wrong again: the leader lies, nothing of the slot is taken any more */
    uint64_t slot;
    uint32_t leader;
    uint32_t parent; /* TREE_NOBODY if the leader is ourselves */
    uint32_t children;
    uint32_t *peers; /* the children's */
    struct tree tree;
    struct repair repair;
};

/* Of the open slots (schedule_is_open): these are `depth`, so each has a place of its own, slot % depth. */
struct paths {
    const struct settings *settings;
    const struct post *post;
    struct path *list;
    uint32_t *peers;
};

/* False where there is no memory. `settings` and `post` stay where they are. */
bool paths_make(struct paths *paths, const struct settings *settings, const struct post *post);
void paths_release(struct paths *paths);

/* Only for open slots. Made anew where another slot had its place. */
struct path *paths_find(struct paths *paths, uint64_t slot);

#endif
