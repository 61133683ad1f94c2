#ifndef PANTHEON_PEER_TO_PEER_NEWS_H
#define PANTHEON_PEER_TO_PEER_NEWS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "peer_to_peer/handshake.h"

/*
 * From the thread of the handshakes to the control thread, which writes lines: a ring with one writer and one reader.
 * The writer never waits: what there is no room for is counted and left out, so a fleet that is lost at once makes
 * NEWS_ROOM lines and a number, not thousands of lines.
 */
#define NEWS_ROOM 16u

/* All zero before. */
struct news {
    _Atomic uint32_t written, read; /* how many ever */
    struct counter left_out;
    struct handshake_news list[NEWS_ROOM];
};

void news_put(struct news *news, const struct handshake_news *one);

/* The oldest one; false where there is none. */
bool news_take(struct news *news, struct handshake_news *one);

#endif
