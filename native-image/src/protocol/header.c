#include "protocol/header.h"

#include "net/bytes.h"

enum { MAGIC = 0x5054 };

enum header_result header_read(const uint8_t *bytes, size_t length, struct header *header) {
    if (length < HEADER_BYTES) return HEADER_SHORT;
    if (bytes_read16(bytes) != MAGIC) return HEADER_BAD_MAGIC;
    if (bytes[2] != HEADER_VERSION) return HEADER_BAD_VERSION;
    if (bytes[3] == 0 || bytes[3] >= MESSAGE_TYPES || bytes_read16(bytes + 10) != 0) return HEADER_BAD_TYPE;
    header->type = (enum message_type)bytes[3];
    header->network = bytes_read32(bytes + 4);
    header->hint = bytes_read16(bytes + 8);
    return HEADER_OK;
}

void header_write(const struct header *header, uint8_t *bytes) {
    bytes_write16(bytes, MAGIC);
    bytes[2] = HEADER_VERSION;
    bytes[3] = (uint8_t)header->type;
    bytes_write32(bytes + 4, header->network);
    bytes_write16(bytes + 8, header->hint);
    bytes_write16(bytes + 10, 0);
}

uint32_t header_network(const char *network_id) {
    uint32_t hash = 2166136261u;
    for (; *network_id != '\0'; network_id++) hash = (hash ^ (uint8_t)*network_id) * 16777619u;
    return hash;
}
