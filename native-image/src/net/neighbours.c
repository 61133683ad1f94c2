#include "net/neighbours.h"

#include <stdlib.h>

#include "net/prefix.h"

static const uint8_t BROADCAST[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
static const uint8_t ALL_NODES[6] = {0x33, 0x33, 0, 0, 0, 1}; /* RFC 2464, 7 */

static uint64_t word_of(const uint8_t mac[6]) {
    uint64_t word = 0;
    memcpy(&word, mac, 6);
    return word;
}

static uint64_t known_mac(const struct neighbours *neighbours, uint32_t hop) {
    return atomic_load_explicit(&neighbours->macs[hop].word, memory_order_relaxed);
}

static void set_mac(struct neighbours *neighbours, uint32_t hop, uint64_t word) {
    atomic_store_explicit(&neighbours->macs[hop].word, word, memory_order_relaxed);
}

static bool is_own(const struct neighbours *neighbours, const uint8_t mac[6]) {
    return memcmp(mac, neighbours->mac, 6) == 0 || memcmp(mac, neighbours->other_mac, 6) == 0;
}

static void write_told(const struct neighbours *neighbours, uint8_t mac[6]) {
    uint64_t word = atomic_load_explicit(&neighbours->told.word, memory_order_relaxed);
    memcpy(mac, &word, 6);
}

void neighbours_add_mac(struct neighbours *neighbours, const uint8_t mac[6]) {
    memcpy(neighbours->other_mac, mac, 6);
}

void neighbours_tell(struct neighbours *neighbours, const uint8_t mac[6]) {
    atomic_store_explicit(&neighbours->told.word, word_of(mac), memory_order_relaxed);
}

/* We may have no address in it. */
static const struct neighbours_link *link_of(const struct neighbours *neighbours, unsigned family) {
    return &neighbours->links[family == 6];
}

/* Who is asked for a peer's MAC address. False: nobody can be. */
static bool next_hop(const struct neighbours *neighbours, const struct endpoint *peer, struct endpoint *hop) {
    const struct neighbours_link *link = link_of(neighbours, peer->family);
    if (link->address.family != peer->family) return false;
    *hop = prefix_is_shared(&link->address, peer, link->prefix) ? *peer : link->gateway;
    hop->port = 0;
    return hop->family == peer->family;
}

static int compare(const void *a, const void *b) {
    const struct neighbour *first = a, *second = b;
    return endpoint_compare(&first->address, &second->address);
}

/* The place of an address among those that are asked, or NEIGHBOURS_NONE. */
static uint32_t find(const struct neighbours *neighbours, const struct endpoint *address) {
    const struct neighbour key = {.address = *address};
    const struct neighbour *found = bsearch(&key, neighbours->list, neighbours->asked, sizeof key, compare);
    return found == NULL ? NEIGHBOURS_NONE : (uint32_t)(found - neighbours->list);
}

/* Everybody who is asked, each once, in order. */
static void list_hops(struct neighbours *neighbours, const struct neighbours_peer *peers, uint32_t peer_count) {
    uint32_t count = 0, unique = 0;
    for (uint32_t i = 0; i < peer_count; i++)
        if (word_of(peers[i].mac) == 0 && next_hop(neighbours, &peers[i].endpoint, &neighbours->list[count].address))
            count++;
    if (count > 1) qsort(neighbours->list, count, sizeof *neighbours->list, compare);
    for (uint32_t i = 0; i < count; i++)
        if (i == 0 || compare(&neighbours->list[i], &neighbours->list[unique - 1]) != 0)
            neighbours->list[unique++].address = neighbours->list[i].address;
    neighbours->asked = unique;
}

bool neighbours_make(struct neighbours *neighbours, const uint8_t mac[6], const struct neighbours_link links[2],
                     const struct neighbours_peer *peers, uint32_t peer_count) {
    *neighbours = (struct neighbours){.links = {links[0], links[1]}, .tokens = NEIGHBOURS_BURST};
    memcpy(neighbours->mac, mac, 6);
    neighbours_add_mac(neighbours, mac);
    neighbours_tell(neighbours, mac);
    neighbours->list = calloc((size_t)peer_count + 1, sizeof *neighbours->list);
    /* A hop for each peer at most, and one without MAC address for peers that nothing leads to. */
    neighbours->macs = calloc((size_t)peer_count + 1, sizeof *neighbours->macs);
    neighbours->hop_of_peer = calloc((size_t)peer_count + 1, sizeof *neighbours->hop_of_peer);
    if (neighbours->list == NULL || neighbours->macs == NULL || neighbours->hop_of_peer == NULL) return false;
    list_hops(neighbours, peers, peer_count);
    uint32_t next = neighbours->asked, nowhere = peer_count;
    for (uint32_t i = 0; i < peer_count; i++) {
        struct endpoint hop;
        if (word_of(peers[i].mac) != 0) {
            set_mac(neighbours, next, word_of(peers[i].mac));
            neighbours->hop_of_peer[i] = next++;
        } else {
            bool leads = next_hop(neighbours, &peers[i].endpoint, &hop);
            neighbours->hop_of_peer[i] = leads ? find(neighbours, &hop) : nowhere;
        }
    }
    return timetable_make(&neighbours->timetable, neighbours->asked);
}

void neighbours_release(struct neighbours *neighbours) {
    free(neighbours->list);
    free(neighbours->macs);
    free(neighbours->hop_of_peer);
    timetable_release(&neighbours->timetable);
    *neighbours = (struct neighbours){0};
}

static void swap_tables(struct neighbours *neighbours, struct neighbours *room) {
    struct neighbours kept = {.macs = neighbours->macs,
                              .hop_of_peer = neighbours->hop_of_peer,
                              .list = neighbours->list,
                              .asked = neighbours->asked,
                              .timetable = neighbours->timetable};
    neighbours->macs = room->macs;
    neighbours->hop_of_peer = room->hop_of_peer;
    neighbours->list = room->list;
    neighbours->asked = room->asked;
    neighbours->timetable = room->timetable;
    *room = kept;
}

void neighbours_move(struct neighbours *neighbours, struct neighbours *room) {
    for (uint32_t hop = 0; hop < room->asked; hop++) {
        uint32_t old = find(neighbours, &room->list[hop].address);
        if (old == NEIGHBOURS_NONE) continue;
        room->list[hop] = neighbours->list[old];
        set_mac(room, hop, known_mac(neighbours, old));
        timetable_set(&room->timetable, hop, timetable_due(&neighbours->timetable, old));
    }
    swap_tables(neighbours, room);
}

uint32_t neighbours_known(const struct neighbours *neighbours) {
    uint32_t known = 0;
    for (uint32_t hop = 0; hop < neighbours->asked; hop++) known += known_mac(neighbours, hop) != 0;
    return known;
}

/* When a host may be asked again: a second after it was. */
static uint64_t soon(const struct neighbour *neighbour, uint64_t now_ns) {
    uint64_t next = neighbour->asked_ns + NEIGHBOURS_RETRY_NS;
    return neighbour->asked_ns == 0 || next < now_ns ? now_ns : next;
}

/* Half of NEIGHBOURS_REACHABLE_NS to one and a half; drawn by Fibonacci hashing (Knuth, 6.4) of who and when. */
static uint64_t good_for(uint32_t hop, uint64_t now_ns) {
    uint64_t drawn = (now_ns + hop) * 0x9e3779b97f4a7c15ull >> 40; /* 24 bits, and 35 of the time: no overflow */
    return NEIGHBOURS_REACHABLE_NS / 2 + (NEIGHBOURS_REACHABLE_NS * drawn >> 24);
}

/* Somebody says that a host has this MAC address; `answers` where we have asked and this is an answer. */
static enum neighbours_result claim(struct neighbours *neighbours, uint32_t hop, uint64_t mac, bool answers,
                                    uint64_t now_ns) {
    struct neighbour *neighbour = &neighbours->list[hop];
    uint64_t known = known_mac(neighbours, hop);
    if (known != 0 && known != mac && neighbour->unanswered <= NEIGHBOURS_UNICAST) {
        uint64_t next = soon(neighbour, now_ns);
        if (next < timetable_due(&neighbours->timetable, hop)) timetable_set(&neighbours->timetable, hop, next);
        return NEIGHBOURS_DOUBTED;
    }
    if (known == mac && !answers) return NEIGHBOURS_IGNORED;
    set_mac(neighbours, hop, mac);
    neighbour->unanswered = 0;
    uint64_t next = answers ? now_ns + good_for(hop, now_ns) : soon(neighbour, now_ns);
    timetable_set(&neighbours->timetable, hop, next);
    return known == mac ? NEIGHBOURS_CONFIRMED : NEIGHBOURS_LEARNED;
}

/* Whether what a frame says is for us: to our card or to many, of a family in which we have an address. */
static bool concerns_us(const struct neighbours *neighbours, const struct resolution *said) {
    const uint8_t *destination = said->ethernet_destination;
    bool heard = (destination[0] & 1) != 0 || is_own(neighbours, destination);
    return heard && link_of(neighbours, said->family)->address.family == said->family;
}

enum neighbours_result neighbours_take(struct neighbours *neighbours, const uint8_t *bytes, size_t length,
                                       uint64_t now_ns) {
    struct resolution said;
    enum resolution_result result = resolution_read(bytes, length, &said);
    if (result != RESOLUTION_OK) return result == RESOLUTION_OTHER ? NEIGHBOURS_OTHER : NEIGHBOURS_MALFORMED;
    if (!concerns_us(neighbours, &said) || said.sender.family == 0) return NEIGHBOURS_IGNORED;
    const struct neighbours_link *link = link_of(neighbours, said.family);
    bool ours = is_own(neighbours, said.mac);
    if (prefix_is_same_host(&said.sender, &link->address)) return ours ? NEIGHBOURS_IGNORED : NEIGHBOURS_DUPLICATE;
    uint32_t hop = find(neighbours, &said.sender);
    if (hop == NEIGHBOURS_NONE || ours) return NEIGHBOURS_IGNORED;
    bool to_us = prefix_is_same_host(&said.target, &link->address);
    /* Others' questions to others are nothing to us, but for a host that tells all of itself (RFC 5227, 3). */
    if (said.kind == RESOLUTION_REQUEST && !to_us && !prefix_is_same_host(&said.target, &said.sender))
        return NEIGHBOURS_IGNORED;
    bool answers = said.kind == RESOLUTION_ANSWER && said.solicited && to_us && neighbours->list[hop].unanswered > 0;
    return claim(neighbours, hop, word_of(said.mac), answers, now_ns);
}

size_t neighbours_answer(const struct neighbours *neighbours, const uint8_t *bytes, size_t length, uint8_t *answer) {
    struct resolution asked;
    if (resolution_read(bytes, length, &asked) != RESOLUTION_OK || !concerns_us(neighbours, &asked)) return 0;
    const struct neighbours_link *link = link_of(neighbours, asked.family);
    if (asked.kind != RESOLUTION_REQUEST || !prefix_is_same_host(&asked.target, &link->address)) return 0;
    /* Our own question come back, or somebody who has our address. */
    if (prefix_is_same_host(&asked.sender, &link->address) || is_own(neighbours, asked.mac)) return 0;
    struct resolution own = {.kind = RESOLUTION_ANSWER, .family = asked.family, .target = asked.sender};
    own.sender = link->address;
    own.solicited = asked.sender.family != 0; /* RFC 4861, 7.2.4 */
    write_told(neighbours, own.mac);
    bool to_all = asked.family == 6 && asked.sender.family == 0;
    memcpy(own.ethernet_destination, to_all ? ALL_NODES : asked.mac, 6);
    return resolution_write(&own, answer);
}

/* As protocol/limit.c does it. */
static bool has_token(struct neighbours *neighbours, uint64_t now_ns) {
    const uint64_t token_ns = 1000000000u / NEIGHBOURS_PER_SECOND;
    if (neighbours->filled_ns == 0) neighbours->filled_ns = now_ns;
    if (now_ns > neighbours->filled_ns) {
        uint64_t more = (now_ns - neighbours->filled_ns) / token_ns;
        neighbours->filled_ns += more * token_ns;
        uint32_t room = NEIGHBOURS_BURST - neighbours->tokens;
        neighbours->tokens += more > room ? room : (uint32_t)more;
    }
    return neighbours->tokens > 0;
}

uint32_t neighbours_due(struct neighbours *neighbours, uint64_t now_ns) {
    if (neighbours->asked == 0) return NEIGHBOURS_NONE;
    uint32_t first = timetable_first(&neighbours->timetable);
    if (timetable_due(&neighbours->timetable, first) > now_ns || !has_token(neighbours, now_ns)) return NEIGHBOURS_NONE;
    return first;
}

/* A second while there is hope, then twice as long each time. */
static uint64_t wait_after(uint32_t unanswered, bool known) {
    if (known || unanswered <= NEIGHBOURS_MULTICAST) return NEIGHBOURS_RETRY_NS;
    unsigned doublings = unanswered - NEIGHBOURS_MULTICAST;
    uint64_t wait = doublings < 16 ? NEIGHBOURS_RETRY_NS << doublings : NEIGHBOURS_MOST_RETRY_NS;
    return wait < NEIGHBOURS_MOST_RETRY_NS ? wait : NEIGHBOURS_MOST_RETRY_NS;
}

size_t neighbours_request(struct neighbours *neighbours, uint32_t hop, uint8_t *bytes, uint64_t now_ns) {
    struct neighbour *neighbour = &neighbours->list[hop];
    if (neighbour->unanswered >= NEIGHBOURS_UNICAST + NEIGHBOURS_MULTICAST && known_mac(neighbours, hop) != 0) {
        set_mac(neighbours, hop, 0);
        neighbour->unanswered = NEIGHBOURS_MULTICAST;
    }
    uint64_t known = known_mac(neighbours, hop);
    struct resolution own = {.kind = RESOLUTION_REQUEST, .target = neighbour->address};
    own.family = neighbour->address.family;
    own.sender = link_of(neighbours, own.family)->address;
    write_told(neighbours, own.mac);
    if (known != 0 && neighbour->unanswered < NEIGHBOURS_UNICAST)
        memcpy(own.ethernet_destination, &known, 6);
    else if (own.family == 6)
        resolution_group(&own.target, own.ethernet_destination);
    else
        memcpy(own.ethernet_destination, BROADCAST, 6);
    if (neighbours->tokens > 0) neighbours->tokens--;
    if (neighbour->unanswered < UINT32_MAX) neighbour->unanswered++;
    neighbour->asked_ns = now_ns > 0 ? now_ns : 1;
    timetable_set(&neighbours->timetable, hop, now_ns + wait_after(neighbour->unanswered, known != 0));
    return resolution_write(&own, bytes);
}

const char *neighbours_result_name(enum neighbours_result result) {
    static const char *const NAMES[NEIGHBOURS_RESULTS] = {"other",     "malformed", "ignored",  "learned",
                                                          "confirmed", "doubted",   "duplicate"};
    return NAMES[result];
}
