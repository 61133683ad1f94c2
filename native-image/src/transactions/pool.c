#include "transactions/pool.h"

#include <string.h>

enum { CLASSES = 496, WORDS = (CLASSES + 63) / 64, SLOT_BYTES = 1280, LINE = 64 };
#define NONE UINT32_MAX

_Static_assert(SLOT_BYTES >= TRANSACTION_MAX && SLOT_BYTES % LINE == 0,
               "a slot holds any transaction, in whole cache lines");

/*
 * What is known of a slot, apart from its bytes: so 65,536 of them are 2 MB, which a core's caches hold, where their
 * bytes are 84. A free one has length 0.
 */
struct slot {
    uint64_t valid_until;
    uint64_t tag;
    uint32_t peer;
    uint32_t next, previous; /* in its class; NONE at its ends */
    uint16_t length;
    uint16_t fee_class;
};

_Static_assert(sizeof(struct slot) == 32, "two slots a cache line");

/* A class: its transactions as they came. */
struct queue {
    uint32_t first, last; /* nothing where its bit in `used` is not set */
};

struct pool {
    struct pool_config config;
    uint32_t count;
    uint32_t hand;       /* the slot at which the sweep is */
    uint32_t sweep_left; /* slots that it has not seen yet for swept_for */
    uint64_t swept_for;
    struct slot *slots;
    uint32_t *free; /* the last one that came free is used first: its lines are warm */
    uint32_t *held; /* by each peer, and behind them by nobody any more */
    uint8_t *bytes;
    uint64_t used[WORDS]; /* bit of each class that has transactions */
    struct queue queues[CLASSES];
};

static size_t lines(size_t bytes) {
    return (bytes + LINE - 1) / LINE * LINE;
}

size_t pool_held_bytes(uint32_t peers) {
    return lines(((size_t)peers + 1) * sizeof(uint32_t));
}

size_t pool_bytes(const struct pool_config *config) {
    if (config->capacity == 0 || config->capacity > POOL_MAX_CAPACITY || config->share == 0) return 0;
    size_t capacity = config->capacity;
    return lines(sizeof(struct pool)) + lines(capacity * sizeof(struct slot)) + lines(capacity * sizeof(uint32_t)) +
           pool_held_bytes(config->peers) + capacity * SLOT_BYTES;
}

struct pool *pool_init(void *memory, const struct pool_config *config) {
    size_t capacity = config->capacity;
    uint8_t *at = memory;
    struct pool *pool = memory;
    memset(memory, 0, pool_bytes(config));
    pool->config = *config;
    pool->slots = (void *)(at += lines(sizeof *pool));
    pool->free = (void *)(at += lines(capacity * sizeof(struct slot)));
    pool->held = (void *)(at += lines(capacity * sizeof(uint32_t)));
    pool->bytes = at + pool_held_bytes(config->peers);
    for (uint32_t i = 0; i < config->capacity; i++) pool->free[i] = config->capacity - 1 - i;
    return pool;
}

unsigned pool_class(uint64_t fee) {
    if (fee < 8) return (unsigned)fee;
    unsigned doubling = 63 - (unsigned)__builtin_clzll(fee);
    return (doubling - 2) * 8 + (unsigned)(fee >> (doubling - 3) & 7);
}

/* The pool is not empty. */
static unsigned highest_class(const struct pool *pool) {
    unsigned word = WORDS - 1;
    while (pool->used[word] == 0) word--;
    return word * 64 + 63 - (unsigned)__builtin_clzll(pool->used[word]);
}

static unsigned lowest_class(const struct pool *pool) {
    unsigned word = 0;
    while (pool->used[word] == 0) word++;
    return word * 64 + (unsigned)__builtin_ctzll(pool->used[word]);
}

static void append(struct pool *pool, uint32_t index) {
    struct slot *slot = &pool->slots[index];
    struct queue *queue = &pool->queues[slot->fee_class];
    uint64_t *word = &pool->used[slot->fee_class / 64], bit = 1ull << slot->fee_class % 64;
    slot->next = NONE;
    if ((*word & bit) == 0) {
        *word |= bit;
        slot->previous = NONE;
        queue->first = index;
    } else {
        slot->previous = queue->last;
        pool->slots[queue->last].next = index;
    }
    queue->last = index;
}

static void unlink_slot(struct pool *pool, const struct slot *slot) {
    struct queue *queue = &pool->queues[slot->fee_class];
    if (slot->previous == NONE && slot->next == NONE) {
        pool->used[slot->fee_class / 64] &= ~(1ull << slot->fee_class % 64);
        return;
    }
    *(slot->previous == NONE ? &queue->first : &pool->slots[slot->previous].next) = slot->next;
    *(slot->next == NONE ? &queue->last : &pool->slots[slot->next].previous) = slot->previous;
}

