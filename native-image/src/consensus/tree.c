#include "consensus/tree.h"

/* Four rounds are a pseudo-random permutation of many positions (Luby and Rackoff, 1988); few positions want more. */
enum { ROUNDS = 8 };

/* SplitMix64 (Steele, Lea and Flood, 2014). */
static uint64_t mix(uint64_t value) {
    value += 0x9e3779b97f4a7c15ull;
    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9ull;
    value = (value ^ value >> 27) * 0x94d049bb133111ebull;
    return value ^ value >> 31;
}

void tree_make(struct tree *tree, uint32_t count, uint32_t fan_out, uint64_t seed, uint64_t slot, uint32_t leader) {
    uint32_t bits = 1;
    while (1ull << 2 * bits < count) bits++;
    *tree = (struct tree){
        .count = count, .leader = leader, .fan_out = fan_out, .bits = bits, .key = mix(mix(mix(seed) ^ slot) ^ leader)};
}

static uint32_t scramble(const struct tree *tree, uint32_t round, uint32_t half) {
    return (uint32_t)mix(tree->key ^ (uint64_t)round << 32 ^ half) & ((1u << tree->bits) - 1);
}

static uint32_t forward(const struct tree *tree, uint32_t value) {
    uint32_t left = value >> tree->bits, right = value & ((1u << tree->bits) - 1);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint32_t next = left ^ scramble(tree, round, right);
        left = right;
        right = next;
    }
    return left << tree->bits | right;
}

static uint32_t backward(const struct tree *tree, uint32_t value) {
    uint32_t left = value >> tree->bits, right = value & ((1u << tree->bits) - 1);
    for (uint32_t round = ROUNDS; round-- > 0;) {
        uint32_t previous = right ^ scramble(tree, round, left);
        right = left;
        left = previous;
    }
    return left << tree->bits | right;
}

/* The others are numbered from the leader on; the network permutes those numbers. */
uint32_t tree_position(const struct tree *tree, uint32_t validator) {
    if (validator == tree->leader) return 0;
    uint32_t value = (validator + tree->count - tree->leader) % tree->count - 1;
    do value = forward(tree, value);
    while (value >= tree->count - 1);
    return value + 1;
}

uint32_t tree_at(const struct tree *tree, uint32_t position) {
    if (position == 0) return tree->leader;
    uint32_t value = position - 1;
    do value = backward(tree, value);
    while (value >= tree->count - 1);
    return (uint32_t)(((uint64_t)value + 1 + tree->leader) % tree->count);
}

uint32_t tree_parent(const struct tree *tree, uint32_t validator) {
    uint32_t position = tree_position(tree, validator);
    return position == 0 ? TREE_NOBODY : tree_at(tree, (position - 1) / tree->fan_out);
}

uint32_t tree_children(const struct tree *tree, uint32_t validator, uint32_t *children) {
    uint64_t first = (uint64_t)tree_position(tree, validator) * tree->fan_out + 1;
    uint32_t count = 0;
    while (count < tree->fan_out && first + count < tree->count) {
        children[count] = tree_at(tree, (uint32_t)(first + count));
        count++;
    }
    return count;
}

static uint32_t level_of(uint32_t position, uint32_t fan_out) {
    uint32_t level = 0;
    for (; position > 0; position = (position - 1) / fan_out) level++;
    return level;
}

uint32_t tree_level(const struct tree *tree, uint32_t validator) {
    return level_of(tree_position(tree, validator), tree->fan_out);
}

uint32_t tree_depth(uint32_t count, uint32_t fan_out) {
    return level_of(count - 1, fan_out);
}
