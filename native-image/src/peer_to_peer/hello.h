#ifndef PANTHEON_PEER_TO_PEER_HELLO_H
#define PANTHEON_PEER_TO_PEER_HELLO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/header.h"

/*
 * The two messages of a handshake: "I speak this protocol; do you?", and what the other one thinks of it. Pure over
 * bytes.
 *
 * Body of MESSAGE_HELLO and MESSAGE_HELLO_ANSWER, big-endian, behind protocol/header.h's twelve bytes:
 *
 *     12    8  nonce     drawn by whoever asks; the answer repeats it
 *     20    1  verdict   0 in a hello; in an answer enum hello_verdict
 *     21    1  length    of the version, 1 to 128
 *     22    2  reserved  0
 *     24  128  version   protocol_version of the sender's config.toml, zeros behind it
 *
 * All of them have one length, so nobody can be made to send more than arrives.
 */
#define HELLO_VERSION 128u /* the longest word that config.toml takes (config/patterns.h) */
#define HELLO_BYTES (HEADER_BYTES + 12u + HELLO_VERSION)

enum hello_verdict { HELLO_ASKS, HELLO_WELCOME, HELLO_OTHER_VERSION, HELLO_VERDICTS };

struct hello {
    uint64_t nonce;
    enum hello_verdict verdict;
    char version[HELLO_VERSION + 1];
};

/*
 * `bytes` begin with our header, which was read before and says `type`. False where it is malformed: a version that
 * config.toml would not take, too, so that it can be written into a log.
 */
bool hello_read(enum message_type type, const uint8_t *bytes, size_t length, struct hello *hello);

/* Writes HELLO_BYTES bytes, header included. */
void hello_write(const struct hello *hello, uint32_t network, uint8_t *bytes);

/*
 * Whether two nodes of these versions understand one another: what stands before the first dot is the same. So 1.0
 * and 1.7 talk, and a fleet can be brought from one to the other node by node; 1.7 and 2.0 do not.
 */
bool hello_versions_agree(const char *one, const char *other);

#endif
