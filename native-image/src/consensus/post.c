#include "consensus/post.h"

#include <stdlib.h>
#include <string.h>

static bool index_peers(struct post *post) {
    for (uint32_t i = 0; i < post->peer_limit; i++) post->validator_of[i] = POST_NOBODY;
    for (uint32_t i = 0; i < post->validators; i++) {
        if (i == post->self) continue;
        if (post->validator_of[post->peers[i]] != POST_NOBODY) return false;
        post->validator_of[post->peers[i]] = i;
    }
    return true;
}

bool post_make(struct post *post, const struct settings *settings, struct outbox *outbox, struct counter *counters) {
    *post = (struct post){.outbox = outbox,
                          .counters = counters,
                          .network = settings->network,
                          .self = settings->self,
                          .validators = settings->schedule.validators};
    for (uint32_t i = 0; i < post->validators; i++) {
        if (i == post->self) continue;
        if (settings->peers[i] >= POST_MAX_PEERS) return false;
        if (settings->peers[i] >= post->peer_limit) post->peer_limit = settings->peers[i] + 1;
    }
    post->peers = calloc(post->validators, sizeof *post->peers);
    post->validator_of = calloc(post->peer_limit + 1, sizeof *post->validator_of);
    post->datagram = calloc(1, POST_MAX_DATAGRAM);
    if (post->peers == NULL || post->validator_of == NULL || post->datagram == NULL) return false;
    memcpy(post->peers, settings->peers, post->validators * sizeof *post->peers);
    return index_peers(post);
}

void post_release(struct post *post) {
    free(post->peers);
    free(post->validator_of);
    free(post->datagram);
    *post = (struct post){0};
}

uint32_t post_validator(const struct post *post, uint32_t peer) {
    return peer < post->peer_limit ? post->validator_of[peer] : POST_NOBODY;
}

bool post_try(struct post *post, enum message_type type, size_t body, const uint32_t *peers, unsigned count) {
    if (count == 0) return true;
    struct header header = {.type = type, .network = post->network, .hint = HEADER_NO_HINT};
    header_write(&header, post->datagram);
    return post->outbox->send(post->outbox, post->datagram, (uint16_t)(HEADER_BYTES + body), peers, count);
}

bool post_send(struct post *post, enum message_type type, size_t body, const uint32_t *peers, unsigned count) {
    if (post_try(post, type, body, peers, count)) return true;
    post_count(post, SEND_REFUSED, count);
    return false;
}

bool post_to(struct post *post, enum message_type type, size_t body, uint32_t validator) {
    return post_send(post, type, body, &post->peers[validator], 1);
}
