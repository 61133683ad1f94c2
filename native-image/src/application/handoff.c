#include "application/handoff.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* The ring's C11 variant: loads and stores with their order in the language, which ThreadSanitizer understands. */
#define RTE_USE_C11_MEM_MODEL 1
#include <rte_ring_elem.h>

/* rte_ring copies entries as 32-bit words. */
_Static_assert(sizeof(struct datagram) % 4 == 0 && sizeof(struct handed) % 4 == 0 && sizeof(struct outgoing) % 4 == 0,
               "entries are whole words");

/* Far above what a node needs, and low enough that no size below overflows. */
enum { LINE = 64, MOST = 1 << 24 };

struct handoff {
    /* Written before both sides start. */
    struct rte_ring *in, *back, *out;
    uint8_t *slots; /* of `out`: bytes, then peers */
    size_t slot_size;
    size_t peers_at; /* in a slot */
    unsigned slot_count;
    struct handoff_settings settings;
    /* The worker's own. */
    _Alignas(LINE) unsigned held;
    /* The application's own. */
    _Alignas(LINE) unsigned next_slot;
    unsigned free; /* entries of `out`, at least so many */
    struct handoff_counters counters;
};

static size_t round_up(size_t size, size_t to) {
    return (size + to - 1) / to * to;
}

/* rte_ring keeps one entry empty: with RING_F_EXACT_SZ it takes the next power of two above. */
static size_t ring_size(unsigned room, unsigned entry) {
    return round_up((size_t)rte_ring_get_memsize_elem(entry, rte_align32pow2(room + 1)), LINE);
}

static struct rte_ring *make_ring(uint8_t **at, unsigned room, unsigned entry) {
    struct rte_ring *ring = (struct rte_ring *)(void *)*at;
    *at += ring_size(room, entry);
    int error = rte_ring_init(ring, "handoff", room, RING_F_SP_ENQ | RING_F_SC_DEQ | RING_F_EXACT_SZ);
    return error == 0 ? ring : NULL;
}

/*
 * One slot for each entry that `out` has, and one for each that the worker has taken and still reads: the application
 * writes slots in a circle, and comes back to one only after the worker has taken HANDOFF_OUT_BURST entries behind it.
 */
static void set_up_slots(struct handoff *handoff) {
    const struct handoff_settings *settings = &handoff->settings;
    handoff->peers_at = round_up(settings->out_bytes, sizeof(uint32_t));
    handoff->slot_size = round_up(handoff->peers_at + settings->out_peers * sizeof(uint32_t), LINE);
    handoff->slot_count = settings->out_room + HANDOFF_OUT_BURST;
}

static bool is_possible(const struct handoff_settings *settings) {
    return settings->room > 0 && settings->room <= MOST && settings->out_room > 0 && settings->out_room <= MOST &&
           settings->out_bytes > 0 && settings->out_peers > 0;
}

struct handoff *handoff_make(const struct handoff_settings *settings) {
    if (!is_possible(settings)) return NULL;
    struct handoff plan = {.settings = *settings, .free = settings->out_room};
    set_up_slots(&plan);
    size_t size = sizeof plan + ring_size(settings->room, sizeof(struct handed)) +
                  ring_size(settings->room, sizeof(struct datagram)) +
                  ring_size(settings->out_room, sizeof(struct outgoing)) + plan.slot_count * plan.slot_size;
    struct handoff *handoff = aligned_alloc(LINE, round_up(size, LINE));
    if (handoff == NULL) return NULL;
    *handoff = plan;
    uint8_t *at = (uint8_t *)(handoff + 1);
    handoff->in = make_ring(&at, settings->room, sizeof(struct handed));
    handoff->back = make_ring(&at, settings->room, sizeof(struct datagram));
    handoff->out = make_ring(&at, settings->out_room, sizeof(struct outgoing));
    handoff->slots = at;
    if (handoff->in != NULL && handoff->back != NULL && handoff->out != NULL) return handoff;
    free(handoff);
    return NULL;
}

