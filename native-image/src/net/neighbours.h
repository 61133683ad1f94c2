#ifndef PANTHEON_NET_NEIGHBOURS_H
#define PANTHEON_NET_NEIGHBOURS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "net/endpoint.h"
#include "net/resolution.h"
#include "net/timetable.h"

/*
 * To which MAC address frames for a peer go: its own where it is on the link, its gateway's where it is not. Written in
 * the configuration, or asked for and learned by ARP and NDP. Pure over bytes and times that are handed in: whoever has
 * a card gives received frames to neighbours_take and neighbours_answer, and sends what neighbours_request writes.
 *
 * Who may call what: neighbours_mac and neighbours_answer any thread; neighbours_take, neighbours_due and
 * neighbours_request one thread, the same as long as the table lives (a worker; frames of ARP and NDP that another
 * queue receives are handed to it). No allocation after neighbours_make.
 *
 * Whom it believes. Neither protocol is signed: whoever is on the link can forge both. So only addresses of peers and
 * gateways are learned, which bounds the table. What nobody asked for is used where nothing is known, and checked by a
 * question at once. And another MAC address than the known one is not taken before the known one was asked three times
 * and has not answered (RFC 4861, 7.2.5 has the same care where the override flag is missing): a host that forges a
 * peer's address gets none of its frames while the peer itself is there, and a peer that has moved to another card is
 * reached again after three seconds. Where the card moves to another place and the address does not, nothing changes
 * here.
 */

/* Between two questions to one host: RETRANS_TIMER of RFC 4861, 10, and retrans_time of the kernel. Also a host's
 * bucket. */
#define NEIGHBOURS_RETRY_NS 1000000000ull
/* Whom nobody answers for is asked half as often each time, down to this: a peer that starts late is found soon enough.
 */
#define NEIGHBOURS_MOST_RETRY_NS 32000000000ull
/*
 * How long an answer is good: base_reachable_time of the kernel, REACHABLE_TIME of RFC 4861, 10, and as there each time
 * drawn between half of it and one and a half, so that hosts which started together do not ask together.
 */
#define NEIGHBOURS_REACHABLE_NS 30000000000ull
/* Questions to the known MAC address, then to all, before it is forgotten: ucast_solicit and mcast_solicit of the
 * kernel. */
#define NEIGHBOURS_UNICAST 3u
#define NEIGHBOURS_MULTICAST 3u
/*
 * Questions to all hosts together. 500 peers (max_peers of the seed) are all asked within half a second of a start and
 * cost 17 questions a second from then on.
 */
#define NEIGHBOURS_PER_SECOND 1000u
#define NEIGHBOURS_BURST 64u

/* Our own end in one family. */
struct neighbours_link {
    struct endpoint address; /* family 0: none, nobody of this family is reached */
    struct endpoint gateway; /* family 0: none */
    unsigned prefix;         /* how many bits all addresses on the link share; 0: every one is on it */
};

struct neighbours_peer {
    struct endpoint endpoint;
    uint8_t mac[6]; /* where its frames go whatever anybody says; zeros: to be found out */
};

/* One whom we ask: a peer on the link or a gateway. The writer's own. */
struct neighbour {
    struct endpoint address; /* of port 0 */
    uint64_t asked_ns;       /* when it was asked last; 0: never */
    uint32_t unanswered;     /* questions since its last answer */
};

/* A MAC address that one thread writes and any thread reads, as a whole: it has 48 bits. */
struct neighbours_mac {
    _Atomic uint64_t word; /* six bytes as they are in a frame, then two zeros; 0: not known */
};

struct neighbours {
    /* What every thread reads. */
    struct neighbours_mac *macs; /* of each hop */
    uint32_t *hop_of_peer;
    uint8_t mac[6];                  /* our own */
    uint8_t other_mac[6];            /* ours as well: of a bond's other port; the same where there is none */
    struct neighbours_mac told;      /* which of the two our questions and answers tell */
    struct neighbours_link links[2]; /* IPv4's, IPv6's */
    /*
     * What one thread writes. Hops 0 to asked - 1 stand in the order of their addresses; those with a written MAC
     * address follow, of which only `macs` knows.
     */
    _Alignas(64) struct neighbour *list;
    uint32_t asked;
    struct timetable timetable; /* of the questions to them */
    uint64_t filled_ns;         /* the bucket of all */
    uint32_t tokens;
};

