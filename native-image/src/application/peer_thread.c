#include "application/peer_thread.h"

/* At once from one worker: so many hellos one tick sends at most. */
enum { BURST = 64 };

/* While nothing comes: nobody is in a hurry to be greeted, and twenty rounds a second cost nothing. */
enum { PAUSE_NS = 50000000 };

static struct peer_thread *of(struct handshake_outside *outside) {
    return (struct peer_thread *)(void *)outside; /* its first member */
}

static bool send(struct handshake_outside *outside, uint32_t peer, const uint8_t *bytes, uint16_t length) {
    return handoff_send(of(outside)->handoffs[0], bytes, length, &peer, 1);
}

/* By whichever worker has heard it. */
static uint64_t heard(struct handshake_outside *outside, uint32_t peer) {
    const struct peer_thread *thread = of(outside);
    uint64_t last_ns = 0;
    for (unsigned i = 0; i < thread->workers; i++) {
        uint64_t heard_ns = counter_read(&thread->exchanges[i]->peers[peer].heard_ns);
        if (heard_ns > last_ns) last_ns = heard_ns;
    }
    return last_ns;
}

static void probe(struct handshake_outside *outside, uint32_t peer, bool useful) {
    exchange_probes(of(outside)->exchange, peer, useful);
}

static void tell(struct handshake_outside *outside, const struct handshake_news *news) {
    news_put(&of(outside)->news, news);
}

void peer_thread_prepare(struct peer_thread *thread) {
    thread->outside = (struct handshake_outside){send, heard, probe, tell};
    thread->loop.pause_ns = PAUSE_NS;
}

/* True where the datagram is its answer now. One whose buffer must not be written is not answered: the peer asks again.
 */
static bool take(struct peer_thread *thread, struct datagram *datagram, uint64_t now_ns) {
    struct header header;
    /* The worker has read it before, or it would not be here. */
    if (header_read(datagram->bytes, datagram->length, &header) != HEADER_OK) return false;
    if (header.type == MESSAGE_HELLO && datagram->room < HELLO_BYTES) return false;
    uint8_t answer[HELLO_BYTES];
    if (!handshake_receive(thread->handshake, header.type, datagram->bytes, datagram->length, datagram->peer, now_ns,
                           answer))
        return false;
    memcpy(datagram->bytes, answer, HELLO_BYTES);
    datagram->length = HELLO_BYTES;
    return true;
}

static unsigned take_from(struct peer_thread *thread, struct handoff *handoff, uint64_t now_ns) {
    unsigned count = handoff_take(handoff, thread->taken, BURST);
    for (unsigned i = 0; i < count; i++) {
        thread->back[i] = thread->taken[i].datagram;
        if (!take(thread, &thread->back[i], now_ns)) thread->back[i].peer = HANDOFF_DROP;
    }
    if (count > 0) handoff_give_back(handoff, thread->back, count);
    return count;
}

unsigned peer_thread_take(struct peer_thread *thread, uint64_t now_ns) {
    unsigned work = 0;
    for (unsigned i = 0; i < thread->workers; i++) work += take_from(thread, thread->handoffs[i], now_ns);
    return work;
}

unsigned peer_thread_round(struct peer_thread *thread, uint64_t now_ns, uint64_t *deadline_ns) {
    unsigned work = peer_thread_take(thread, now_ns);
    *deadline_ns = handshake_tick(thread->handshake, now_ns);
    return *deadline_ns <= now_ns ? work + 1 : work;
}

static unsigned round_now(void *argument, uint64_t *most_ns) {
    struct peer_thread *thread = argument;
    uint64_t now_ns = clock_now(&thread->clock), deadline_ns;
    unsigned work = peer_thread_round(thread, now_ns, &deadline_ns);
    *most_ns = deadline_ns - now_ns;
    return work;
}

void peer_thread_run(void *argument) {
    struct peer_thread *thread = argument;
    loop_run(&thread->loop, round_now, thread);
    for (unsigned i = 0; i < thread->workers; i++) handoff_give_all_back(thread->handoffs[i]);
}
