#include "consensus/validator.h"

#include <stdlib.h>
#include <string.h>

#include "consensus/propagation.h"
#include "consensus/tree.h"
#include "consensus/vote.h"
#include "consensus/votes.h"

struct validator {
    struct settings settings;
    struct post post;
    struct propagation propagation;
    struct votes_sent sent;
    struct votes_counted *counted;
    uint32_t *voters; /* scratch */
    uint64_t votes_deadline_ns;
    struct counter counters[CONSENSUS_COUNTERS];
};

/* A minute: slots are shorter, and products with it stay below 2^64. */
static const uint64_t MAX_NS = 60000000000ull;

static bool is_possible(const struct settings *settings) {
    const struct schedule *schedule = &settings->schedule;
    uint32_t least = HEADER_BYTES + SHRED_HEAD + SHRED_MIN_STRIDE;
    return schedule->validators >= 1 && schedule->validators <= UINT16_MAX && settings->self < schedule->validators &&
           schedule->slot_ns >= 2 && schedule->slot_ns <= MAX_NS && settings->fan_out >= 1 &&
           settings->fan_out <= TREE_MAX_FAN_OUT && settings->depth >= SETTINGS_MIN_DEPTH &&
           settings->depth <= SETTINGS_MAX_DEPTH && settings->max_block >= 1 &&
           settings->max_block <= SHRED_MAX_BLOCK && settings->burst >= 1 && settings->datagram >= least &&
           settings->datagram <= POST_MAX_DATAGRAM && settings->repair_ns >= 1 && settings->repair_ns <= MAX_NS &&
           settings->vote_rto_ns >= 1 && settings->vote_rto_ns <= MAX_NS;
}

struct validator *validator_make(const struct settings *settings, struct outbox *outbox, uint64_t now_ns) {
    if (!is_possible(settings)) return NULL;
    struct validator *validator = calloc(1, sizeof *validator);
    if (validator == NULL) return NULL;
    validator->settings = *settings;
    validator->votes_deadline_ns = VOTES_NEVER;
    validator->counted = votes_make(settings->depth, settings->schedule.validators);
    validator->voters = calloc(settings->schedule.validators, sizeof *validator->voters);
    if (validator->counted == NULL || validator->voters == NULL ||
        !post_make(&validator->post, settings, outbox, validator->counters) ||
        !propagation_make(&validator->propagation, &validator->settings, &validator->post, now_ns)) {
        validator_release(validator);
        return NULL;
    }
    validator->settings.peers = validator->post.peers;
    return validator;
}

void validator_release(struct validator *validator) {
    if (validator == NULL) return;
    propagation_release(&validator->propagation);
    post_release(&validator->post);
    votes_release(validator->counted);
    free(validator->voters);
    free(validator);
}

void validator_end(struct validator *validator, uint64_t slot) {
    validator->propagation.end_slot = slot;
}

const struct counter *validator_counters(const struct validator *validator) {
    return validator->counters;
}

/* From the leader's time, which may be ahead of ours or a lie: no slot is worked on for longer than `depth` slots take.
 */
static uint64_t since(const struct validator *validator, uint64_t then_ns, uint64_t now_ns) {
    uint64_t most = validator->settings.depth * validator->settings.schedule.slot_ns;
    uint64_t ns = now_ns > then_ns ? now_ns - then_ns : 0;
    return ns < most ? ns : most;
}

static void tell_confirmed(struct validator *validator, const struct vote_ack *ack) {
    struct validator_event event = {.kind = EVENT_CONFIRMED, .slot = ack->slot, .ns = ack->confirmed_ns};
    post_tell(&validator->post, &event);
}

/* To all whose vote for the block counted, ourselves left out. */
static void tell_quorum(struct validator *validator, const struct vote_ack *ack) {
    struct post *post = &validator->post;
    uint32_t count = votes_voters(validator->counted, ack->slot, ack->block, validator->voters), others = 0;
    for (uint32_t i = 0; i < count; i++)
        if (validator->voters[i] != post->self) validator->voters[others++] = post->peers[validator->voters[i]];
    vote_ack_write(ack, post_body(post));
    post_send(post, MESSAGE_VOTE_ACK, VOTE_ACK_BYTES, validator->voters, others);
    post_count(post, SLOTS_CONFIRMED, 1);
    tell_confirmed(validator, ack);
}

