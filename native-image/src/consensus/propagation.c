#include "consensus/propagation.h"

#include <stdlib.h>
#include <string.h>

bool propagation_make(struct propagation *propagation, const struct settings *settings, struct post *post,
                      uint64_t now_ns) {
    const struct schedule *schedule = &settings->schedule;
    *propagation = (struct propagation){.settings = settings, .post = post};
    propagation->assembly = assembly_make(settings->depth, settings->max_block);
    propagation->announced = calloc(schedule->validators, sizeof *propagation->announced);
    propagation->end_slot = UINT64_MAX;
    propagation->clock_slot = schedule_slot(schedule, now_ns);
    /* A slot that had begun before us is not ours to miss. */
    if (now_ns > schedule_start(schedule, propagation->clock_slot)) propagation->clock_slot++;
    return propagation->assembly != NULL && propagation->announced != NULL &&
           paths_make(&propagation->paths, settings, post) &&
           answers_make(&propagation->answers, settings, post, propagation->assembly, &propagation->paths);
}

void propagation_release(struct propagation *propagation) {
    answers_release(&propagation->answers);
    assembly_release(propagation->assembly);
    paths_release(&propagation->paths);
    free(propagation->announced);
    *propagation = (struct propagation){0};
}

static bool is_open(const struct propagation *propagation, uint64_t slot, uint64_t now_ns) {
    return schedule_is_open(&propagation->settings->schedule, slot, now_ns, propagation->settings->depth);
}

static void want_tick(struct propagation *propagation, uint64_t at_ns) {
    if (at_ns < propagation->deadline_ns) propagation->deadline_ns = at_ns;
}

static void relay(struct propagation *propagation, const struct path *path, const uint8_t *body, size_t length) {
    if (path->children == 0) return;
    memcpy(post_body(propagation->post), body, length);
    if (post_send(propagation->post, MESSAGE_SHRED, length, path->peers, path->children))
        post_count(propagation->post, SHREDS_RELAYED, path->children);
}

/* Who may send shreds of the slot, and what it says of the leader. */
static bool is_allowed(struct propagation *propagation, const struct path *path, const struct shred *shred,
                       uint32_t from) {
    bool sender = from == path->leader || (from == path->parent && !path->restarted);
    if (shred->head.leader != path->leader)
        post_count(propagation->post, DROP_LEADER, 1);
    else if (!sender)
        post_count(propagation->post, DROP_SENDER, 1);
    else if (path->refused)
        post_count(propagation->post, DROP_INCONSISTENT, 1);
    else
        return true;
    return false;
}

/* The block, once emptied, is taken from the leader alone; the second time its slot is left. */
static void distrust(struct propagation *propagation, struct path *path, uint64_t now_ns) {
    path->refused = path->restarted;
    path->restarted = true;
    repair_begin(&path->repair, path->refused ? REPAIR_NEVER : now_ns, 0);
    want_tick(propagation, now_ns);
}

/* As assembly_add, but what the leader itself says is taken, once, for what contradicts it. */
static enum assembly_result add(struct propagation *propagation, struct path *path, const struct shred *shred,
                                uint32_t from, uint64_t now_ns, struct block **block) {
    enum assembly_result result = assembly_add(propagation->assembly, shred, block);
    bool believed = from == path->leader && !path->restarted;
    if (result != ASSEMBLY_INCONSISTENT || !believed || (*block)->state == BLOCK_COMPLETE) return result;
    post_count(propagation->post, BLOCKS_CONTRADICTED, 1);
    assembly_empty(*block);
    distrust(propagation, path, now_ns);
    return assembly_add(propagation->assembly, shred, block);
}

static void note_arrival(struct propagation *propagation, struct path *path, uint32_t index, uint64_t now_ns) {
    bool repaired = repair_arrived(&path->repair, index, now_ns, propagation->settings->repair_ns);
    post_count(propagation->post, SHREDS_RECEIVED, 1);
    if (repaired) post_count(propagation->post, SHREDS_REPAIRED, 1);
    want_tick(propagation, path->repair.due_ns);
}

