#include "consensus/fuzzing.h"
#include "consensus/shred.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* What was read keeps to the bounds of a request, and is written as it was. */
static void check(const uint8_t *bytes, size_t length, const struct repair_request *request) {
    uint8_t written[REPAIR_MAX_BYTES];
    uint32_t shreds = 0, end = 0;
    if (request->ranges == 0 || request->ranges > REPAIR_MOST || request->shreds > REPAIR_MOST) abort();
    for (uint32_t i = 0; i < request->ranges; i++) {
        if (request->list[i].count == 0 || (i > 0 && request->list[i].first <= end)) abort();
        end = (uint32_t)request->list[i].first + request->list[i].count;
        shreds += request->list[i].count;
    }
    if (shreds != request->shreds || end > UINT16_MAX) abort();
    if (repair_write(request, written) != length || memcmp(written, bytes, length) != 0) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    static const uint8_t BLOCK[FUZZ_BLOCK];
    struct repair_request request;
    if (!repair_read(bytes, length, &request)) return 0;
    check(bytes, length, &request);
    if (request.slot >= 1ull << 50) return 0;
    struct fuzz_outbox box;
    uint32_t leader = (uint32_t)(request.slot % FUZZ_VALIDATORS);
    struct validator *validator = fuzz_validator(&box, request.slot, leader);
    if (validator_propose(validator, BLOCK, FUZZ_BLOCK, fuzz_start(request.slot)) != PROPOSED) abort();
    validator_receive(validator, MESSAGE_REPAIR, bytes, length, (leader + 1) % FUZZ_VALIDATORS,
                      fuzz_start(request.slot));
    uint64_t answered = fuzz_count(validator, REPAIRS_ANSWERED);
    if (answered > request.shreds || answered != box.datagrams) abort();
    if (request.block == BLOCK_ANY && request.list[0].first < FUZZ_BLOCK / SHRED_MIN_STRIDE && answered == 0) abort();
    validator_release(validator);
    return 0;
}