void handoff_release(struct handoff *handoff) {
    free(handoff);
}

const struct handoff_counters *handoff_counters(const struct handoff *handoff) {
    return &handoff->counters;
}

unsigned handoff_give(struct handoff *handoff, const struct handed *list, unsigned count) {
    /* `in` holds no more than is held altogether, so what passes here has room in it, and in `back` later. */
    unsigned room = handoff->settings.room - handoff->held, given = count < room ? count : room;
    given = rte_ring_sp_enqueue_burst_elem(handoff->in, list, sizeof *list, given, NULL);
    handoff->held += given;
    counter_add(&handoff->counters.given, given);
    if (given < count) counter_add(&handoff->counters.overrun, count - given);
    return given;
}

unsigned handoff_take_back(struct handoff *handoff, struct datagram *list, unsigned most) {
    unsigned taken = rte_ring_sc_dequeue_burst_elem(handoff->back, list, sizeof *list, most, NULL);
    assert(taken <= handoff->held);
    handoff->held -= taken;
    return taken;
}

unsigned handoff_held(const struct handoff *handoff) {
    return handoff->held;
}

unsigned handoff_take_out(struct handoff *handoff, struct outgoing *list, unsigned most) {
    if (most > HANDOFF_OUT_BURST) most = HANDOFF_OUT_BURST;
    return rte_ring_sc_dequeue_burst_elem(handoff->out, list, sizeof *list, most, NULL);
}

unsigned handoff_take(struct handoff *handoff, struct handed *list, unsigned most) {
    return rte_ring_sc_dequeue_burst_elem(handoff->in, list, sizeof *list, most, NULL);
}

void handoff_give_back(struct handoff *handoff, const struct datagram *list, unsigned count) {
    unsigned given = rte_ring_sp_enqueue_burst_elem(handoff->back, list, sizeof *list, count, NULL);
    assert(given == count); /* something was given back twice */
    (void)given;
}

void handoff_give_all_back(struct handoff *handoff) {
    struct handed taken;
    while (handoff_take(handoff, &taken, 1) == 1) {
        taken.datagram.peer = HANDOFF_DROP;
        handoff_give_back(handoff, &taken.datagram, 1);
    }
}

/* Asks the worker's end, whose cache line travels then, only where what was known of it does not do. */
static bool has_room(struct handoff *handoff, unsigned entries) {
    if (handoff->free < entries)
        rte_ring_sp_enqueue_burst_elem(handoff->out, handoff, sizeof(struct outgoing), 0, &handoff->free);
    return handoff->free >= entries;
}

/* There is room for one more. */
static void send_to(struct handoff *handoff, const uint8_t *bytes, uint16_t length, const uint32_t *peers,
                    unsigned count) {
    uint8_t *slot = handoff->slots + handoff->next_slot * handoff->slot_size;
    struct outgoing entry = {.bytes = slot, .length = length, .count = (uint16_t)count};
    entry.peers = memcpy(slot + handoff->peers_at, peers, count * sizeof *peers);
    memcpy(slot, bytes, length);
    /* As words, which is what the ring reads: it may not read a struct through another type. */
    uint32_t words[sizeof entry / sizeof(uint32_t)];
    memcpy(words, &entry, sizeof entry);
    rte_ring_sp_enqueue_burst_elem(handoff->out, words, sizeof entry, 1, &handoff->free);
    if (++handoff->next_slot == handoff->slot_count) handoff->next_slot = 0;
}

bool handoff_send(struct handoff *handoff, const uint8_t *bytes, uint16_t length, const uint32_t *peers,
                  unsigned count) {
    unsigned each = handoff->settings.out_peers;
    if (length > handoff->settings.out_bytes || !has_room(handoff, (count + each - 1) / each)) {
        counter_add(&handoff->counters.refused, count);
        return false;
    }
    for (unsigned done = 0; done < count; done += each)
        send_to(handoff, bytes, length, peers + done, count - done < each ? count - done : each);
    counter_add(&handoff->counters.sent, count);
    return true;
}