/*
 * `mac` is our card's, `links` are ours of IPv4 and of IPv6. A peer's index is its place in `peers`. False where there
 * is no memory; neighbours_release is right then too.
 */
bool neighbours_make(struct neighbours *neighbours, const uint8_t mac[6], const struct neighbours_link links[2],
                     const struct neighbours_peer *peers, uint32_t peer_count);
void neighbours_release(struct neighbours *neighbours);

/*
 * Other peers, while nobody uses the table: `room` was made for them by neighbours_make, of the same card and links,
 * and is given the old ones for it. What is known of a host that is still asked stays known.
 */
void neighbours_move(struct neighbours *neighbours, struct neighbours *room);

/*
 * A bond's other port may keep a MAC address of its own (io/dpdk_bond.h), which is ours as well: what is sent to it
 * concerns us, and who has it is no stranger with our address. Before anybody else uses the table.
 */
void neighbours_add_mac(struct neighbours *neighbours, const uint8_t mac[6]);

/* Which of our MAC addresses questions and answers tell from now on. Any thread, while others use the table. */
void neighbours_tell(struct neighbours *neighbours, const uint8_t mac[6]);

/*
 * Where frames for this peer go: the six bytes as they stand in a frame, then two zeros. 0: not known (yet), they
 * cannot be sent. Always one that was learned as a whole.
 */
static inline uint64_t neighbours_word(const struct neighbours *neighbours, uint32_t peer) {
    const struct neighbours_mac *found = &neighbours->macs[neighbours->hop_of_peer[peer]];
    return atomic_load_explicit(&found->word, memory_order_relaxed);
}

/* The same as bytes. False where it is not known. */
static inline bool neighbours_mac(const struct neighbours *neighbours, uint32_t peer, uint8_t mac[6]) {
    uint64_t word = neighbours_word(neighbours, peer);
    memcpy(mac, &word, 6);
    return word != 0;
}

/* How many of those who are asked are known: for telemetry, any thread. */
uint32_t neighbours_known(const struct neighbours *neighbours);

enum neighbours_result {
    NEIGHBOURS_OTHER, /* neither ARP nor NDP */
    NEIGHBOURS_MALFORMED,
    NEIGHBOURS_IGNORED,   /* nothing new, or of nobody whom we know */
    NEIGHBOURS_LEARNED,   /* a MAC address, the first or another one */
    NEIGHBOURS_CONFIRMED, /* the known one answered */
    NEIGHBOURS_DOUBTED,   /* another one than the known one, which is asked first */
    NEIGHBOURS_DUPLICATE, /* somebody else has our own address: a mistake in a configuration, or an attack */
    NEIGHBOURS_RESULTS
};

/* A received frame, whatever it is. `now_ns` must not go back. */
enum neighbours_result neighbours_take(struct neighbours *neighbours, const uint8_t *bytes, size_t length,
                                       uint64_t now_ns);

/*
 * Where a frame asks for one of our addresses: writes the answer and how long it is, up to RESOLUTION_MAX bytes, into
 * `answer`, which may be `bytes` itself. 0: nothing is to be sent. One answer to one question, whoever asks.
 */
size_t neighbours_answer(const struct neighbours *neighbours, const uint8_t *bytes, size_t length, uint8_t *answer);

/* Somebody who is to be asked now, by neighbours_request. NEIGHBOURS_NONE: nobody. Costs one comparison mostly. */
#define NEIGHBOURS_NONE UINT32_MAX
uint32_t neighbours_due(struct neighbours *neighbours, uint64_t now_ns);

/* Writes the question, up to RESOLUTION_MAX bytes, and answers how long it is. It counts as sent. */
size_t neighbours_request(struct neighbours *neighbours, uint32_t hop, uint8_t *bytes, uint64_t now_ns);

/* For telemetry: `learned`. */
const char *neighbours_result_name(enum neighbours_result result);

#endif
