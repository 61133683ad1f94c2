#include "consensus/fuzzing.h"
#include "consensus/vote.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* A vote is written as it was read. Twice to its collector: acknowledged twice, counted once. */
static void check_vote(const uint8_t *bytes, const struct vote *vote) {
    uint8_t written[VOTE_BYTES];
    vote_write(vote, written);
    if (memcmp(written, bytes, VOTE_BYTES) != 0) abort();
    if (vote->slot >= 1ull << 50) return;
    struct fuzz_outbox box;
    uint32_t collector = (uint32_t)((vote->slot + 1) % FUZZ_VALIDATORS), voter = (collector + 1) % FUZZ_VALIDATORS;
    struct validator *validator = fuzz_validator(&box, vote->slot, collector);
    for (int i = 0; i < 2; i++)
        validator_receive(validator, MESSAGE_VOTE, bytes, VOTE_BYTES, voter, fuzz_start(vote->slot));
    uint64_t counted = vote->voter == voter ? 1 : 0;
    if (fuzz_count(validator, VOTES_COUNTED_IN) != counted || box.datagrams != 2 * counted) abort();
    if (fuzz_count(validator, DROP_SENDER) != 2 - 2 * counted) abort();
    validator_release(validator);
}

/* An acknowledgement of a vote that nobody sent changes nothing. */
static void check_ack(const uint8_t *bytes, const struct vote_ack *ack) {
    uint8_t written[VOTE_ACK_BYTES];
    vote_ack_write(ack, written);
    if (memcmp(written, bytes, VOTE_ACK_BYTES) != 0) abort();
    struct fuzz_outbox box;
    struct validator *validator = fuzz_validator(&box, 0, 3);
    for (uint32_t from = 0; from < FUZZ_VALIDATORS; from++)
        validator_receive(validator, MESSAGE_VOTE_ACK, bytes, VOTE_ACK_BYTES, from, 0);
    if (fuzz_count(validator, VOTES_ACKED) != 0 || box.datagrams != 0) abort();
    validator_release(validator);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct vote vote;
    struct vote_ack ack;
    if (vote_read(bytes, length, &vote)) check_vote(bytes, &vote);
    if (vote_ack_read(bytes, length, &ack)) check_ack(bytes, &ack);
    return 0;
}
