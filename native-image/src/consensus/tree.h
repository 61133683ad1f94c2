#ifndef PANTHEON_CONSENSUS_TREE_H
#define PANTHEON_CONSENSUS_TREE_H

#include <stdint.h>

/*
 * Who hands the shreds of a slot to whom. The leader stands at position 0, the others behind it in an order that is
 * drawn anew for each slot, and position p hands on to p * fan_out + 1 … p * fan_out + fan_out. All validators draw the
 * same order, so nobody has to say anything about it.
 *
 * Turbine's idea (Solana). The order is not shuffled in memory but computed: a Feistel network with cycle walking
 * (Black and Rogaway, 2002) is a permutation of any number of positions that can be asked in both directions. A slot
 * costs a microsecond or two, no memory and no walk over all validators. Whoever knows the seed can compute it too: it
 * spreads load, it hides nothing.
 */
#define TREE_MAX_FAN_OUT 256u
#define TREE_NOBODY UINT32_MAX

struct tree {
    uint32_t count;
    uint32_t leader;
    uint32_t fan_out;
    uint32_t bits; /* of each half in the network; 4^bits is count - 1 or more */
    uint64_t key;
};

/* `count` and `fan_out` are 1 or more, `leader` is below count. */
void tree_make(struct tree *tree, uint32_t count, uint32_t fan_out, uint64_t seed, uint64_t slot, uint32_t leader);

uint32_t tree_position(const struct tree *tree, uint32_t validator);
uint32_t tree_at(const struct tree *tree, uint32_t position);

/* TREE_NOBODY for the leader. */
uint32_t tree_parent(const struct tree *tree, uint32_t validator);

/* Writes fan_out validators at most and answers how many. */
uint32_t tree_children(const struct tree *tree, uint32_t validator, uint32_t *children);

/* Hops from the leader to the validator: 0 for itself. */
uint32_t tree_level(const struct tree *tree, uint32_t validator);

/* Hops to the furthest validator: the logarithm of count * (fan_out - 1) + 1 to fan_out, rounded up, less one. */
uint32_t tree_depth(uint32_t count, uint32_t fan_out);

#endif
