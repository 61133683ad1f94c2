#include "peer_to_peer/handshake.h"

#include <stdlib.h>
#include <string.h>

#include "peer_to_peer/handshake_parts.h"

/* What one tick looks at beside its hellos: so a tick is short, whatever is due. */
enum { MOST_DUE = 256 };
#define NO_ROOM_NS 10000000ull /* the worker looks at least so often (worker/idle.h) */

const char *peer_state_name(enum peer_state state) {
    static const char *const NAMES[PEER_STATES] = {"unknown", "pending", "connected", "refused", "lost"};
    return NAMES[state];
}

struct handshake *handshake_make(const struct handshake_settings *settings) {
    struct handshake *handshake = calloc(1, sizeof *handshake);
    if (handshake == NULL) return NULL;
    handshake->settings = *settings;
    handshake_set(handshake, settings->most_pending, settings->timeout_ns);
    counter_set(&handshake->in_state[PEER_UNKNOWN], settings->peers);
    handshake->list = calloc((size_t)settings->peers + 1, sizeof *handshake->list);
    handshake->queue = calloc((size_t)settings->peers + 1, sizeof *handshake->queue);
    bool made = timetable_make(&handshake->timetable, settings->peers);
    if (made && handshake->list != NULL && handshake->queue != NULL) return handshake;
    handshake_release(handshake);
    return NULL;
}

void handshake_release(struct handshake *handshake) {
    if (handshake == NULL) return;
    timetable_release(&handshake->timetable);
    free(handshake->list);
    free(handshake->queue);
    free(handshake);
}

void handshake_set(struct handshake *handshake, uint32_t most_pending, uint64_t timeout_ns) {
    atomic_store_explicit(&handshake->most_pending, most_pending, memory_order_relaxed);
    atomic_store_explicit(&handshake->timeout_ns, timeout_ns, memory_order_relaxed);
}

static uint64_t timeout_of(const struct handshake *handshake) {
    return atomic_load_explicit(&handshake->timeout_ns, memory_order_relaxed);
}

enum peer_state handshake_state(const struct handshake *handshake, uint32_t peer) {
    return (enum peer_state)atomic_load_explicit(&handshake->list[peer].state, memory_order_relaxed);
}

uint64_t handshake_count(const struct handshake *handshake, enum peer_state state) {
    return counter_read(&handshake->in_state[state]);
}

const struct handshake_counters *handshake_counters(const struct handshake *handshake) {
    return &handshake->counters;
}

static void move(struct handshake *handshake, uint32_t peer, enum peer_state to) {
    struct counter *from = &handshake->in_state[handshake_state(handshake, peer)];
    counter_set(from, counter_read(from) - 1);
    counter_add(&handshake->in_state[to], 1);
    atomic_store_explicit(&handshake->list[peer].state, (uint8_t)to, memory_order_relaxed);
}

static void tell(struct handshake *handshake, uint32_t peer, enum peer_state state, const char *version) {
    struct handshake_news news = {.peer = peer, .state = state};
    memcpy(news.version, version, strlen(version));
    handshake->settings.outside->tell(handshake->settings.outside, &news);
}

/* Between three quarters of it and five quarters, so that peers which began together do not go on together. */
static uint64_t about(const struct greeted *greeted, uint64_t ns) {
    return ns - ns / 4 + (greeted->nonce & 0xff) * (ns / 2) / 0xff;
}

void handshake_enqueue(struct handshake *handshake, uint32_t peer) {
    struct greeted *greeted = &handshake->list[peer];
    timetable_set(&handshake->timetable, peer, TIMETABLE_NEVER);
    if (greeted->queued) return;
    greeted->queued = true;
    handshake->queue[(handshake->first + handshake->queued) % handshake->settings.peers] = peer;
    handshake->queued++;
}

static uint64_t heard_of(const struct handshake *handshake, uint32_t peer) {
    uint64_t own = handshake->list[peer].heard_ns;
    uint64_t other = handshake->settings.outside->heard_ns(handshake->settings.outside, peer);
    return own > other ? own : other;
}

