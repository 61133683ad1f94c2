#ifndef PANTHEON_NET_SUM_H
#define PANTHEON_NET_SUM_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * The Internet checksum (RFC 1071), shared by IPv4's header, UDP and ICMPv6. Sums are of 16-bit words in the machine's own
 * byte order, which the ones' complement allows (its section 2B): the result is stored as it is, without a swap. They are
 * kept in 64 bits without folding, so that a loop has no carry to care about: 2^32 words of 32 bits fit.
 */

/* What a field in network byte order adds, such as a length of the pseudo header. */
static inline uint64_t sum_word(uint16_t value) {
    return __builtin_bswap16(value);
}

/*
 * Adds `length` bytes, which begin at an even offset of what is summed. 32 bytes a step: 32-bit words are added in lanes of
 * 64 bits (GCC's vectors: two SSE registers with x86-64-v2, one AVX2 register with v3).
 */
static inline uint64_t sum_bytes(const uint8_t *bytes, size_t length, uint64_t sum) {
    typedef uint64_t lanes __attribute__((vector_size(32)));
    lanes even = {0}, odd = {0};
    for (; length >= sizeof even; bytes += sizeof even, length -= sizeof even) {
        lanes words;
        memcpy(&words, bytes, sizeof words);
        even += words & 0xffffffff;
        odd += words >> 32;
    }
    even += odd;
    sum += even[0] + even[1] + even[2] + even[3];
    for (; length >= 4; bytes += 4, length -= 4) {
        uint32_t word;
        memcpy(&word, bytes, sizeof word);
        sum += word;
    }
    uint8_t last[4] = {0}; /* an odd length is filled up with a zero */
    for (size_t i = 0; i < length; i++) last[i] = bytes[i];
    uint32_t word;
    memcpy(&word, last, sizeof word);
    return sum + word;
}

/* Never 0 unless every word was: a sum that went round ends as 0xffff. */
static inline uint16_t sum_fold(uint64_t sum) {
    sum = (sum & 0xffffffff) + (sum >> 32);
    sum = (sum & 0xffff) + (sum >> 16 & 0xffff) + (sum >> 32);
    sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)((sum & 0xffff) + (sum >> 16));
}

/* A checksum field's value for what was summed, in the machine's byte order: memcpy it there. */
static inline uint16_t sum_field(uint64_t sum) {
    return (uint16_t)~sum_fold(sum);
}

#endif
