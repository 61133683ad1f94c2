#include "consensus/assembly.h"

#include <stdlib.h>
#include <string.h>

struct assembly {
    uint32_t depth;
    uint32_t max_block;
    uint32_t words; /* of a block's bit array */
    bool started;
    uint64_t highest; /* slot that was opened */
    struct block *blocks;
    uint64_t *have;
    uint8_t *bytes;
};

struct assembly *assembly_make(uint32_t depth, uint32_t max_block) {
    struct assembly *assembly = calloc(1, sizeof *assembly);
    if (assembly == NULL) return NULL;
    assembly->depth = depth;
    assembly->max_block = max_block;
    assembly->words = (max_block / SHRED_MIN_STRIDE + 64) / 64;
    assembly->blocks = calloc(depth, sizeof *assembly->blocks);
    assembly->have = calloc((size_t)depth * assembly->words, sizeof *assembly->have);
    assembly->bytes = calloc(depth, max_block);
    if (assembly->blocks == NULL || assembly->have == NULL || assembly->bytes == NULL) {
        assembly_release(assembly);
        return NULL;
    }
    for (uint32_t i = 0; i < depth; i++) {
        assembly->blocks[i].slot = UINT64_MAX; /* nobody's */
        assembly->blocks[i].have = assembly->have + (size_t)i * assembly->words;
        assembly->blocks[i].bytes = assembly->bytes + (size_t)i * max_block;
    }
    return assembly;
}

void assembly_release(struct assembly *assembly) {
    if (assembly == NULL) return;
    free(assembly->blocks);
    free(assembly->have);
    free(assembly->bytes);
    free(assembly);
}

struct block *assembly_find(struct assembly *assembly, uint64_t slot) {
    struct block *block = &assembly->blocks[slot % assembly->depth];
    return block->slot == slot && slot != UINT64_MAX ? block : NULL;
}

void assembly_empty(struct block *block) {
    block->state = BLOCK_EMPTY;
    block->received = 0;
    block->sum = 0;
}

struct block *assembly_open(struct assembly *assembly, uint64_t slot) {
    struct block *block = assembly_find(assembly, slot);
    if (block != NULL) return block;
    if (slot == UINT64_MAX) return NULL;
    if (assembly->started && slot < assembly->highest && assembly->highest - slot >= assembly->depth) return NULL;
    if (!assembly->started || slot > assembly->highest) assembly->highest = slot;
    assembly->started = true;
    block = &assembly->blocks[slot % assembly->depth];
    block->slot = slot;
    assembly_empty(block);
    return block;
}

static void begin(struct block *block, const struct block_head *head) {
    block->head = *head;
    block->state = BLOCK_FILLING;
    memset(block->have, 0, ((size_t)head->count + 63) / 64 * sizeof *block->have);
}

static bool has(const struct block *block, uint32_t index) {
    return (block->have[index / 64] >> (index % 64) & 1) != 0;
}

static void take(struct block *block, uint32_t index, const uint8_t *payload, uint16_t length) {
    memcpy(block->bytes + (size_t)index * block->head.stride, payload, length);
    block->have[index / 64] |= 1ull << (index % 64);
    block->sum += shred_checksum(index, payload, length);
    block->received++;
}

enum assembly_result assembly_add(struct assembly *assembly, const struct shred *shred, struct block **block) {
    if (shred->head.length > assembly->max_block) return ASSEMBLY_TOO_LARGE;
    struct block *into = assembly_open(assembly, shred->head.slot);
    if (into == NULL) return ASSEMBLY_OLD;
    *block = into;
    if (into->state == BLOCK_EMPTY) begin(into, &shred->head);
    if (!block_head_is_same(&into->head, &shred->head)) return ASSEMBLY_INCONSISTENT;
    if (has(into, shred->index)) return ASSEMBLY_DUPLICATED;
    take(into, shred->index, shred->payload, shred->payload_length);
    if (into->received < into->head.count) return ASSEMBLY_NEW;
    if (block_id(into->sum) != into->head.block) {
        assembly_empty(into);
        return ASSEMBLY_CORRUPT;
    }
    into->state = BLOCK_COMPLETE;
    return ASSEMBLY_COMPLETED;
}

struct block *assembly_fill(struct assembly *assembly, struct block_head *head, const uint8_t *bytes) {
    if (head->length == 0 || head->length > assembly->max_block) return NULL;
    if (head->stride < SHRED_MIN_STRIDE || head->stride > SHRED_MAX_STRIDE) return NULL;
    struct block *block = assembly_open(assembly, head->slot);
    if (block == NULL || block->state != BLOCK_EMPTY) return NULL;
    head->count = (uint16_t)((head->length + head->stride - 1) / head->stride);
    begin(block, head);
    for (uint32_t i = 0; i < head->count; i++)
        take(block, i, bytes + (size_t)i * head->stride, shred_payload_length(head, i));
    head->block = block_id(block->sum);
    block->head.block = head->block;
    block->state = BLOCK_COMPLETE;
    return block;
}

bool assembly_shred(const struct block *block, uint32_t index, struct shred *shred) {
    if (block->state == BLOCK_EMPTY || index >= block->head.count || !has(block, index)) return false;
    *shred = (struct shred){.head = block->head,
                            .index = (uint16_t)index,
                            .payload_length = shred_payload_length(&block->head, index),
                            .payload = block->bytes + (size_t)index * block->head.stride};
    return true;
}

uint32_t assembly_missing(const struct block *block, struct repair_request *request) {
    request->slot = block->slot;
    request->block = block->state == BLOCK_EMPTY ? BLOCK_ANY : block->head.block;
    request->ranges = 0;
    request->shreds = 0;
    if (block->state == BLOCK_EMPTY) {
        request->ranges = 1;
        request->shreds = REPAIR_MOST;
        request->list[0] = (struct repair_range){0, REPAIR_MOST};
        return REPAIR_MOST;
    }
    uint32_t end = 0;
    for (uint32_t word = 0; word < (block->head.count + 63u) / 64; word++) {
        for (uint64_t missing = ~block->have[word]; missing != 0; missing &= missing - 1) {
            uint32_t index = word * 64 + (uint32_t)__builtin_ctzll(missing);
            if (index >= block->head.count || !repair_want(request, (uint16_t)index)) return end;
            end = index + 1;
        }
    }
    return end;
}
