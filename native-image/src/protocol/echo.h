#ifndef PANTHEON_PROTOCOL_ECHO_H
#define PANTHEON_PROTOCOL_ECHO_H

#include <stdbool.h>
#include <stdint.h>

#include "io/io.h"
#include "protocol/header.h"

/*
 * The shortest way through a node, for measuring it: an echo comes back to its sender as it is, but for its type. A node
 * answers only where its limit for echoes (config.toml) lets it, and with no more bytes than came.
 *
 * Body of MESSAGE_ECHO and MESSAGE_ECHO_REPLY:
 *
 *     12  4  sequence   the sender's; loss is counted by it
 *     16  2  flow       the sender's
 *     18     anything
 */
#define ECHO_BYTES (HEADER_BYTES + 6u)

/* By how much the sum of 16-bit words grows: the second word is version and type (io.h, turn). */
#define ECHO_GROWN (MESSAGE_ECHO_REPLY - MESSAGE_ECHO)

/* True where the datagram is now the reply and is to be turned. False where it is too short or must not be written. */
static inline bool echo_answer(struct datagram *datagram) {
    if (datagram->length < ECHO_BYTES || datagram->room < datagram->length) return false;
    datagram->bytes[3] = MESSAGE_ECHO_REPLY;
    return true;
}

#endif
