#include "consensus/bucket.h"

static void fill(struct bucket *bucket, const struct bucket_rate *rate, uint64_t now_ns) {
    uint64_t since = now_ns - bucket->filled_ns, full_ns = (rate->burst / rate->per_slot + 1ull) * rate->slot_ns;
    if (bucket->filled_ns == 0 || since >= full_ns) {
        bucket->filled_ns = now_ns;
        bucket->tokens = rate->burst;
        return;
    }
    uint64_t more = since * rate->per_slot / rate->slot_ns;
    if (more == 0) return;
    bucket->filled_ns += more * rate->slot_ns / rate->per_slot; /* the rest of a token is not lost */
    bucket->tokens = more > rate->burst - bucket->tokens ? rate->burst : bucket->tokens + (uint32_t)more;
}

uint32_t bucket_look(struct bucket *bucket, const struct bucket_rate *rate, uint64_t now_ns) {
    if (now_ns == 0) now_ns = 1;
    if (now_ns > bucket->filled_ns) fill(bucket, rate, now_ns);
    return bucket->tokens;
}
