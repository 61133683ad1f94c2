#include "consensus/fuzzing.h"
#include "consensus/shred.h"
#include "net/bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* What was read lies inside the input, belongs inside the block, and is written as it was. */
static void check(const uint8_t *bytes, size_t length, const struct shred *shred) {
    static uint8_t written[SHRED_HEAD + SHRED_MAX_STRIDE];
    if (shred->payload < bytes || shred->payload + shred->payload_length != bytes + length) abort();
    if (shred->payload_length == 0 || shred->payload_length > SHRED_MAX_STRIDE) abort();
    if ((uint64_t)shred->index * shred->head.stride + shred->payload_length > shred->head.length) abort();
    if (shred_write(shred, written) != length || memcmp(written, bytes, length) != 0) abort();
}

/* The shred, and the same for other places in its block, from the leader: at most `most` bodies. */
static unsigned receive_some(struct validator *validator, const struct shred *shred, uint32_t from, unsigned most) {
    static uint8_t body[SHRED_HEAD + SHRED_MAX_STRIDE];
    static const uint8_t NOTHING[SHRED_MAX_STRIDE];
    unsigned count = 0;
    for (uint32_t index = 0; index < shred->head.count && count < most; index++, count++) {
        struct shred other = *shred;
        other.index = (uint16_t)index;
        other.payload_length = shred_payload_length(&shred->head, index);
        if (index != shred->index) other.payload = NOTHING;
        size_t length = shred_write(&other, body);
        validator_receive(validator, MESSAGE_SHRED, body, length, from, fuzz_start(shred->head.slot));
        validator_receive(validator, MESSAGE_SHRED, body, length, from, fuzz_start(shred->head.slot));
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct shred shred;
    if (!shred_read(bytes, length, &shred)) return 0;
    check(bytes, length, &shred);
    if (shred.head.slot >= 1ull << 50) return 0;
    shred.head.leader = (uint16_t)(shred.head.slot % FUZZ_VALIDATORS);
    struct fuzz_outbox box;
    struct validator *validator = fuzz_validator(&box, shred.head.slot, (shred.head.leader + 1u) % FUZZ_VALIDATORS);
    unsigned count = receive_some(validator, &shred, shred.head.leader, 64);
    validator_tick(validator, fuzz_start(shred.head.slot));
    uint64_t received = fuzz_count(validator, SHREDS_RECEIVED);
    uint64_t corrupt = fuzz_count(validator, BLOCKS_CORRUPT), refused = fuzz_count(validator, DROP_INCONSISTENT);
    uint64_t twice = fuzz_count(validator, SHREDS_DUPLICATED), large = fuzz_count(validator, DROP_TOO_LARGE);
    if (received + corrupt + refused + twice + large != 2 * count) abort();
    if (box.datagrams > 2 * received + 3) abort(); /* relays to two children, a vote or a repair */
    if (box.completed > 1) abort();
    validator_release(validator);
    return 0;
}
