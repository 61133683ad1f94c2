#include "protocol/limit.h"

static const uint64_t TOKEN_NS = 1000000000u / LIMIT_PER_SECOND;

static void fill(struct limit *limit, uint64_t now_ns) {
    if (limit->filled_ns == 0) {
        limit->filled_ns = now_ns > 0 ? now_ns : 1;
        limit->tokens = LIMIT_BURST;
        return;
    }
    if (now_ns <= limit->filled_ns) return;
    uint64_t more = (now_ns - limit->filled_ns) / TOKEN_NS;
    limit->filled_ns += more * TOKEN_NS; /* the rest of a token is not lost */
    limit->tokens = more > LIMIT_BURST - limit->tokens ? LIMIT_BURST : limit->tokens + (uint32_t)more;
}

bool limit_take(struct limit *limit, uint64_t now_ns) {
    fill(limit, now_ns);
    if (limit->tokens == 0) return false;
    limit->tokens--;
    return true;
}
