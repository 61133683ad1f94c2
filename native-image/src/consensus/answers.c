#include "consensus/answers.h"

#include <stdlib.h>

/* Tokens of so many of the largest blocks a slot, and `burst` times as many at once. */
static struct bucket_rate make_rate(const struct settings *settings, uint32_t blocks, uint32_t burst) {
    uint32_t stride = settings->datagram - HEADER_BYTES - SHRED_HEAD;
    uint32_t shreds = (settings->max_block + stride - 1) / stride * blocks;
    return (struct bucket_rate){.burst = burst * shreds, .per_slot = shreds, .slot_ns = settings->schedule.slot_ns};
}

bool answers_make(struct answers *answers, const struct settings *settings, struct post *post,
                  struct assembly *assembly, struct paths *paths) {
    *answers = (struct answers){.settings = settings, .post = post, .assembly = assembly, .paths = paths};
    answers->buckets = calloc(settings->schedule.validators + 1, sizeof *answers->buckets);
    uint32_t others = settings->schedule.validators, grandchildren = settings->fan_out * settings->fan_out;
    answers->rate = make_rate(settings, 1, 2);
    answers->rate_of_all = make_rate(settings, grandchildren < others ? grandchildren : others, 1);
    return answers->buckets != NULL;
}

void answers_release(struct answers *answers) {
    free(answers->buckets);
    *answers = (struct answers){0};
}

/* The block that a request means, if some of it is here. Counts why there is none. */
static const struct block *find_wanted(struct answers *answers, const struct repair_request *request, uint32_t from,
                                       uint64_t now_ns) {
    const struct settings *settings = answers->settings;
    enum consensus_counter reason = DROP_SLOT;
    if (schedule_is_open(&settings->schedule, request->slot, now_ns, settings->depth)) {
        const struct path *path = paths_find(answers->paths, request->slot);
        const struct block *block = assembly_find(answers->assembly, request->slot);
        uint32_t self = settings->self;
        bool helps = path->leader == self || tree_parent(&path->tree, from) == self;
        bool here = block != NULL && block->state != BLOCK_EMPTY;
        if (helps && here && (request->block == BLOCK_ANY || request->block == block->head.block)) return block;
        reason = helps ? REPAIRS_UNKNOWN : DROP_SENDER;
    }
    post_count(answers->post, reason, 1);
    return NULL;
}

/*
 * Sends up to `most` of the shreds that are asked for and are here; answers how many. `limited` is how many were not
 * looked at then. The outbox's room ends it too.
 */
static uint32_t answer(struct answers *answers, const struct block *block, const struct repair_request *request,
                       uint32_t to, uint32_t most, uint32_t *limited) {
    struct post *post = answers->post;
    uint32_t sent = 0, looked = 0;
    for (uint32_t i = 0; i < request->ranges; i++) {
        for (uint32_t j = 0; j < request->list[i].count; j++, looked++) {
            struct shred shred;
            if (sent == most) {
                *limited = request->shreds - looked;
                return sent;
            }
            if (!assembly_shred(block, (uint32_t)request->list[i].first + j, &shred)) continue;
            if (!post_to(post, MESSAGE_SHRED, shred_write(&shred, post_body(post)), to)) return sent;
            sent++;
        }
    }
    return sent;
}

void answers_give(struct answers *answers, const uint8_t *body, size_t length, uint32_t from, uint64_t now_ns) {
    struct post *post = answers->post;
    struct repair_request request;
    if (!repair_read(body, length, &request)) {
        post_count(post, DROP_MALFORMED, 1);
        return;
    }
    const struct block *block = find_wanted(answers, &request, from, now_ns);
    if (block == NULL) return;
    struct bucket *mine = &answers->buckets[from];
    struct bucket *all = &answers->buckets[answers->settings->schedule.validators];
    uint32_t most = bucket_look(mine, &answers->rate, now_ns), limited = 0;
    uint32_t most_of_all = bucket_look(all, &answers->rate_of_all, now_ns);
    uint32_t sent = answer(answers, block, &request, from, most < most_of_all ? most : most_of_all, &limited);
    mine->tokens -= sent;
    all->tokens -= sent;
    if (sent > 0) post_count(post, REPAIRS_RECEIVED, 1);
    post_count(post, REPAIRS_ANSWERED, sent);
    post_count(post, REPAIRS_LIMITED, limited);
}
