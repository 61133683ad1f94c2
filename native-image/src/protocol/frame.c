#include "protocol/frame.h"

#include <string.h>

enum { ETHERTYPE_IPV4 = 0x0800, PROTOCOL_UDP = 17, DONT_FRAGMENT = 0x4000, TIME_TO_LIVE = 64, VERSION = 1 };
static const uint32_t MAGIC = 0x50414e54;

static uint16_t read16(const uint8_t *at) {
    return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t read32(const uint8_t *at) {
    return (uint32_t)read16(at) << 16 | read16(at + 2);
}

static uint64_t read64(const uint8_t *at) {
    return (uint64_t)read32(at) << 32 | read32(at + 4);
}

static void write16(uint8_t *at, uint16_t value) {
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void write32(uint8_t *at, uint32_t value) {
    write16(at, (uint16_t)(value >> 16));
    write16(at + 2, (uint16_t)value);
}

static void write64(uint8_t *at, uint64_t value) {
    write32(at, (uint32_t)(value >> 32));
    write32(at + 4, (uint32_t)value);
}

/* The Internet checksum's sum (RFC 1071), not folded yet. */
static uint32_t add_up(const uint8_t *bytes, size_t length, uint32_t sum) {
    for (; length > 1; bytes += 2, length -= 2) sum += read16(bytes);
    if (length == 1) sum += (uint32_t)bytes[0] << 8;
    return sum;
}

static uint16_t fold(uint32_t sum) {
    while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)sum;
}

/* Of UDP with its pseudo header: addresses, protocol and length. */
static uint16_t udp_sum(const uint8_t *ip, const uint8_t *udp, size_t udp_length) {
    uint32_t sum = add_up(ip + 12, 8, PROTOCOL_UDP + (uint32_t)udp_length);
    return fold(add_up(udp, udp_length, sum));
}

/* On success `*udp_length` bytes of UDP stand behind the header, all of them inside the frame. */
static enum frame_result check_ipv4(const uint8_t *ip, size_t length, size_t *udp_length) {
    if (length < FRAME_IPV4) return FRAME_SHORT;
    size_t total = read16(ip + 2), header = (size_t)(ip[0] & 0xf) * 4;
    if (ip[0] >> 4 != 4 || header < FRAME_IPV4 || total < header) return FRAME_BAD_IP;
    if (total > length) return FRAME_SHORT;
    if (header > FRAME_IPV4) return FRAME_OPTIONS;
    if ((read16(ip + 6) & ~DONT_FRAGMENT) != 0) return FRAME_FRAGMENT;
    if (ip[9] != PROTOCOL_UDP) return FRAME_OTHER_PROTOCOL;
    if (fold(add_up(ip, FRAME_IPV4, 0)) != 0xffff) return FRAME_BAD_SUM;
    *udp_length = total - header;
    return FRAME_OK;
}

enum frame_result frame_outer(const uint8_t *bytes, size_t length, struct frame *frame) {
    if (length < FRAME_ETHERNET) return FRAME_SHORT;
    if (read16(bytes + 12) != ETHERTYPE_IPV4) return FRAME_OTHER_PROTOCOL; /* the seam for IPv6 */
    const uint8_t *ip = bytes + FRAME_ETHERNET, *udp = ip + FRAME_IPV4;
    size_t udp_length = 0;
    enum frame_result result = check_ipv4(ip, length - FRAME_ETHERNET, &udp_length);
    if (result != FRAME_OK) return result;
    if (udp_length < FRAME_UDP) return FRAME_SHORT;
    if (read16(udp + 4) != udp_length) return FRAME_BAD_UDP;
    *frame = (struct frame){
        .source = endpoint_ipv4(ip + 12, read16(udp)),
        .destination = endpoint_ipv4(ip + 16, read16(udp + 2)),
        .udp_length = (uint16_t)udp_length,
    };
    memcpy(frame->destination_mac, bytes, 6);
    memcpy(frame->source_mac, bytes + 6, 6);
    return FRAME_OK;
}

static enum frame_result check_header(const uint8_t *header, size_t length) {
    if (length < 8) return FRAME_SHORT;
    if (read32(header) != MAGIC) return FRAME_BAD_MAGIC;
    if (header[4] != VERSION) return FRAME_BAD_VERSION;
    bool known = header[5] == FRAME_PROBE || header[5] == FRAME_REPLY;
    return known && read16(header + 6) == 0 && length == FRAME_HEADER ? FRAME_OK : FRAME_BAD_HEADER;
}

enum frame_result frame_inner(const uint8_t *bytes, struct frame *frame) {
    const uint8_t *ip = bytes + FRAME_ETHERNET, *udp = ip + FRAME_IPV4, *header = udp + FRAME_UDP;
    enum frame_result result = check_header(header, frame->udp_length - FRAME_UDP);
    if (result != FRAME_OK) return result;
    if (read16(udp + 6) == 0) return FRAME_BAD_UDP;
    if (udp_sum(ip, udp, FRAME_UDP + FRAME_HEADER) != 0xffff) return FRAME_BAD_SUM;
    frame->type = (enum frame_type)header[5];
    frame->network = read32(header + 8);
    frame->session = read32(header + 12);
    frame->sequence = read64(header + 16);
    frame->timestamp = read64(header + 24);
    return FRAME_OK;
}

static void build_ipv4(const struct frame *frame, uint8_t *ip) {
    ip[0] = 4 << 4 | FRAME_IPV4 / 4;
    ip[1] = 0;
    write16(ip + 2, FRAME_IPV4 + FRAME_UDP + FRAME_HEADER);
    write16(ip + 4, 0); /* a packet that is never fragmented needs no identification (RFC 6864) */
    write16(ip + 6, DONT_FRAGMENT);
    ip[8] = TIME_TO_LIVE;
    ip[9] = PROTOCOL_UDP;
    write16(ip + 10, 0);
    memcpy(ip + 12, frame->source.address, 4);
    memcpy(ip + 16, frame->destination.address, 4);
    write16(ip + 10, (uint16_t)~fold(add_up(ip, FRAME_IPV4, 0)));
}

static void build_udp(const struct frame *frame, const uint8_t *ip, uint8_t *udp) {
    write16(udp, frame->source.port);
    write16(udp + 2, frame->destination.port);
    write16(udp + 4, FRAME_UDP + FRAME_HEADER);
    write16(udp + 6, 0);
    uint16_t sum = (uint16_t)~udp_sum(ip, udp, FRAME_UDP + FRAME_HEADER);
    write16(udp + 6, sum == 0 ? 0xffff : sum); /* 0 would mean that there is none (RFC 768) */
}

void frame_build(const struct frame *frame, uint8_t bytes[FRAME_LENGTH]) {
    uint8_t *ip = bytes + FRAME_ETHERNET, *udp = ip + FRAME_IPV4, *header = udp + FRAME_UDP;
    memcpy(bytes, frame->destination_mac, 6);
    memcpy(bytes + 6, frame->source_mac, 6);
    write16(bytes + 12, ETHERTYPE_IPV4);
    build_ipv4(frame, ip);
    write32(header, MAGIC);
    header[4] = VERSION;
    header[5] = (uint8_t)frame->type;
    write16(header + 6, 0);
    write32(header + 8, frame->network);
    write32(header + 12, frame->session);
    write64(header + 16, frame->sequence);
    write64(header + 24, frame->timestamp);
    build_udp(frame, ip, udp);
}

uint32_t frame_network(const char *network_id) {
    uint32_t hash = 2166136261u;
    for (; *network_id != '\0'; network_id++) hash = (hash ^ (uint8_t)*network_id) * 16777619u;
    return hash;
}