/* As collector. Answers whether the vote is to be acknowledged. */
static bool count_vote(struct validator *validator, uint32_t voter, uint64_t now_ns, struct vote_ack *ack) {
    struct post *post = &validator->post;
    switch (votes_count(validator->counted, ack->slot, ack->block, voter, now_ns, &ack->confirmed_ns)) {
    case VOTES_COUNTED: post_count(post, VOTES_COUNTED_IN, 1); return true;
    case VOTES_QUORUM: /* tells the voter too */
        post_count(post, VOTES_COUNTED_IN, 1);
        tell_quorum(validator, ack);
        return false;
    case VOTES_DUPLICATED: post_count(post, VOTES_REPEATED, 1); return true;
    case VOTES_CONFLICTING: post_count(post, DROP_CONFLICTING, 1); return false;
    case VOTES_OLD: post_count(post, DROP_SLOT, 1); return false;
    }
    return false;
}

static void receive_vote(struct validator *validator, const uint8_t *bytes, size_t length, uint32_t from,
                         uint64_t now_ns) {
    const struct schedule *schedule = &validator->settings.schedule;
    struct post *post = &validator->post;
    struct vote vote;
    if (!vote_read(bytes, length, &vote))
        post_count(post, DROP_MALFORMED, 1);
    else if (vote.voter != from || schedule_collector(schedule, vote.slot) != post->self)
        post_count(post, DROP_SENDER, 1);
    else if (!schedule_is_open(schedule, vote.slot, now_ns, validator->settings.depth))
        post_count(post, DROP_SLOT, 1);
    else {
        struct vote_ack ack = {.slot = vote.slot, .block = vote.block};
        if (!count_vote(validator, from, now_ns, &ack)) return;
        vote_ack_write(&ack, post_body(post));
        post_to(post, MESSAGE_VOTE_ACK, VOTE_ACK_BYTES, from);
    }
}

static void tell_acked(struct validator *validator, uint64_t slot, uint64_t proposed_ns, uint64_t now_ns) {
    struct validator_event event = {.kind = EVENT_ACKED, .slot = slot, .ns = since(validator, proposed_ns, now_ns)};
    post_count(&validator->post, VOTES_ACKED, 1);
    post_count(&validator->post, RESPONSE_NS, event.ns);
    post_tell(&validator->post, &event);
}

static void receive_ack(struct validator *validator, const uint8_t *bytes, size_t length, uint32_t from,
                        uint64_t now_ns) {
    struct post *post = &validator->post;
    struct vote_ack ack;
    struct vote_flight flight;
    if (!vote_ack_read(bytes, length, &ack)) {
        post_count(post, DROP_MALFORMED, 1);
        return;
    }
    if (schedule_collector(&validator->settings.schedule, ack.slot) != from) {
        post_count(post, DROP_SENDER, 1);
        return;
    }
    bool confirmed = ack.confirmed_ns > 0;
    unsigned news = votes_acknowledged(&validator->sent, ack.slot, ack.block, confirmed, &flight);
    if (news == 0) post_count(post, DROP_UNAWAITED, 1);
    if (news & VOTES_IS_ACKED) tell_acked(validator, ack.slot, flight.proposed_ns, now_ns);
    if (news & VOTES_IS_CONFIRMED) tell_confirmed(validator, &ack);
}