/* Once more in this attempt. False where there was no room. */
static bool say_hello(struct handshake *handshake, uint32_t peer, uint64_t now_ns) {
    struct greeted *greeted = &handshake->list[peer];
    struct handshake_outside *outside = handshake->settings.outside;
    struct hello hello = {.nonce = greeted->nonce, .verdict = HELLO_ASKS};
    uint8_t bytes[HELLO_BYTES];
    memcpy(hello.version, handshake->settings.version, strlen(handshake->settings.version));
    hello_write(&hello, handshake->settings.network, bytes);
    if (!outside->send(outside, peer, bytes, HELLO_BYTES)) {
        counter_add(&handshake->counters.send_refused, 1);
        handshake->next_send_ns = now_ns + NO_ROOM_NS;
        timetable_set(&handshake->timetable, peer, now_ns + NO_ROOM_NS);
        return false;
    }
    counter_add(&handshake->counters.hellos_sent, 1);
    uint64_t wait = greeted->hellos < 4 ? HANDSHAKE_RETRY_NS << greeted->hellos : HANDSHAKE_MOST_RETRY_NS;
    if (greeted->hellos < UINT8_MAX) greeted->hellos++;
    uint64_t end = greeted->since_ns + timeout_of(handshake), next = now_ns + about(greeted, wait);
    timetable_set(&handshake->timetable, peer, next < end ? next : end);
    return true;
}

static uint64_t draw_nonce(struct handshake *handshake) {
    uint64_t drawn = ++handshake->drawn;
    return tag_of(&handshake->settings.key, (const uint8_t *)&drawn, sizeof drawn);
}

static bool greet_first(struct handshake *handshake, uint64_t now_ns) {
    uint32_t peer = handshake->queue[handshake->first];
    struct greeted *greeted = &handshake->list[peer];
    handshake->first = (handshake->first + 1) % handshake->settings.peers;
    handshake->queued--;
    greeted->queued = false;
    greeted->before = (uint8_t)handshake_state(handshake, peer);
    greeted->nonce = draw_nonce(handshake);
    greeted->since_ns = now_ns;
    greeted->hellos = 0;
    move(handshake, peer, PEER_PENDING);
    return say_hello(handshake, peer, now_ns);
}

static void lose(struct handshake *handshake, uint32_t peer) {
    move(handshake, peer, PEER_LOST);
    counter_add(&handshake->counters.losses, 1);
    tell(handshake, peer, PEER_LOST, "");
}

/* It is what it was before; one that was connected may be lost by now. */
static void give_up(struct handshake *handshake, uint32_t peer, uint64_t now_ns) {
    struct greeted *greeted = &handshake->list[peer];
    counter_add(&handshake->counters.given_up, 1);
    move(handshake, peer, (enum peer_state)greeted->before);
    if (greeted->before == PEER_CONNECTED && now_ns >= heard_of(handshake, peer) + timeout_of(handshake))
        lose(handshake, peer);
    timetable_set(&handshake->timetable, peer, now_ns + about(greeted, timeout_of(handshake)));
}

static void welcome(struct handshake *handshake, uint32_t peer, uint64_t now_ns) {
    enum peer_state before = (enum peer_state)handshake->list[peer].before;
    move(handshake, peer, PEER_CONNECTED);
    timetable_set(&handshake->timetable, peer, now_ns + timeout_of(handshake));
    handshake->settings.outside->probe(handshake->settings.outside, peer, true);
    if (before == PEER_LOST || before == PEER_REFUSED) tell(handshake, peer, PEER_CONNECTED, "");
}

static void refuse(struct handshake *handshake, uint32_t peer, const char *version, uint64_t now_ns) {
    struct greeted *greeted = &handshake->list[peer];
    move(handshake, peer, PEER_REFUSED);
    timetable_set(&handshake->timetable, peer, now_ns + about(greeted, timeout_of(handshake)));
    handshake->settings.outside->probe(handshake->settings.outside, peer, false);
    if (greeted->before != PEER_REFUSED) tell(handshake, peer, PEER_REFUSED, version);
}

static void take_answer(struct handshake *handshake, const struct hello *hello, uint32_t peer, uint64_t now_ns) {
    struct greeted *greeted = &handshake->list[peer];
    if (handshake_state(handshake, peer) != PEER_PENDING || hello->nonce != greeted->nonce || greeted->hellos == 0) {
        counter_add(&handshake->counters.unasked, 1);
        return;
    }
    counter_add(&handshake->counters.answers_received, 1);
    greeted->heard_ns = now_ns;
    bool agrees = hello_versions_agree(hello->version, handshake->settings.version);
    if (!agrees) counter_add(&handshake->counters.other_versions, 1);
    if (agrees && hello->verdict == HELLO_WELCOME)
        welcome(handshake, peer, now_ns);
    else
        refuse(handshake, peer, hello->version, now_ns);
}

