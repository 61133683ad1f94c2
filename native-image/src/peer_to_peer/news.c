#include "peer_to_peer/news.h"

void news_put(struct news *news, const struct handshake_news *one) {
    uint32_t written = atomic_load_explicit(&news->written, memory_order_relaxed);
    if (written - atomic_load_explicit(&news->read, memory_order_acquire) == NEWS_ROOM) {
        counter_add(&news->left_out, 1);
        return;
    }
    news->list[written % NEWS_ROOM] = *one;
    atomic_store_explicit(&news->written, written + 1, memory_order_release);
}

bool news_take(struct news *news, struct handshake_news *one) {
    uint32_t read = atomic_load_explicit(&news->read, memory_order_relaxed);
    if (read == atomic_load_explicit(&news->written, memory_order_acquire)) return false;
    *one = news->list[read % NEWS_ROOM];
    atomic_store_explicit(&news->read, read + 1, memory_order_release);
    return true;
}
