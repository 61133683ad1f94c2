#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "net/bytes.h"
#include "net/neighbours.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/*
 * A node's life: frames and pauses, one record after the other.
 *
 *     0  1  tenths of a second that go by; questions that are due are then sent
 *     1  2  length of a frame, big-endian; of what is left where that is less
 *     3     the frame
 *
 * 10.78.0.1 and fd00:78::1 are ours, 10.78.0.2 and fd00:78::2 are peers on the link, another of each is behind a
 * gateway, and one has a MAC address that is written down.
 */
static const uint8_t OWN[6] = {0x52, 0x54, 0, 0xd1, 0, 1}, WRITTEN[6] = {0x52, 0x54, 0, 0xd1, 0, 4};
enum { PEERS = 5, WRITTEN_PEER = 4 };

static struct endpoint host(unsigned family, uint8_t network, uint8_t number) {
    const uint8_t ipv4[4] = {10, 78, network, number};
    const uint8_t ipv6[16] = {0xfd, 0, 0, 0x78, [7] = network, [15] = number};
    return family == 4 ? endpoint_ipv4(ipv4, 0) : endpoint_ipv6(ipv6, 0);
}

static void make(struct neighbours *table) {
    const struct neighbours_link links[2] = {{host(4, 0, 1), host(4, 0, 254), 24},
                                             {host(6, 0, 1), host(6, 0, 254), 64}};
    struct neighbours_peer peers[PEERS] = {{.endpoint = host(4, 0, 2)},
                                           {.endpoint = host(6, 0, 2)},
                                           {.endpoint = host(4, 1, 2)},
                                           {.endpoint = host(6, 1, 2)},
                                           {.endpoint = host(4, 0, 4)}};
    memcpy(peers[WRITTEN_PEER].mac, WRITTEN, 6);
    if (!neighbours_make(table, OWN, links, peers, PEERS)) exit(1);
}

/* Whatever came, frames go to one card or are not sent, and never to ourselves. */
static void check_table(const struct neighbours *table) {
    uint8_t mac[6];
    for (uint32_t peer = 0; peer < PEERS; peer++)
        if (neighbours_mac(table, peer, mac) && ((mac[0] & 1) != 0 || memcmp(mac, OWN, 6) == 0)) abort();
    if (!neighbours_mac(table, WRITTEN_PEER, mac) || memcmp(mac, WRITTEN, 6) != 0) abort();
}

/* What we write is read as what was meant. */
static void check_written(const uint8_t *bytes, size_t length, enum resolution_kind kind) {
    struct resolution written;
    if (length > RESOLUTION_MAX || resolution_read(bytes, length, &written) != RESOLUTION_OK) abort();
    if (written.kind != kind || memcmp(written.mac, OWN, 6) != 0 || memcmp(bytes + 6, OWN, 6) != 0) abort();
    struct endpoint own = host(written.family, 0, 1);
    if (endpoint_compare(&written.sender, &own) != 0) abort();
}

/* What was read is written and read as the same, where we could have written it: nobody without an address asks. */
static void check_round_trip(const uint8_t *bytes, size_t length) {
    struct resolution said, again;
    uint8_t written[RESOLUTION_MAX];
    if (resolution_read(bytes, length, &said) != RESOLUTION_OK || (said.family == 6 && said.sender.family == 0)) return;
    size_t size = resolution_write(&said, written);
    if (size > RESOLUTION_MAX || resolution_read(written, size, &again) != RESOLUTION_OK) abort();
    if (memcmp(&said, &again, sizeof said) != 0) abort();
}

static void take(struct neighbours *table, const uint8_t *bytes, size_t length, uint64_t now) {
    uint8_t answer[RESOLUTION_MAX], *exact = malloc(length > 0 ? length : 1);
    if (exact == NULL) return;
    memcpy(exact, bytes, length);
    enum neighbours_result result = neighbours_take(table, exact, length, now);
    if (result >= NEIGHBOURS_RESULTS || neighbours_result_name(result) == NULL) abort();
    size_t size = neighbours_answer(table, exact, length, answer);
    if (size > 0 && (result == NEIGHBOURS_OTHER || result == NEIGHBOURS_MALFORMED)) abort();
    if (size > 0) check_written(answer, size, RESOLUTION_ANSWER);
    check_round_trip(exact, length);
    free(exact);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct neighbours table;
    uint64_t now = 1, asked[PEERS] = {0};
    make(&table);
    while (length >= 3) {
        size_t size = bytes_read16(bytes + 1), rest = length - 3;
        now += bytes[0] * 100000000ull;
        if (size > rest) size = rest;
        for (uint32_t hop; (hop = neighbours_due(&table, now)) != NEIGHBOURS_NONE;) {
            uint8_t question[RESOLUTION_MAX];
            if (hop >= PEERS || (asked[hop] != 0 && now - asked[hop] < NEIGHBOURS_RETRY_NS)) abort();
            asked[hop] = now;
            check_written(question, neighbours_request(&table, hop, question, now), RESOLUTION_REQUEST);
        }
        take(&table, bytes + 3, size, now);
        check_table(&table);
        bytes += 3 + size;
        length = rest - size;
    }
    neighbours_release(&table);
    return 0;
}