/* Whether what it says is news to us: then it is asked. */
static bool is_news(enum peer_state state, bool agrees) {
    return state == PEER_CONNECTED ? !agrees : state == PEER_REFUSED ? agrees : state != PEER_PENDING;
}

static void take_hello(struct handshake *handshake, struct hello *hello, uint32_t peer, uint64_t now_ns,
                       uint8_t *answer) {
    struct greeted *greeted = &handshake->list[peer];
    bool agrees = hello_versions_agree(hello->version, handshake->settings.version);
    counter_add(&handshake->counters.hellos_received, 1);
    counter_add(&handshake->counters.answers_sent, 1);
    if (!agrees) counter_add(&handshake->counters.other_versions, 1);
    greeted->heard_ns = now_ns;
    if (is_news(handshake_state(handshake, peer), agrees) && !greeted->queued) {
        bool early = greeted->since_ns > 0 && now_ns < greeted->since_ns + HANDSHAKE_RETRY_NS;
        timetable_set(&handshake->timetable, peer, early ? greeted->since_ns + HANDSHAKE_RETRY_NS : now_ns);
        greeted->asked = true;
    }
    hello->verdict = agrees ? HELLO_WELCOME : HELLO_OTHER_VERSION;
    memset(hello->version, 0, sizeof hello->version);
    memcpy(hello->version, handshake->settings.version, strlen(handshake->settings.version));
    hello_write(hello, handshake->settings.network, answer);
}

bool handshake_receive(struct handshake *handshake, enum message_type type, const uint8_t *bytes, size_t length,
                       uint32_t peer, uint64_t now_ns, uint8_t *answer) {
    struct hello hello;
    if (!hello_read(type, bytes, length, &hello)) {
        counter_add(&handshake->counters.malformed, 1);
        return false;
    }
    if (type == MESSAGE_HELLO)
        take_hello(handshake, &hello, peer, now_ns, answer);
    else
        take_answer(handshake, &hello, peer, now_ns);
    return type == MESSAGE_HELLO;
}

/* What became due for a peer that is not queued. */
static void look_at(struct handshake *handshake, uint32_t peer, uint64_t now_ns) {
    struct greeted *greeted = &handshake->list[peer];
    uint64_t timeout_ns = timeout_of(handshake), heard_ns;
    switch (handshake_state(handshake, peer)) {
    case PEER_PENDING:
        if (now_ns >= greeted->since_ns + timeout_ns)
            give_up(handshake, peer, now_ns);
        else
            say_hello(handshake, peer, now_ns);
        return;
    case PEER_CONNECTED:
        heard_ns = heard_of(handshake, peer);
        if (!greeted->asked && now_ns < heard_ns + timeout_ns) {
            timetable_set(&handshake->timetable, peer, heard_ns + timeout_ns);
            return;
        }
        if (now_ns >= heard_ns + timeout_ns) lose(handshake, peer);
        break;
    default: break;
    }
    greeted->asked = false;
    handshake_enqueue(handshake, peer);
}

static bool may_greet(const struct handshake *handshake, uint64_t now_ns) {
    return handshake->queued > 0 && now_ns >= handshake->next_send_ns &&
           handshake_count(handshake, PEER_PENDING) <
               atomic_load_explicit(&handshake->most_pending, memory_order_relaxed);
}

uint64_t handshake_tick(struct handshake *handshake, uint64_t now_ns) {
    const struct timetable *timetable = &handshake->timetable;
    uint64_t sent = counter_read(&handshake->counters.hellos_sent) + HANDSHAKE_BURST;
    if (handshake->settings.peers == 0) return UINT64_MAX;
    for (unsigned i = 0; i < MOST_DUE && counter_read(&handshake->counters.hellos_sent) < sent; i++) {
        uint32_t peer = timetable_first(timetable);
        if (timetable_due(timetable, peer) > now_ns) break;
        look_at(handshake, peer, now_ns);
    }
    while (counter_read(&handshake->counters.hellos_sent) < sent && may_greet(handshake, now_ns))
        if (!greet_first(handshake, now_ns)) break;
    uint64_t due = timetable_due(timetable, timetable_first(timetable));
    if (may_greet(handshake, now_ns)) return now_ns;
    return handshake->queued > 0 && handshake->next_send_ns > now_ns && handshake->next_send_ns < due
               ? handshake->next_send_ns
               : due;
}
