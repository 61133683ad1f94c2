#include "net/bytes.h"
#include "protocol/header.h"

/* Stands in for protocol/header.c until it is there: the contract of header.h, for the tests of this folder alone. */

void header_write(const struct header *header, uint8_t *bytes) {
    bytes_write16(bytes, 0x5054);
    bytes[2] = HEADER_VERSION;
    bytes[3] = (uint8_t)header->type;
    bytes_write32(bytes + 4, header->network);
    bytes_write16(bytes + 8, header->hint);
    bytes_write16(bytes + 10, 0);
}

enum header_result header_read(const uint8_t *bytes, size_t length, struct header *header) {
    if (length < HEADER_BYTES) return HEADER_SHORT;
    if (bytes_read16(bytes) != 0x5054) return HEADER_BAD_MAGIC;
    if (bytes[2] != HEADER_VERSION) return HEADER_BAD_VERSION;
    if (bytes[3] == 0 || bytes[3] >= MESSAGE_TYPES || bytes_read16(bytes + 10) != 0) return HEADER_BAD_TYPE;
    *header = (struct header){bytes[3], bytes_read32(bytes + 4), bytes_read16(bytes + 8)};
    return HEADER_OK;
}
