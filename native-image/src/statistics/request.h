#ifndef PANTHEON_STATISTICS_REQUEST_H
#define PANTHEON_STATISTICS_REQUEST_H

#include <stddef.h>

/*
 * One HTTP/1.1 request as far as a scraper needs it (RFC 9112), read from what came so far. Pure: nothing is kept, so
 * it is called again with more bytes until it says what they are.
 *
 * Strict, because nothing but scrapers and curl speaks to it: lines end with CRLF, each header field stands on one line
 * without a blank in front of its colon, Host is there exactly once, there is no body, and the target is one of two,
 * to the letter. What is behind the request is not read: there is one a connection.
 */

/* A scraper's request has some 300 bytes; what is longer is refused. */
#define REQUEST_BYTES 4096u

enum request_result {
    REQUEST_PART,    /* right so far, not whole yet */
    REQUEST_METRICS, /* GET /metrics */
    REQUEST_HEALTH,  /* GET /healthz */
    /* Refused, with the status that it is answered: */
    REQUEST_BAD,       /* 400 */
    REQUEST_NOT_FOUND, /* 404 */
    REQUEST_METHOD,    /* 405: another method than GET */
    REQUEST_HAS_BODY,  /* 413 */
    REQUEST_TOO_LARGE, /* 431: not whole within REQUEST_BYTES */
    REQUEST_VERSION,   /* 505: another version than HTTP/1.1 */
};

enum request_result request_read(const char *bytes, size_t length);

#endif
