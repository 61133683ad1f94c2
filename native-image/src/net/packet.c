#include "net/packet.h"

#include <string.h>

#include "net/bytes.h"
#include "net/sum.h"

enum { ETHERTYPE_IPV4 = 0x0800, ETHERTYPE_IPV6 = 0x86dd, PROTOCOL_UDP = 17 };
/* 64 hops: the default that is recommended (IANA, "IP option numbers"). */
enum { DONT_FRAGMENT = 0x4000, TIME_TO_LIVE = 64 };

/* Where things are in a packet without options. */
enum {
    AT_TYPE = 12,
    AT_IP = PACKET_ETHERNET,
    AT_UDP4 = PACKET_ETHERNET + PACKET_IPV4,
    AT_UDP6 = PACKET_ETHERNET + PACKET_IPV6,
    AT_ADDRESSES4 = AT_UDP4 - 8,
    AT_ADDRESSES6 = AT_UDP6 - 32,
    HEADERS4 = AT_UDP4 + PACKET_UDP,
    HEADERS6 = AT_UDP6 + PACKET_UDP,
};

/* Why a packet of IPv4 is none of ours; packet_read has seen that it is not. Some of its first 14 bytes are there. */
static enum packet_result explain_ipv4(const uint8_t *ip, size_t length) {
    if (length < PACKET_IPV4) return PACKET_SHORT;
    size_t total = bytes_read16(ip + 2), header = (size_t)(ip[0] & 0xf) * 4;
    if (ip[0] >> 4 != 4 || header < PACKET_IPV4 || total < header) return PACKET_BAD_IP;
    if (total > length) return PACKET_SHORT;
    if (header > PACKET_IPV4) return PACKET_OPTIONS;
    if ((bytes_read16(ip + 6) & ~DONT_FRAGMENT) != 0) return PACKET_FRAGMENT;
    return ip[9] != PROTOCOL_UDP ? PACKET_OTHER_PROTOCOL : PACKET_SHORT;
}

static enum packet_result explain_ipv6(const uint8_t *ip, size_t length) {
    if (length < PACKET_IPV6) return PACKET_SHORT;
    if (ip[0] >> 4 != 6) return PACKET_BAD_IP;
    if (bytes_read16(ip + 4) > length - PACKET_IPV6) return PACKET_SHORT;
    switch (ip[6]) { /* IANA, "IPv6 extension header types" */
    case PROTOCOL_UDP: return PACKET_SHORT;
    case 44: return PACKET_FRAGMENT;
    case 0:   /* hop-by-hop options */
    case 43:  /* routing */
    case 50:  /* ESP */
    case 51:  /* authentication */
    case 60:  /* destination options */
    case 135: /* mobility */
    case 139: /* HIP */
    case 140: /* shim6 */
    case 253: /* two for experiments */
    case 254: return PACKET_OPTIONS;
    default: return PACKET_OTHER_PROTOCOL;
    }
}

static enum packet_result explain(const uint8_t *bytes, size_t length) {
    if (length < PACKET_ETHERNET) return PACKET_SHORT;
    switch (bytes_read16(bytes + AT_TYPE)) {
    case ETHERTYPE_IPV4: return explain_ipv4(bytes + AT_IP, length - AT_IP);
    case ETHERTYPE_IPV6: return explain_ipv6(bytes + AT_IP, length - AT_IP);
    default: return PACKET_OTHER_PROTOCOL;
    }
}

static void read_macs(const uint8_t *bytes, struct packet *packet) {
    memcpy(packet->destination_mac, bytes, 6);
    memcpy(packet->source_mac, bytes + 6, 6);
}

/*
 * Its port is left to read_udp. Written where it is to stand: an endpoint that is made beside it and copied is loaded
 * wider than it was stored, for which the processor waits (40 cycles a packet were measured).
 */
static void read_address(const uint8_t *from, size_t length, struct endpoint *endpoint) {
    uint64_t words[2] = {0};
    memcpy(words, from, length);
    memcpy(endpoint->address, words, sizeof words);
    endpoint->family = length == 4 ? 4 : 6;
    endpoint->zero = 0;
}

/* UDP's header, behind an IP header that was checked and says that `length` bytes of UDP follow. */
static enum packet_result read_udp(const uint8_t *udp, size_t length, struct packet *packet) {
    if (bytes_read16(udp + 4) != length || bytes_read16(udp + 6) == 0) return PACKET_BAD_UDP;
    packet->source.port = bytes_read16(udp);
    packet->destination.port = bytes_read16(udp + 2);
    packet->payload = (uint16_t)(length - PACKET_UDP);
    return PACKET_OK;
}

/* Ethernet's type, version and header length in one word; flags, offset and protocol in another. All 42 bytes are
 * there. */
