#include "protocol/limit.h"

bool limit_take(struct limit *limit, const struct limit_rate *rate, uint64_t now_ns) {
    if (rate->burst == 0) return false;
    uint64_t full_ns = limit->full_ns > now_ns ? limit->full_ns : now_ns;
    if (full_ns - now_ns > (rate->burst - 1) * rate->token_ns) return false;
    limit->full_ns = full_ns + rate->token_ns;
    return true;
}
