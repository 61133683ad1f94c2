#include "peer_to_peer/hello.h"

#include <string.h>

#include "config/patterns.h"
#include "net/bytes.h"

enum { NONCE = HEADER_BYTES, VERDICT = 20, LENGTH = 21, RESERVED = 22, VERSION = 24 };

static bool read_version(const uint8_t *bytes, char version[HELLO_VERSION + 1]) {
    size_t length = bytes[LENGTH];
    if (length == 0 || length > HELLO_VERSION) return false;
    for (size_t i = length; i < HELLO_VERSION; i++)
        if (bytes[VERSION + i] != 0) return false;
    memcpy(version, bytes + VERSION, length);
    version[length] = '\0';
    return strlen(version) == length && pattern_word(version);
}

bool hello_read(enum message_type type, const uint8_t *bytes, size_t length, struct hello *hello) {
    if (length != HELLO_BYTES || bytes_read16(bytes + RESERVED) != 0) return false;
    bool asks = bytes[VERDICT] == HELLO_ASKS;
    if (bytes[VERDICT] >= HELLO_VERDICTS || asks != (type == MESSAGE_HELLO)) return false;
    hello->nonce = bytes_read64(bytes + NONCE);
    hello->verdict = (enum hello_verdict)bytes[VERDICT];
    return read_version(bytes, hello->version);
}

void hello_write(const struct hello *hello, uint32_t network, uint8_t *bytes) {
    struct header header = {.type = hello->verdict == HELLO_ASKS ? MESSAGE_HELLO : MESSAGE_HELLO_ANSWER,
                            .network = network,
                            .hint = HEADER_NO_HINT};
    size_t length = strlen(hello->version);
    memset(bytes, 0, HELLO_BYTES);
    header_write(&header, bytes);
    bytes_write64(bytes + NONCE, hello->nonce);
    bytes[VERDICT] = (uint8_t)hello->verdict;
    bytes[LENGTH] = (uint8_t)length;
    memcpy(bytes + VERSION, hello->version, length);
}

bool hello_versions_agree(const char *one, const char *other) {
    size_t length = strcspn(one, ".");
    return strcspn(other, ".") == length && memcmp(one, other, length) == 0;
}
