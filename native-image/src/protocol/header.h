#ifndef PANTHEON_PROTOCOL_HEADER_H
#define PANTHEON_PROTOCOL_HEADER_H

#include <stddef.h>
#include <stdint.h>

/*
 * What every datagram of ours begins with, big-endian, right behind UDP's header and the same on both backends:
 *
 *      0  2  magic      0x5054 ("PT")
 *      2  1  version    2
 *      3  1  type       enum message_type
 *      4  4  network    FNV-1a of network_id: two chains do not count one another's datagrams. No protection, a check
 *      8  2  hint       the index by which the receiver knows the sender (its probes and replies tell it);
 *                       HEADER_NO_HINT: not known yet. Never trusted: the sender's address is compared
 *     10  2  reserved   0; anything else is malformed, so that it can be given a meaning later
 *     12     body, of the type's own module
 *
 * Twelve bytes, so that an echo with its sequence number fits into the 18 that an Ethernet frame of 64 bytes has room for.
 */
#define HEADER_BYTES 12u
#define HEADER_VERSION 2u
#define HEADER_NO_HINT 0xffffu

enum message_type {
    MESSAGE_PROBE = 1,       /* protocol/exchange.h, answered in the worker */
    MESSAGE_REPLY = 2,       /* protocol/exchange.h */
    MESSAGE_ECHO = 3,        /* protocol/echo.h, answered in the worker */
    MESSAGE_ECHO_REPLY = 4,  /* protocol/echo.h */
    MESSAGE_TRANSACTION = 5, /* transactions/, to a transaction-pool thread */
    MESSAGE_SHRED = 6,       /* consensus/, to a consensus thread, as are the next three */
    MESSAGE_REPAIR = 7,
    MESSAGE_VOTE = 8,
    MESSAGE_VOTE_ACK = 9,
    MESSAGE_HELLO = 10,       /* peer-to-peer/, to the P2P thread */
    MESSAGE_HELLO_ANSWER = 11, /* peer-to-peer/ */
    MESSAGE_TRANSACTION_ASKING = 12, /* as MESSAGE_TRANSACTION; its sender wants to be told what became of it */
    MESSAGE_RECEIPT = 13,            /* transactions/receipt.h */
    MESSAGE_TYPES
};

struct header {
    enum message_type type;
    uint32_t network;
    uint16_t hint;
};

enum header_result {
    HEADER_OK,
    HEADER_SHORT,
    HEADER_BAD_MAGIC, /* another protocol on our port */
    HEADER_BAD_VERSION,
    HEADER_BAD_TYPE, /* or reserved bytes */
    HEADER_RESULTS
};

enum header_result header_read(const uint8_t *bytes, size_t length, struct header *header);

/* Writes HEADER_BYTES bytes. */
void header_write(const struct header *header, uint8_t *bytes);

/* FNV-1a, 32 bits (draft-eastlake-fnv). */
uint32_t header_network(const char *network_id);

#endif
