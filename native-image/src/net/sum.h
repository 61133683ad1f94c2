#ifndef PANTHEON_NET_SUM_H
#define PANTHEON_NET_SUM_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * The Internet checksum (RFC 1071), shared by IPv4's header, UDP and ICMPv6. Sums are of 16-bit words in the machine's
 * own byte order, which the ones' complement allows (its section 2B): the result is stored as it is, without a swap.
 * They are kept in 64 bits without folding, so that a loop has no carry to care about: 2^32 words of 32 bits fit.
 */

/* What a field in network byte order adds, such as a length of the pseudo header. */
static inline uint64_t sum_word(uint16_t value) {
    return __builtin_bswap16(value);
}

/* The last bytes, less than 8 of them; an odd length is filled up with a zero. */
static inline uint64_t sum_few(const uint8_t *bytes, size_t length, uint64_t sum) {
    if ((length & 4) != 0) {
        uint32_t word;
        memcpy(&word, bytes, sizeof word);
        sum += word;
        bytes += 4;
    }
    if ((length & 2) != 0) {
        uint16_t word;
        memcpy(&word, bytes, sizeof word);
        sum += word;
        bytes += 2;
    }
    return (length & 1) != 0 ? sum + *bytes : sum;
}

/*
 * Adds `length` bytes, which begin at an even offset of what is summed. 64 bytes a step: 32-bit words are added in
 * lanes of 64 bits (vectors of GCC, SSE2 on x86-64), in two sums of their own, so that one addition does not wait for
 * the other.
 */
static inline uint64_t sum_bytes(const uint8_t *bytes, size_t length, uint64_t sum) {
    typedef uint64_t lanes __attribute__((vector_size(16)));
    lanes even = {0}, odd = {0};
    for (; length >= 64; bytes += 64, length -= 64) {
        lanes a, b, c, d;
        memcpy(&a, bytes, sizeof a);
        memcpy(&b, bytes + 16, sizeof b);
        memcpy(&c, bytes + 32, sizeof c);
        memcpy(&d, bytes + 48, sizeof d);
        even += ((a & 0xffffffff) + (b & 0xffffffff)) + ((c & 0xffffffff) + (d & 0xffffffff));
        odd += ((a >> 32) + (b >> 32)) + ((c >> 32) + (d >> 32));
    }
    even += odd;
    sum += even[0] + even[1];
    for (; length >= 8; bytes += 8, length -= 8) {
        uint64_t word;
        memcpy(&word, bytes, sizeof word);
        sum += (word & 0xffffffff) + (word >> 32);
    }
    return sum_few(bytes, length, sum);
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
