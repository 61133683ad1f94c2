#ifndef PANTHEON_CONSENSUS_ANSWERS_H
#define PANTHEON_CONSENSUS_ANSWERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "consensus/assembly.h"
#include "consensus/bucket.h"
#include "consensus/path.h"
#include "consensus/post.h"
#include "consensus/settings.h"

/*
 * Answers to others' repairs: the shreds that are here, as they came.
 *
 * Answered is whom it helps: our children in the slot's tree and, by the leader, everybody. One request costs
 * REPAIR_MOST shreds at most (shred.h). A peer's bucket holds two of the largest blocks and gets one a slot, which is
 * what a child of the tree costs too: a peer that asks without end costs no more than a child. All together get fan_out
 * * fan_out blocks a slot at most: what a leader has to give if all its children are dead and it feeds theirs.
 */
struct answers {
    const struct settings *settings;
    struct post *post;
    struct assembly *assembly;
    struct paths *paths;
    struct bucket *buckets; /* one a validator, then one for all */
    struct bucket_rate rate;
    struct bucket_rate rate_of_all;
};

/* False where there is no memory; to be released then too. What it is given stays where it is. */
bool answers_make(struct answers *answers, const struct settings *settings, struct post *post,
                  struct assembly *assembly, struct paths *paths);
void answers_release(struct answers *answers);

/* A MESSAGE_REPAIR's body from a validator. */
void answers_give(struct answers *answers, const uint8_t *body, size_t length, uint32_t from, uint64_t now_ns);

#endif
