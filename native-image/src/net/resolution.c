#include "net/resolution.h"

#include <string.h>

#include "net/bytes.h"
#include "net/packet.h"
#include "net/sum.h"

enum { ETHERTYPE_IPV4 = 0x0800, ETHERTYPE_ARP = 0x0806, ETHERTYPE_IPV6 = 0x86dd };
enum { ARP_ETHERNET = 1, ARP_REQUEST = 1, ARP_REPLY = 2, ARP_BYTES = 28, ARP_FRAME = 60 };
enum {
    NEXT_ICMPV6 = 58,
    HOP_LIMIT = 255,
    SOLICITATION = 135,
    ADVERTISEMENT = 136,
    OPTION_SOURCE = 1, /* link-layer addresses, eight bytes of option each */
    OPTION_TARGET = 2,
    FLAG_SOLICITED = 0x40,
    FLAG_OVERRIDE = 0x20,
    MESSAGE = 24, /* without options */
    OPTION = 8,
};
static const uint8_t NOBODY[16] = {0};
static const uint8_t ALL_NODES[16] = {0xff, 2, [15] = 1};            /* RFC 4291, 2.7.1 */
static const uint8_t SOLICITED_NODE[13] = {0xff, 2, [11] = 1, 0xff}; /* then the address' last three bytes */

static bool is_unicast(const uint8_t mac[6]) {
    return (mac[0] & 1) == 0 && memcmp(mac, NOBODY, 6) != 0;
}

/* Of a number of protocols that ARP can speak of, Ethernet and IPv4 alone are ours. */
static enum resolution_result read_arp(const uint8_t *arp, size_t length, struct resolution *resolution) {
    if (length < ARP_BYTES) return RESOLUTION_MALFORMED;
    unsigned operation = bytes_read16(arp + 6);
    bool ours = bytes_read16(arp) == ARP_ETHERNET && bytes_read16(arp + 2) == ETHERTYPE_IPV4 && arp[4] == 6 &&
                arp[5] == 4 && (operation == ARP_REQUEST || operation == ARP_REPLY);
    if (!ours) return RESOLUTION_OTHER;
    if (!is_unicast(arp + 8)) return RESOLUTION_MALFORMED;
    resolution->kind = operation == ARP_REQUEST ? RESOLUTION_REQUEST : RESOLUTION_ANSWER;
    resolution->family = 4;
    resolution->solicited = operation == ARP_REPLY;
    memcpy(resolution->mac, arp + 8, 6);
    if (memcmp(arp + 14, NOBODY, 4) != 0) resolution->sender = endpoint_ipv4(arp + 14, 0);
    if (memcmp(arp + 24, NOBODY, 4) != 0) resolution->target = endpoint_ipv4(arp + 24, 0);
    return RESOLUTION_OK;
}

/* The MAC address that an option of this type holds, the first one. False where an option cannot be. */
static bool read_options(const uint8_t *options, size_t length, unsigned type, const uint8_t **mac) {
    *mac = NULL;
    while (length > 0) {
        if (length < OPTION) return false;
        size_t size = (size_t)options[1] * 8;
        if (size == 0 || size > length) return false;
        if (options[0] == type && size != OPTION) return false;
        if (options[0] == type && *mac == NULL) *mac = options + 2;
        options += size;
        length -= size;
    }
    return true;
}

static bool is_group_of(const uint8_t destination[16], const uint8_t target[16]) {
    return memcmp(destination, SOLICITED_NODE, 13) == 0 && memcmp(destination + 13, target + 13, 3) == 0;
}

/* Addresses of IPv6 and the target of the message. */
static bool read_solicitation(const uint8_t *source, const uint8_t *destination, const uint8_t *target,
                              const uint8_t *mac, struct resolution *resolution) {
    bool group = is_group_of(destination, target);
    if (!group && memcmp(destination, target, 16) != 0) return false;
    resolution->kind = RESOLUTION_REQUEST;
    resolution->target = endpoint_ipv6(target, 0);
    if (memcmp(source, NOBODY, 16) == 0) return group && mac == NULL;
    resolution->sender = endpoint_ipv6(source, 0);
    return source[0] != 0xff;
}

static bool read_advertisement(const uint8_t *destination, const uint8_t *message, struct resolution *resolution) {
    resolution->kind = RESOLUTION_ANSWER;
    resolution->sender = endpoint_ipv6(message + 8, 0);
    resolution->solicited = (message[4] & FLAG_SOLICITED) != 0;
    if (destination[0] == 0xff) return !resolution->solicited;
    resolution->target = endpoint_ipv6(destination, 0);
    return true;
}

static bool icmp_sum_is_right(const uint8_t *ip, size_t message) {
    return sum_fold(sum_bytes(ip + 8, 32 + message, sum_word(NEXT_ICMPV6) + sum_word((uint16_t)message))) == 0xffff;
}