static bool is_plain_ipv4(const uint8_t *bytes) {
    uint32_t begin = bytes_read32(bytes + AT_TYPE) & 0xffffff00u;
    uint32_t middle = bytes_read32(bytes + AT_IP + 6) & 0xbfff00ffu; /* without don't-fragment and time to live */
    return ((begin ^ 0x08004500u) | (middle ^ PROTOCOL_UDP)) == 0;
}

static enum packet_result read_ipv4(const uint8_t *bytes, size_t length, struct packet *packet) {
    size_t total = bytes_read16(bytes + AT_IP + 2);
    if (total - PACKET_IPV4 - PACKET_UDP > length - HEADERS4) return explain(bytes, length); /* below 0 is above too */
    if (sum_fold(sum_bytes(bytes + AT_IP, PACKET_IPV4, 0)) != 0xffff) return PACKET_BAD_SUM;
    read_macs(bytes, packet);
    read_address(bytes + AT_ADDRESSES4, 4, &packet->source);
    read_address(bytes + AT_ADDRESSES4 + 4, 4, &packet->destination);
    packet->headers = HEADERS4;
    return read_udp(bytes + AT_UDP4, total - PACKET_IPV4, packet);
}

/* Without traffic class and flow label. All 62 bytes are there. */
static bool is_plain_ipv6(const uint8_t *bytes) {
    return (bytes_read32(bytes + AT_TYPE) & 0xfffff000u) == 0x86dd6000u && bytes[AT_IP + 6] == PROTOCOL_UDP;
}

static enum packet_result read_ipv6(const uint8_t *bytes, size_t length, struct packet *packet) {
    size_t udp = bytes_read16(bytes + AT_IP + 4);
    if (udp - PACKET_UDP > length - HEADERS6) return explain(bytes, length);
    read_macs(bytes, packet);
    read_address(bytes + AT_ADDRESSES6, 16, &packet->source);
    read_address(bytes + AT_ADDRESSES6 + 16, 16, &packet->destination);
    packet->headers = HEADERS6;
    return read_udp(bytes + AT_UDP6, udp, packet);
}

enum packet_result packet_read(const uint8_t *bytes, size_t length, struct packet *packet) {
    if (length >= HEADERS4 && is_plain_ipv4(bytes)) return read_ipv4(bytes, length, packet);
    if (length >= HEADERS6 && is_plain_ipv6(bytes)) return read_ipv6(bytes, length, packet);
    return explain(bytes, length);
}

/* Of UDP with its pseudo header. The addresses stand right before UDP in both families: one run of bytes. */
static uint64_t udp_sum(const uint8_t *bytes, uint16_t headers, uint16_t payload) {
    size_t udp = (size_t)payload + PACKET_UDP, addresses = headers == HEADERS4 ? 8 : 32;
    const uint8_t *from = bytes + headers - PACKET_UDP - addresses;
    return sum_bytes(from, addresses + udp, sum_word(PROTOCOL_UDP) + sum_word((uint16_t)udp));
}

bool packet_payload_sum_is_right(const uint8_t *bytes, uint16_t headers, uint16_t payload) {
    return sum_fold(udp_sum(bytes, headers, payload)) == 0xffff;
}

bool packet_sum_is_right(const uint8_t *bytes, const struct packet *packet) {
    return packet_payload_sum_is_right(bytes, packet->headers, packet->payload);
}

bool packet_ipv4_sum_is_right(const uint8_t *bytes) {
    return sum_fold(sum_bytes(bytes + AT_IP, PACKET_IPV4, 0)) == 0xffff;
}

/* 0 would mean that there is none (RFC 768; RFC 8200, 8.1). */
static void write_udp_sum(uint8_t *udp, uint64_t sum) {
    uint16_t field = sum_field(sum);
    if (field == 0) field = 0xffff;
    memcpy(udp + 6, &field, sizeof field);
}

static void make_ipv4(struct packet_template *template, const struct endpoint *source,
                      const struct endpoint *destination) {
    uint8_t *ip = template->bytes + AT_IP;
    bytes_write16(template->bytes + AT_TYPE, ETHERTYPE_IPV4);
    ip[0] = 4 << 4 | PACKET_IPV4 / 4;
    /* A packet that is never fragmented needs no identification (RFC 6864). */
    bytes_write16(ip + 6, DONT_FRAGMENT);
    ip[8] = TIME_TO_LIVE;
    ip[9] = PROTOCOL_UDP;
    memcpy(ip + 12, source->address, 4);
    memcpy(ip + 16, destination->address, 4);
    template->length = HEADERS4;
    template->ip_sum = sum_fold(sum_bytes(ip, PACKET_IPV4, 0));
}

static void make_ipv6(struct packet_template *template, const struct endpoint *source,
                      const struct endpoint *destination) {
    uint8_t *ip = template->bytes + AT_IP;
    bytes_write16(template->bytes + AT_TYPE, ETHERTYPE_IPV6);
    ip[0] = 6 << 4;
    ip[6] = PROTOCOL_UDP;
    ip[7] = TIME_TO_LIVE;
    memcpy(ip + 8, source->address, 16);
    memcpy(ip + 24, destination->address, 16);
    template->length = HEADERS6;
}

