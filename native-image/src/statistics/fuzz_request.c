#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "statistics/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static char at(const uint8_t *bytes, size_t index) {
    return (char)bytes[index];
}

/* Where the empty line ends, the first of them; SIZE_MAX where there is none. */
static size_t end_of(const uint8_t *bytes, size_t length) {
    for (size_t i = 3; i < length; i++)
        if (at(bytes, i) == '\n' && memcmp(&bytes[i - 3], "\r\n\r", 3) == 0) return i + 1;
    return SIZE_MAX;
}

/*
 * Whatever comes has an answer, which is the same however it came: a beginning means nothing yet, or what the whole
 * means. What is behind the request changes nothing. What is answered with a page asked for it to the letter.
 */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    const char *text = (const char *)bytes;
    enum request_result whole = request_read(text, length);
    size_t end = end_of(bytes, length);
    for (size_t part = length, step = length / 8 + 1; part >= step; part -= step) {
        enum request_result early = request_read(text, part);
        if (early != REQUEST_PART && early != whole) abort();
    }
    if (whole == REQUEST_PART && (length >= REQUEST_BYTES || end != SIZE_MAX)) abort();
    if (whole != REQUEST_METRICS && whole != REQUEST_HEALTH) return 0;
    if (end > REQUEST_BYTES || request_read(text, end) != whole) abort();
    if (request_read(text, end - 1) != REQUEST_PART) abort();
    const char *expected = whole == REQUEST_METRICS ? "GET /metrics HTTP/1.1\r\n" : "GET /healthz HTTP/1.1\r\n";
    if (memcmp(text, expected, strlen(expected)) != 0) abort();
    return 0;
}