/* Counts why a shred is dropped. */
static void drop(struct propagation *propagation, enum assembly_result result) {
    static const enum consensus_counter REASONS[] = {
        [ASSEMBLY_DUPLICATED] = SHREDS_DUPLICATED, [ASSEMBLY_OLD] = DROP_SLOT,
        [ASSEMBLY_TOO_LARGE] = DROP_TOO_LARGE,     [ASSEMBLY_INCONSISTENT] = DROP_INCONSISTENT,
        [ASSEMBLY_CORRUPT] = BLOCKS_CORRUPT,
    };
    post_count(propagation->post, REASONS[result], 1);
}

const struct block *propagation_shred(struct propagation *propagation, const uint8_t *body, size_t length,
                                      uint32_t from, uint64_t now_ns) {
    struct shred shred;
    bool is_shred = shred_read(body, length, &shred);
    if (!is_shred || !is_open(propagation, shred.head.slot, now_ns)) {
        post_count(propagation->post, is_shred ? DROP_SLOT : DROP_MALFORMED, 1);
        return NULL;
    }
    struct path *path = paths_find(&propagation->paths, shred.head.slot);
    if (!is_allowed(propagation, path, &shred, from)) return NULL;
    struct block *block = NULL;
    enum assembly_result result = add(propagation, path, &shred, from, now_ns, &block);
    if (result == ASSEMBLY_CORRUPT) distrust(propagation, path, now_ns);
    if (result != ASSEMBLY_NEW && result != ASSEMBLY_COMPLETED) {
        drop(propagation, result);
        return NULL;
    }
    relay(propagation, path, body, length);
    note_arrival(propagation, path, shred.index, now_ns);
    if (result == ASSEMBLY_NEW) return NULL;
    repair_end(&path->repair);
    return block;
}

const struct block *propagation_propose(struct propagation *propagation, uint64_t slot, const uint8_t *bytes,
                                        uint32_t length, uint64_t now_ns) {
    const struct settings *settings = propagation->settings;
    struct block_head head = {.slot = slot,
                              .time_ns = now_ns,
                              .length = length,
                              .stride = (uint16_t)(settings->datagram - HEADER_BYTES - SHRED_HEAD),
                              .leader = (uint16_t)settings->self};
    const struct block *block = assembly_fill(propagation->assembly, &head, bytes);
    if (block == NULL) return NULL;
    propagation->is_sending = true;
    propagation->sending_slot = slot;
    propagation->sending_index = 0;
    want_tick(propagation, now_ns);
    return block;
}

/* The first and the last shred, to all who are not our children: who stands behind them in the tree. */
static void announce(struct propagation *propagation, const struct path *path, size_t body) {
    struct post *post = propagation->post;
    uint32_t count = 0;
    for (uint32_t position = path->children + 1; position < path->tree.count; position++)
        propagation->announced[count++] = post->peers[tree_at(&path->tree, position)];
    if (post_send(post, MESSAGE_SHRED, body, propagation->announced, count)) post_count(post, SHREDS_SENT, count);
}

/* A burst of our own block. Answers when to go on. */
static uint64_t send_own(struct propagation *propagation, uint64_t now_ns) {
    struct post *post = propagation->post;
    const struct block *block = assembly_find(propagation->assembly, propagation->sending_slot);
    if (block == NULL || !is_open(propagation, propagation->sending_slot, now_ns)) {
        propagation->is_sending = false; /* too late for anybody */
        return UINT64_MAX;
    }
    const struct path *path = paths_find(&propagation->paths, propagation->sending_slot);
    struct shred shred;
    for (uint32_t i = 0; i < propagation->settings->burst; i++) {
        if (!assembly_shred(block, propagation->sending_index, &shred)) {
            propagation->is_sending = false; /* that was the last one */
            return UINT64_MAX;
        }
        size_t body = shred_write(&shred, post_body(post));
        if (!post_try(post, MESSAGE_SHRED, body, path->peers, path->children)) return now_ns + PROPAGATION_PAUSE_NS;
        post_count(post, SHREDS_SENT, path->children);
        if (shred.index == 0 || shred.index + 1u == shred.head.count) announce(propagation, path, body);
        propagation->sending_index++;
    }
    return now_ns;
}

