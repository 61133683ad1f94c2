#include "transactions/tag.h"

#include <string.h>
#include <sys/random.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "SipHash reads words in little-endian order");

/* The four words of state, named as in the paper. */
struct sip {
    uint64_t v0, v1, v2, v3;
};

static inline uint64_t rotate(uint64_t word, unsigned bits) {
    return word << bits | word >> (64 - bits);
}

static inline struct sip sip_round(struct sip s) {
    s.v0 += s.v1;
    s.v2 += s.v3;
    s.v1 = rotate(s.v1, 13) ^ s.v0;
    s.v3 = rotate(s.v3, 16) ^ s.v2;
    s.v0 = rotate(s.v0, 32) + s.v3;
    s.v2 += s.v1;
    s.v3 = rotate(s.v3, 21) ^ s.v0;
    s.v1 = rotate(s.v1, 17) ^ s.v2;
    s.v2 = rotate(s.v2, 32);
    return s;
}

static inline struct sip sip_word(struct sip s, uint64_t word) {
    s.v3 ^= word;
    s = sip_round(s);
    s.v0 ^= word;
    return s;
}

/* What is left behind the last whole word, and the length's lowest byte on top. */
static uint64_t last_word(const uint8_t *rest, size_t length) {
    uint64_t word = (uint64_t)length << 56;
    for (size_t i = 0; i < length % 8; i++) word |= (uint64_t)rest[i] << 8 * i;
    return word;
}

bool tag_key_draw(struct tag_key *key) {
    return getrandom(key, sizeof *key, 0) == (ssize_t)sizeof *key;
}

uint64_t tag_of(const struct tag_key *key, const uint8_t *bytes, size_t length) {
    /* "somepseudorandomlygeneratedbytes" */
    struct sip s = {key->first ^ 0x736f6d6570736575, key->second ^ 0x646f72616e646f6d, key->first ^ 0x6c7967656e657261,
                    key->second ^ 0x7465646279746573};
    const uint8_t *end = bytes + length / 8 * 8;
    for (; bytes != end; bytes += 8) {
        uint64_t word;
        memcpy(&word, bytes, sizeof word);
        s = sip_word(s, word);
    }
    s = sip_word(s, last_word(bytes, length));
    s.v2 ^= 0xff;
    s = sip_round(sip_round(sip_round(s)));
    uint64_t tag = s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
    return tag != 0 ? tag : 1;
}
