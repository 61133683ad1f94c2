#include "consensus/probe.h"

#include <stdlib.h>
#include <string.h>

static bool send(struct outbox *outbox, const uint8_t *bytes, uint16_t length, const uint32_t *peers, unsigned count) {
    struct probe *probe = (struct probe *)outbox;
    struct header header;
    if (probe->is_full) return false;
    if (header_read(bytes, length, &header) != HEADER_OK || count == 0 || count >= PROBE_VALIDATORS) abort();
    if (probe->sent_count++ >= PROBE_SENT) return true;
    struct probe_sent *sent = &probe->sent[probe->sent_count - 1];
    sent->type = header.type;
    sent->count = count;
    memcpy(sent->peers, peers, count * sizeof *peers);
    sent->body = length - HEADER_BYTES;
    memcpy(sent->bytes, bytes + HEADER_BYTES, sent->body < sizeof sent->bytes ? sent->body : sizeof sent->bytes);
    return true;
}

static void tell(struct outbox *outbox, const struct validator_event *event) {
    struct probe *probe = (struct probe *)outbox;
    probe->told[event->kind]++;
    probe->told_slot = event->slot;
    probe->told_ns = event->ns;
}

struct settings probe_settings(void) {
    static uint32_t peers[PROBE_VALIDATORS];
    for (uint32_t i = 0; i < PROBE_VALIDATORS; i++) peers[i] = probe_peer(i);
    struct settings settings = settings_default();
    settings.schedule.validators = PROBE_VALIDATORS;
    settings.schedule.slot_ns = PROBE_SLOT_NS;
    settings.self = PROBE_SELF;
    settings.peers = peers;
    settings.depth = 6;
    settings.fan_out = PROBE_FAN_OUT;
    settings.max_block = sizeof((struct probe_block *)0)->bytes;
    return settings;
}

struct probe *probe_make_with(const struct settings *settings, uint64_t now_ns) {
    struct probe *probe = calloc(1, sizeof *probe);
    if (probe == NULL) abort();
    probe->outbox = (struct outbox){.send = send, .tell = tell};
    probe->validator = validator_make(settings, &probe->outbox, now_ns);
    if (probe->validator == NULL) abort();
    return probe;
}

struct probe *probe_make(uint64_t now_ns) {
    struct settings settings = probe_settings();
    return probe_make_with(&settings, now_ns);
}

void probe_release(struct probe *probe) {
    validator_release(probe->validator);
    free(probe);
}

void probe_receive(struct probe *probe, enum message_type type, const uint8_t *body, size_t length, uint32_t from,
                   uint64_t now_ns) {
    validator_receive(probe->validator, type, body, length, probe_peer(from), now_ns);
    validator_tick(probe->validator, now_ns);
}

uint64_t probe_count(const struct probe *probe, enum consensus_counter counter) {
    return counter_read(&validator_counters(probe->validator)[counter]);
}

void probe_forget(struct probe *probe) {
    probe->sent_count = 0;
    memset(probe->told, 0, sizeof probe->told);
}

void probe_block(struct probe_block *block, uint64_t slot, uint32_t length) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < length; i++) block->bytes[i] = (uint8_t)(i * 31 + i / 251 + slot);
    block->head = (struct block_head){.slot = slot,
                                      .time_ns = slot * PROBE_SLOT_NS,
                                      .length = length,
                                      .stride = PROBE_STRIDE,
                                      .count = (uint16_t)((length + PROBE_STRIDE - 1) / PROBE_STRIDE),
                                      .leader = (uint16_t)(slot % PROBE_VALIDATORS)};
    for (uint32_t i = 0; i < block->head.count; i++)
        sum += shred_checksum(i, block->bytes + (size_t)i * PROBE_STRIDE, shred_payload_length(&block->head, i));
    block->head.block = block_id(sum);
}

size_t probe_shred(const struct probe_block *block, uint32_t index, uint8_t *body) {
    struct shred shred = {.head = block->head,
                          .index = (uint16_t)index,
                          .payload = block->bytes + (size_t)index * PROBE_STRIDE,
                          .payload_length = shred_payload_length(&block->head, index)};
    return shred_write(&shred, body);
}

void probe_receive_shred(struct probe *probe, const struct probe_block *block, uint32_t index, uint32_t from,
                         uint64_t now_ns) {
    uint8_t body[SHRED_HEAD + PROBE_STRIDE];
    probe_receive(probe, MESSAGE_SHRED, body, probe_shred(block, index, body), from, now_ns);
}

struct tree probe_tree(uint64_t slot) {
    struct tree tree;
    tree_make(&tree, PROBE_VALIDATORS, PROBE_FAN_OUT, 0, slot, (uint32_t)(slot % PROBE_VALIDATORS));
    return tree;
}

uint64_t probe_interior(uint64_t slot) {
    for (;; slot++) {
        struct tree tree = probe_tree(slot);
        uint32_t children[PROBE_FAN_OUT], parent = tree_parent(&tree, PROBE_SELF);
        bool has_parent = parent != TREE_NOBODY && parent != tree.leader;
        if (has_parent && tree_children(&tree, PROBE_SELF, children) == PROBE_FAN_OUT) return slot;
    }
}

struct probe_place probe_place(uint64_t from_slot) {
    struct probe_place place = {.slot = probe_interior(from_slot)};
    struct tree tree = probe_tree(place.slot);
    place.now = place.slot * PROBE_SLOT_NS + 1000000;
    place.leader = tree.leader;
    place.parent = tree_parent(&tree, PROBE_SELF);
    tree_children(&tree, PROBE_SELF, place.children);
    while (place.other == place.leader || place.other == place.parent || place.other == PROBE_SELF ||
           place.other == place.children[0] || place.other == place.children[1])
        place.other++;
    return place;
}

struct probe *probe_make_full(struct probe_place place, struct probe_block *block, uint8_t *request, size_t *length) {
    struct probe *probe = probe_make(place.now);
    probe_block(block, place.slot, 64 * 1024);
    for (uint32_t i = 0; i < block->head.count; i++) probe_receive_shred(probe, block, i, place.parent, place.now);
    if (probe->told[EVENT_COMPLETED] != 1) abort();
    probe_forget(probe);
    struct repair_request wanted = {.slot = place.slot, .block = block->head.block, .ranges = 1};
    wanted.list[0] = (struct repair_range){0, REPAIR_MOST};
    *length = repair_write(&wanted, request);
    return probe;
}