static enum resolution_result read_ndp(const uint8_t *bytes, size_t length, struct resolution *resolution) {
    const uint8_t *ip = bytes + PACKET_ETHERNET, *message = ip + PACKET_IPV6, *mac;
    if (length < PACKET_ETHERNET + PACKET_IPV6) return RESOLUTION_MALFORMED;
    size_t size = bytes_read16(ip + 4);
    if (ip[0] >> 4 != 6 || size > length - PACKET_ETHERNET - PACKET_IPV6) return RESOLUTION_MALFORMED;
    if (ip[6] != NEXT_ICMPV6 || size == 0 || (message[0] != SOLICITATION && message[0] != ADVERTISEMENT))
        return RESOLUTION_OTHER;
    bool asks = message[0] == SOLICITATION;
    if (size < MESSAGE || ip[7] != HOP_LIMIT || message[1] != 0 || message[8] == 0xff || !icmp_sum_is_right(ip, size))
        return RESOLUTION_MALFORMED;
    if (!read_options(message + MESSAGE, size - MESSAGE, asks ? OPTION_SOURCE : OPTION_TARGET, &mac))
        return RESOLUTION_MALFORMED;
    resolution->family = 6;
    bool right = asks ? read_solicitation(ip + 8, ip + 24, message + 8, mac, resolution)
                      : read_advertisement(ip + 24, message, resolution);
    memcpy(resolution->mac, mac != NULL ? mac : bytes + 6, 6);
    return right && is_unicast(resolution->mac) ? RESOLUTION_OK : RESOLUTION_MALFORMED;
}

enum resolution_result resolution_read(const uint8_t *bytes, size_t length, struct resolution *resolution) {
    if (length < PACKET_ETHERNET) return RESOLUTION_MALFORMED;
    *resolution = (struct resolution){0};
    memcpy(resolution->ethernet_destination, bytes, 6);
    switch (bytes_read16(bytes + 12)) {
    case ETHERTYPE_ARP: return read_arp(bytes + PACKET_ETHERNET, length - PACKET_ETHERNET, resolution);
    case ETHERTYPE_IPV6: return read_ndp(bytes, length, resolution);
    default: return RESOLUTION_OTHER;
    }
}

static size_t write_arp(const struct resolution *resolution, uint8_t *bytes) {
    uint8_t *arp = bytes + PACKET_ETHERNET;
    bool asks = resolution->kind == RESOLUTION_REQUEST;
    memset(arp, 0, ARP_FRAME - PACKET_ETHERNET);
    bytes_write16(bytes + 12, ETHERTYPE_ARP);
    bytes_write16(arp, ARP_ETHERNET);
    bytes_write16(arp + 2, ETHERTYPE_IPV4);
    arp[4] = 6;
    arp[5] = 4;
    bytes_write16(arp + 6, asks ? ARP_REQUEST : ARP_REPLY);
    memcpy(arp + 8, resolution->mac, 6);
    memcpy(arp + 14, resolution->sender.address, 4);
    if (!asks) memcpy(arp + 18, resolution->ethernet_destination, 6);
    memcpy(arp + 24, resolution->target.address, 4);
    return ARP_FRAME;
}

static void write_destination(const struct resolution *resolution, uint8_t destination[16]) {
    bool asks = resolution->kind == RESOLUTION_REQUEST;
    if (asks && (resolution->ethernet_destination[0] & 1) != 0) {
        memcpy(destination, SOLICITED_NODE, 13);
        memcpy(destination + 13, resolution->target.address + 13, 3);
    } else {
        memcpy(destination, resolution->target.family == 0 ? ALL_NODES : resolution->target.address, 16);
    }
}

static size_t write_ndp(const struct resolution *resolution, uint8_t *bytes) {
    uint8_t *ip = bytes + PACKET_ETHERNET, *message = ip + PACKET_IPV6, *option = message + MESSAGE;
    bool asks = resolution->kind == RESOLUTION_REQUEST;
    memset(ip, 0, PACKET_IPV6 + MESSAGE + OPTION);
    bytes_write16(bytes + 12, ETHERTYPE_IPV6);
    ip[0] = 6 << 4;
    bytes_write16(ip + 4, MESSAGE + OPTION);
    ip[6] = NEXT_ICMPV6;
    ip[7] = HOP_LIMIT;
    memcpy(ip + 8, resolution->sender.address, 16);
    write_destination(resolution, ip + 24);
    message[0] = asks ? SOLICITATION : ADVERTISEMENT;
    if (!asks) message[4] = (uint8_t)(FLAG_OVERRIDE | (resolution->solicited ? FLAG_SOLICITED : 0));
    memcpy(message + 8, asks ? resolution->target.address : resolution->sender.address, 16);
    option[0] = asks ? OPTION_SOURCE : OPTION_TARGET;
    option[1] = 1;
    memcpy(option + 2, resolution->mac, 6);
    uint64_t sum = sum_word(NEXT_ICMPV6) + sum_word(MESSAGE + OPTION);
    uint16_t field = sum_field(sum_bytes(ip + 8, 32 + MESSAGE + OPTION, sum));
    memcpy(message + 2, &field, sizeof field);
    return RESOLUTION_MAX;
}

size_t resolution_write(const struct resolution *resolution, uint8_t *bytes) {
    memcpy(bytes, resolution->ethernet_destination, 6);
    memcpy(bytes + 6, resolution->mac, 6);
    return resolution->family == 4 ? write_arp(resolution, bytes) : write_ndp(resolution, bytes);
}

void resolution_group(const struct endpoint *address, uint8_t mac[6]) {
    memcpy(mac, (const uint8_t[]){0x33, 0x33, 0xff}, 3);
    memcpy(mac + 3, address->address + 13, 3);
}