/* Asks for what is due of one slot. Answers when to look again. */
static uint64_t ask(struct propagation *propagation, struct path *path, uint64_t now_ns) {
    struct post *post = propagation->post;
    if (!path->used || now_ns < path->repair.due_ns) return path->used ? path->repair.due_ns : REPAIR_NEVER;
    const struct block *block = assembly_find(propagation->assembly, path->slot);
    if (block == NULL || !is_open(propagation, path->slot, now_ns)) {
        repair_end(&path->repair); /* what came now would be dropped */
        return REPAIR_NEVER;
    }
    struct repair_request request;
    enum repair_target target = repair_due(&path->repair, block, now_ns, propagation->settings->repair_ns, &request);
    if (target != REPAIR_NOBODY) {
        uint32_t whom = target == REPAIR_PARENT ? path->parent : path->leader;
        if (post_to(post, MESSAGE_REPAIR, repair_write(&request, post_body(post)), whom))
            post_count(post, REPAIRS_ASKED, 1);
    }
    return path->repair.due_ns;
}

/* Of a slot of which nothing came by its half, whatever there is is asked for. */
static void look_for(struct propagation *propagation, uint64_t slot, uint64_t now_ns) {
    if (schedule_leader(&propagation->settings->schedule, slot) == propagation->settings->self) return;
    const struct block *block = assembly_open(propagation->assembly, slot);
    if (block == NULL || block->state != BLOCK_EMPTY) return;
    struct path *path = paths_find(&propagation->paths, slot);
    if (path->repair.due_ns == REPAIR_NEVER && !path->refused) path->repair.due_ns = now_ns;
}

static void end_slot(struct propagation *propagation, uint64_t slot) {
    const struct block *block = assembly_find(propagation->assembly, slot);
    if (block != NULL && block->state == BLOCK_COMPLETE) return;
    post_count(propagation->post, BLOCKS_MISSED, 1);
    post_tell(propagation->post, &(struct validator_event){.kind = EVENT_MISSED, .slot = slot});
}

/* Halves and ends of slots, as they pass. Answers when the next one does. */
static uint64_t turn_clock(struct propagation *propagation, uint64_t now_ns) {
    const struct schedule *schedule = &propagation->settings->schedule;
    uint64_t current = schedule_slot(schedule, now_ns);
    if (current > propagation->end_slot) current = propagation->end_slot;
    /* After a standstill: what nobody could have looked at any more is missed at once. */
    if (current > propagation->clock_slot + propagation->settings->depth) {
        post_count(propagation->post, BLOCKS_MISSED, current - 1 - propagation->clock_slot);
        propagation->clock_slot = current - 1;
        propagation->clock_half = true;
    }
    while (propagation->clock_slot < propagation->end_slot) {
        uint64_t start = schedule_start(schedule, propagation->clock_slot);
        uint64_t next = start + (propagation->clock_half ? schedule->slot_ns : schedule->slot_ns / 2);
        if (now_ns < next) return next;
        if (propagation->clock_half)
            end_slot(propagation, propagation->clock_slot++);
        else if (propagation->clock_slot + propagation->settings->depth > current + 1)
            look_for(propagation, propagation->clock_slot, now_ns);
        propagation->clock_half = !propagation->clock_half;
    }
    return UINT64_MAX;
}

uint64_t propagation_tick(struct propagation *propagation, uint64_t now_ns) {
    if (now_ns < propagation->deadline_ns) return propagation->deadline_ns;
    uint64_t deadline = turn_clock(propagation, now_ns);
    if (propagation->is_sending) {
        uint64_t next = send_own(propagation, now_ns);
        if (next < deadline) deadline = next;
    }
    for (uint32_t i = 0; i < propagation->settings->depth; i++) {
        uint64_t next = ask(propagation, &propagation->paths.list[i], now_ns);
        if (next < deadline) deadline = next;
    }
    propagation->deadline_ns = deadline;
    return deadline;
}