static void release(struct pool *pool, uint32_t index) {
    struct slot *slot = &pool->slots[index];
    unlink_slot(pool, slot);
    slot->length = 0;
    pool->held[slot->peer]--;
    pool->count--;
    pool->free[pool->config.capacity - pool->count - 1] = index;
}

enum pool_result pool_insert(struct pool *pool, const struct pool_entry *entry, uint64_t *evicted) {
    enum pool_result result = POOL_TAKEN;
    unsigned fee_class = pool_class(entry->fee);
    if (entry->peer >= pool->config.peers || pool->held[entry->peer] >= pool->config.share) return POOL_OVER_SHARE;
    if (pool->count == pool->config.capacity) {
        unsigned lowest = lowest_class(pool);
        if (fee_class <= lowest) return POOL_LOW_FEE;
        uint32_t last = pool->queues[lowest].last;
        *evicted = pool->slots[last].tag;
        release(pool, last);
        result = POOL_TAKEN_FOR_ANOTHER;
    }
    uint32_t index = pool->free[pool->config.capacity - ++pool->count];
    pool->held[entry->peer]++;
    pool->slots[index] = (struct slot){
        .valid_until = entry->valid_until,
        .tag = entry->tag,
        .peer = entry->peer,
        .length = entry->length,
        .fee_class = (uint16_t)fee_class,
    };
    append(pool, index);
    memcpy(pool->bytes + (size_t)index * SLOT_BYTES, entry->bytes, entry->length);
    return result;
}

bool pool_first(const struct pool *pool, struct pool_view *view) {
    if (pool->count == 0) return false;
    uint32_t index = pool->queues[highest_class(pool)].first;
    const struct slot *slot = &pool->slots[index];
    *view = (struct pool_view){pool->bytes + (size_t)index * SLOT_BYTES, slot->valid_until, slot->length};
    return true;
}

/* Fetches `length` bytes of a slot. */
static inline void prefetch_bytes(const struct pool *pool, uint32_t index, size_t length) {
    const uint8_t *bytes = pool->bytes + (size_t)index * SLOT_BYTES;
    for (size_t at = 0; at < length; at += LINE) __builtin_prefetch(bytes + at, 1);
}

void pool_remove_first(struct pool *pool) {
    uint32_t index = pool->queues[highest_class(pool)].first;
    uint32_t next = pool->slots[index].next;
    /* The one after the next is wanted when the next was copied. What comes behind it is known only then. */
    uint32_t after = next == NONE ? NONE : pool->slots[next].next;
    if (after != NONE) {
        __builtin_prefetch(&pool->slots[after]);
        prefetch_bytes(pool, after, pool->slots[next].length);
    }
    release(pool, index);
}

unsigned pool_sweep(struct pool *pool, uint64_t slot, unsigned most) {
    unsigned left = 0;
    if (slot > pool->swept_for) {
        pool->swept_for = slot;
        pool->sweep_left = pool->config.capacity;
    }
    for (; most > 0 && pool->sweep_left > 0; most--, pool->sweep_left--) {
        const struct slot *one = &pool->slots[pool->hand];
        if (one->length > 0 && one->valid_until < pool->swept_for) {
            release(pool, pool->hand);
            left++;
        }
        pool->hand = pool->hand + 1 < pool->config.capacity ? pool->hand + 1 : 0;
    }
    return left;
}

void pool_move(struct pool *pool, uint32_t *held, uint32_t peers, const uint32_t *to) {
    for (uint32_t i = 0; i < pool->config.capacity; i++) {
        struct slot *slot = &pool->slots[i];
        if (slot->length == 0) continue;
        uint32_t peer = slot->peer < pool->config.peers ? to[slot->peer] : NONE;
        slot->peer = peer < peers ? peer : peers;
        held[slot->peer]++;
    }
    pool->held = held;
    pool->config.peers = peers;
}

uint32_t pool_count(const struct pool *pool) {
    return pool->count;
}

uint32_t pool_count_of(const struct pool *pool, uint32_t peer) {
    return peer < pool->config.peers ? pool->held[peer] : 0;
}

void pool_prefetch(const struct pool *pool, uint32_t ahead, size_t length) {
    uint32_t free = pool->config.capacity - pool->count;
    if (ahead >= free) return;
    uint32_t index = pool->free[free - 1 - ahead];
    __builtin_prefetch(&pool->slots[index], 1);
    prefetch_bytes(pool, index, length);
}
