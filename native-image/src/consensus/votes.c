#include "consensus/votes.h"

#include <stdlib.h>
#include <string.h>

bool votes_begin(struct votes_sent *sent, uint64_t slot, uint64_t block, uint64_t proposed_ns, uint64_t now_ns) {
    struct vote_flight *flight = &sent->flights[slot % VOTES_IN_FLIGHT];
    bool gives_up = flight->is_under_way;
    *flight = (struct vote_flight){
        .used = true, .is_under_way = true, .slot = slot, .block = block, .proposed_ns = proposed_ns, .due_ns = now_ns};
    return gives_up;
}

enum votes_due votes_due(struct votes_sent *sent, uint64_t now_ns, uint64_t rto_ns, struct vote_flight *flight) {
    for (uint32_t i = 0; i < VOTES_IN_FLIGHT; i++) {
        struct vote_flight *each = &sent->flights[i];
        if (!each->is_under_way || now_ns < each->due_ns) continue;
        *flight = *each;
        if (each->tries == VOTES_TRIES) {
            each->is_under_way = false;
            return VOTES_LOST;
        }
        each->due_ns = now_ns + (rto_ns << (each->tries < VOTES_MAX_DOUBLINGS ? each->tries : VOTES_MAX_DOUBLINGS));
        each->tries++;
        return flight->tries == 0 ? VOTES_FIRST : VOTES_AGAIN;
    }
    return VOTES_NONE;
}

uint64_t votes_deadline(const struct votes_sent *sent) {
    uint64_t deadline = VOTES_NEVER;
    for (uint32_t i = 0; i < VOTES_IN_FLIGHT; i++) {
        const struct vote_flight *flight = &sent->flights[i];
        if (flight->is_under_way && flight->due_ns < deadline) deadline = flight->due_ns;
    }
    return deadline;
}

unsigned votes_acknowledged(struct votes_sent *sent, uint64_t slot, uint64_t block, bool confirmed,
                            struct vote_flight *flight) {
    struct vote_flight *mine = &sent->flights[slot % VOTES_IN_FLIGHT];
    if (!mine->used || mine->slot != slot || mine->block != block) return 0;
    unsigned news =
        (mine->is_under_way ? VOTES_IS_ACKED : 0) | (confirmed && !mine->is_confirmed ? VOTES_IS_CONFIRMED : 0);
    *flight = *mine;
    mine->is_under_way = false;
    mine->is_confirmed = mine->is_confirmed || confirmed;
    return news;
}

struct tally {
    uint64_t block;
    uint64_t confirmed_ns;
    uint32_t votes;
};

struct round {
    bool used;
    uint64_t slot;
    struct tally tallies[VOTES_BLOCKS]; /* filled from the first on */
    uint8_t *choices;                   /* of each validator: 0 none yet, else 1 + index of the tally */
};

struct votes_counted {
    uint32_t depth;
    uint32_t validators;
    struct round *rounds;
    uint8_t *choices;
};

struct votes_counted *votes_make(uint32_t depth, uint32_t validators) {
    struct votes_counted *counted = calloc(1, sizeof *counted);
    if (counted == NULL) return NULL;
    counted->depth = depth;
    counted->validators = validators;
    counted->rounds = calloc(depth, sizeof *counted->rounds);
    counted->choices = calloc(depth, validators);
    if (counted->rounds == NULL || counted->choices == NULL) {
        votes_release(counted);
        return NULL;
    }
    for (uint32_t i = 0; i < depth; i++) counted->rounds[i].choices = counted->choices + (size_t)i * validators;
    return counted;
}

void votes_release(struct votes_counted *counted) {
    if (counted == NULL) return;
    free(counted->rounds);
    free(counted->choices);
    free(counted);
}

uint32_t votes_quorum(uint32_t validators) {
    return (uint32_t)((uint64_t)validators * 2 / 3 + 1);
}

/* NULL where a later slot has the place. */
static struct round *open_round(struct votes_counted *counted, uint64_t slot) {
    struct round *round = &counted->rounds[slot % counted->depth];
    if (round->used && round->slot == slot) return round;
    if (round->used && round->slot > slot) return NULL;
    *round = (struct round){.used = true, .slot = slot, .choices = round->choices};
    memset(round->choices, 0, counted->validators);
    return round;
}

/* The block's tally, a new one where there is room; VOTES_BLOCKS where there is none. */
static uint32_t find_tally(struct round *round, uint64_t block) {
    uint32_t i = 0;
    while (i < VOTES_BLOCKS && round->tallies[i].votes > 0 && round->tallies[i].block != block) i++;
    if (i < VOTES_BLOCKS) round->tallies[i].block = block;
    return i;
}

enum votes_result votes_count(struct votes_counted *counted, uint64_t slot, uint64_t block, uint32_t voter,
                              uint64_t now_ns, uint64_t *confirmed_ns) {
    struct round *round = open_round(counted, slot);
    if (round == NULL) return VOTES_OLD;
    uint32_t index = find_tally(round, block);
    if (index == VOTES_BLOCKS) return VOTES_CONFLICTING;
    struct tally *tally = &round->tallies[index];
    uint8_t choice = round->choices[voter];
    *confirmed_ns = tally->confirmed_ns;
    if (choice == index + 1) return VOTES_DUPLICATED;
    if (choice != 0) return VOTES_CONFLICTING;
    round->choices[voter] = (uint8_t)(index + 1);
    tally->votes++;
    if (tally->votes != votes_quorum(counted->validators)) return VOTES_COUNTED;
    tally->confirmed_ns = now_ns > 0 ? now_ns : 1;
    *confirmed_ns = tally->confirmed_ns;
    return VOTES_QUORUM;
}

uint32_t votes_voters(const struct votes_counted *counted, uint64_t slot, uint64_t block, uint32_t *voters) {
    const struct round *round = &counted->rounds[slot % counted->depth];
    uint32_t count = 0;
    if (!round->used || round->slot != slot) return 0;
    for (uint32_t voter = 0; voter < counted->validators; voter++) {
        uint8_t choice = round->choices[voter];
        if (choice != 0 && round->tallies[choice - 1].block == block) voters[count++] = voter;
    }
    return count;
}