void packet_template_make(struct packet_template *template, const uint8_t source_mac[6],
                          const uint8_t destination_mac[6], const struct endpoint *source,
                          const struct endpoint *destination) {
    *template = (struct packet_template){0};
    memcpy(template->bytes, destination_mac, 6);
    memcpy(template->bytes + 6, source_mac, 6);
    if (source->family == 6)
        make_ipv6(template, source, destination);
    else
        make_ipv4(template, source, destination);
    uint8_t *udp = template->bytes + template->length - PACKET_UDP;
    bytes_write16(udp, source->port);
    bytes_write16(udp + 2, destination->port);
    size_t addresses = source->family == 6 ? 32 : 8;
    /* The ports are added as they are, so that packet_write can take them out again. */
    uint64_t sum = sum_word(PROTOCOL_UDP) + sum_word(source->port) + sum_word(destination->port);
    template->udp_sum = (uint32_t)(sum + sum_fold(sum_bytes(udp - addresses, addresses, 0)));
}

/* Of one family each, so that the copy's length is known to the compiler. */
static void write_ip(const struct packet_template *template, uint8_t *bytes, size_t udp) {
    if (template->length == HEADERS4) {
        memcpy(bytes, template->bytes, HEADERS4);
        uint16_t total = (uint16_t)(udp + PACKET_IPV4), field = sum_field(template->ip_sum + sum_word(total));
        bytes_write16(bytes + AT_IP + 2, total);
        memcpy(bytes + AT_IP + 10, &field, sizeof field);
    } else {
        memcpy(bytes, template->bytes, HEADERS6);
        bytes_write16(bytes + AT_IP + 4, (uint16_t)udp);
    }
}

/* The template with its lengths. Answers the sum of the pseudo header and UDP's ports. */
static uint64_t write_lengths(const struct packet_template *template, uint8_t *bytes, size_t payload) {
    size_t length = payload + PACKET_UDP;
    write_ip(template, bytes, length);
    bytes_write16(bytes + template->length - PACKET_UDP + 4, (uint16_t)length);
    return template->udp_sum + sum_word((uint16_t)length);
}

void packet_write_apart(const struct packet_template *template, uint8_t *bytes, size_t payload, uint64_t sum) {
    sum += write_lengths(template, bytes, payload);
    sum += sum_word((uint16_t)(payload + PACKET_UDP)); /* in the pseudo header and in UDP's own */
    write_udp_sum(bytes + template->length - PACKET_UDP, sum);
}

void packet_write(const struct packet_template *template, uint8_t *bytes, size_t payload, bool udp_sum) {
    if (udp_sum) return packet_write_apart(template, bytes, payload, sum_bytes(bytes + template->length, payload, 0));
    uint64_t sum = write_lengths(template, bytes, payload);
    uint8_t *udp = bytes + template->length - PACKET_UDP;
    uint16_t field = sum_fold(sum - sum_word(bytes_read16(udp)) - sum_word(bytes_read16(udp + 2)));
    memcpy(udp + 6, &field, sizeof field);
}

static void swap(uint8_t *a, uint8_t *b, size_t length) {
    uint8_t kept[16];
    memcpy(kept, a, length);
    memcpy(a, b, length);
    memcpy(b, kept, length);
}

void packet_turn(uint8_t *bytes, uint16_t headers) {
    swap(bytes, bytes + 6, 6);
    if (headers == HEADERS4) {
        swap(bytes + AT_ADDRESSES4, bytes + AT_ADDRESSES4 + 4, 4);
        swap(bytes + AT_UDP4, bytes + AT_UDP4 + 2, 2);
    } else {
        swap(bytes + AT_ADDRESSES6, bytes + AT_ADDRESSES6 + 16, 16);
        swap(bytes + AT_UDP6, bytes + AT_UDP6 + 2, 2);
    }
}

void packet_sum_grow(uint8_t *bytes, uint16_t headers, uint16_t grown) {
    uint8_t *udp = bytes + headers - PACKET_UDP;
    uint16_t field;
    memcpy(&field, udp + 6, sizeof field);
    write_udp_sum(udp, (uint64_t)(uint16_t)~field + sum_word(grown));
}

const char *packet_result_name(enum packet_result result) {
    static const char *const NAMES[PACKET_RESULTS] = {
        [PACKET_OTHER_PROTOCOL] = "other_protocol",
        [PACKET_OPTIONS] = "ip_options",
        [PACKET_FRAGMENT] = "fragment",
        [PACKET_SHORT] = "short",
        [PACKET_BAD_IP] = "bad_ip",
        [PACKET_BAD_SUM] = "bad_checksum",
        [PACKET_BAD_UDP] = "bad_udp",
    };
    return NAMES[result];
}