static void vote_for(struct validator *validator, const struct block *block, uint64_t now_ns) {
    struct post *post = &validator->post;
    const struct block_head *head = &block->head;
    if (schedule_collector(&validator->settings.schedule, head->slot) == post->self) {
        struct vote_ack ack = {.slot = head->slot, .block = head->block};
        count_vote(validator, post->self, now_ns, &ack);
        post_count(post, VOTES_SENT, 1);
        tell_acked(validator, head->slot, head->time_ns, now_ns);
        return;
    }
    if (votes_begin(&validator->sent, head->slot, head->block, head->time_ns, now_ns))
        post_count(post, VOTES_GIVEN_UP, 1);
    validator->votes_deadline_ns = now_ns;
}

static void receive_shred(struct validator *validator, const uint8_t *bytes, size_t length, uint32_t from,
                          uint64_t now_ns) {
    const struct block *block = propagation_shred(&validator->propagation, bytes, length, from, now_ns);
    if (block == NULL) return;
    struct validator_event event = {.kind = EVENT_COMPLETED,
                                    .slot = block->slot,
                                    .ns = since(validator, block->head.time_ns, now_ns),
                                    .bytes = block->bytes,
                                    .length = block->head.length};
    post_count(&validator->post, BLOCKS_COMPLETED, 1);
    post_count(&validator->post, PROPAGATION_NS, event.ns);
    post_tell(&validator->post, &event);
    vote_for(validator, block, now_ns);
}

void validator_receive(struct validator *validator, enum message_type type, const uint8_t *bytes, size_t length,
                       uint32_t peer, uint64_t now_ns) {
    uint32_t from = post_validator(&validator->post, peer);
    if (from == POST_NOBODY) {
        post_count(&validator->post, DROP_STRANGER, 1);
        return;
    }
    switch (type) {
    case MESSAGE_SHRED: receive_shred(validator, bytes, length, from, now_ns); break;
    case MESSAGE_REPAIR: answers_give(&validator->propagation.answers, bytes, length, from, now_ns); break;
    case MESSAGE_VOTE: receive_vote(validator, bytes, length, from, now_ns); break;
    case MESSAGE_VOTE_ACK: receive_ack(validator, bytes, length, from, now_ns); break;
    default: post_count(&validator->post, DROP_TYPE, 1);
    }
}

static void send_votes(struct validator *validator, uint64_t now_ns) {
    struct post *post = &validator->post;
    struct vote_flight flight;
    enum votes_due due;
    while ((due = votes_due(&validator->sent, now_ns, validator->settings.vote_rto_ns, &flight)) != VOTES_NONE) {
        if (due == VOTES_LOST) {
            post_count(post, VOTES_GIVEN_UP, 1);
            continue;
        }
        struct vote vote = {.slot = flight.slot, .block = flight.block, .voter = (uint16_t)post->self};
        vote_write(&vote, post_body(post));
        post_count(post, due == VOTES_FIRST ? VOTES_SENT : VOTES_RETRIED, 1);
        post_to(post, MESSAGE_VOTE, VOTE_BYTES, schedule_collector(&validator->settings.schedule, flight.slot));
    }
    validator->votes_deadline_ns = votes_deadline(&validator->sent);
}

uint64_t validator_tick(struct validator *validator, uint64_t now_ns) {
    uint64_t deadline = propagation_tick(&validator->propagation, now_ns);
    if (now_ns >= validator->votes_deadline_ns) send_votes(validator, now_ns);
    return deadline < validator->votes_deadline_ns ? deadline : validator->votes_deadline_ns;
}

enum propose_result validator_propose(struct validator *validator, const uint8_t *bytes, size_t length,
                                      uint64_t now_ns) {
    const struct schedule *schedule = &validator->settings.schedule;
    uint64_t slot = schedule_slot(schedule, now_ns);
    if (schedule_leader(schedule, slot) != validator->post.self) return PROPOSE_NOT_LEADER;
    if (length == 0 || length > validator->settings.max_block) return PROPOSE_LENGTH;
    const struct block *block = propagation_propose(&validator->propagation, slot, bytes, (uint32_t)length, now_ns);
    if (block == NULL) return PROPOSE_AGAIN;
    post_count(&validator->post, BLOCKS_PROPOSED, 1);
    vote_for(validator, block, now_ns);
    return PROPOSED;
}
