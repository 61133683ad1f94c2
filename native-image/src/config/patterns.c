#include "config/patterns.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static const char DIGITS[] = "0123456789";
static const char HEXADECIMAL[] = "0123456789abcdef";
static const char LOWERCASE[] = "abcdefghijklmnopqrstuvwxyz";
static const char CAPITALS_AND_DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
static const char LETTERS_AND_DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/* Takes `least` to `most` characters of `set`. */
static bool take(const char **at, const char *set, size_t least, size_t most) {
    size_t length = 0;
    while (length < most && (*at)[length] != '\0' && strchr(set, (*at)[length]) != NULL) length++;
    *at += length;
    return length >= least;
}

static bool take_one(const char **at, char c) {
    if (**at != c) return false;
    (*at)++;
    return true;
}

static bool all_of(const char *text, const char *set, const char *more) {
    for (; *text != '\0'; text++)
        if (strchr(set, *text) == NULL && strchr(more, *text) == NULL) return false;
    return true;
}

bool pattern_word(const char *text) {
    return text[0] != '\0' && strchr(LETTERS_AND_DIGITS, text[0]) != NULL && strlen(text) <= 128 &&
           all_of(text, LETTERS_AND_DIGITS, "._:/-");
}

bool pattern_name(const char *text) {
    size_t length = strlen(text);
    return length >= 1 && length <= 63 && all_of(text, LOWERCASE, "0123456789-") && text[0] != '-' &&
           text[length - 1] != '-';
}

bool pattern_interface(const char *text) {
    bool letter = text[0] != '\0' && strchr(LETTERS_AND_DIGITS, text[0]) != NULL && (text[0] < '0' || text[0] > '9');
    return letter && strlen(text) <= 15 && all_of(text, LETTERS_AND_DIGITS, "._-");
}

/* One part between slashes: not empty, not `.` or `..`. */
static bool is_part(const char *part, size_t length) {
    bool dots = (length == 1 || length == 2) && strspn(part, ".") >= length;
    return length > 0 && !dots;
}

bool pattern_path(const char *text) {
    if (text[0] != '/' || strlen(text) > 255 || !all_of(text, LETTERS_AND_DIGITS, "._-/")) return false;
    for (const char *part = text + 1;; part++) {
        size_t length = strcspn(part, "/");
        if (!is_part(part, length)) return false;
        part += length;
        if (*part == '\0') return true;
    }
}

bool pattern_log_file(const char *text) {
    static const char folder[] = "/var/log/";
    return pattern_path(text) && strncmp(text, folder, sizeof folder - 1) == 0 &&
           strchr(text + sizeof folder - 1, '/') == NULL;
}

bool pattern_pci(const char *text) {
    return take(&text, HEXADECIMAL, 4, 4) && take_one(&text, ':') && take(&text, HEXADECIMAL, 2, 2) &&
           take_one(&text, ':') && take(&text, "01", 1, 1) && take(&text, HEXADECIMAL, 1, 1) && take_one(&text, '.') &&
           take(&text, "01234567", 1, 1) && *text == '\0';
}

bool pattern_vdev(const char *text) {
    return strncmp(text, "net_", 4) == 0 && strlen(text) < 64 && all_of(text, LETTERS_AND_DIGITS, "_-");
}

bool pattern_variable(const char *text, struct pattern_variable *variable) {
    *variable = (struct pattern_variable){0};
    if (!take_one(&text, '$') || strchr(DIGITS, *text) != NULL) return false;
    size_t length = strcspn(text, "[");
    if (length == 0 || length >= PATTERN_VARIABLE_NAME) return false;
    memcpy(variable->name, text, length);
    if (!all_of(variable->name, CAPITALS_AND_DIGITS, "_")) return false;
    text += length;
    if (*text == '\0') return true;
    const char *digits = text + 1;
    text++;
    if (!take(&text, DIGITS, 1, 2) || !take_one(&text, ']') || *text != '\0') return false;
    while (*digits != ']') variable->index = variable->index * 10 + (unsigned)(*digits++ - '0');
    return true;
}

bool pattern_rss_key(const char *text) {
    if (strcmp(text, "auto") == 0) return true;
    size_t length = strlen(text);
    return (length == 80 || length == 104) && all_of(text, HEXADECIMAL, "");
}

bool pattern_number(const char *text, uint32_t *number) {
    const char *at = text;
    if (!take(&at, DIGITS, 1, 9) || *at != '\0') return false;
    *number = 0;
    for (at = text; *at != '\0'; at++) *number = *number * 10 + (uint32_t)(*at - '0');
    return true;
}

static uint8_t hexadecimal(char c) {
    return (uint8_t)(strchr(HEXADECIMAL, c) - HEXADECIMAL);
}

bool pattern_mac(const char *text, uint8_t bytes[6]) {
    uint8_t any = 0;
    for (int i = 0; i < 6; i++) {
        const char *pair = text;
        if (!take(&text, HEXADECIMAL, 2, 2) || (i < 5 && !take_one(&text, ':'))) return false;
        bytes[i] = (uint8_t)(hexadecimal(pair[0]) << 4 | hexadecimal(pair[1]));
        any |= bytes[i];
    }
    return *text == '\0' && any != 0 && (bytes[0] & 1) == 0;
}

/* Four numbers of a byte each, without leading zeros. */
static bool take_ipv4(const char **text, uint8_t bytes[4]) {
    for (int i = 0; i < 4; i++) {
        const char *part = *text;
        if (!take(text, DIGITS, 1, 3) || (i < 3 && !take_one(text, '.'))) return false;
        unsigned number = 0;
        size_t length = strspn(part, DIGITS);
        for (size_t digit = 0; digit < length; digit++) number = number * 10 + (unsigned)(part[digit] - '0');
        if (number > 255 || (length > 1 && part[0] == '0')) return false;
        bytes[i] = (uint8_t)number;
    }
    return true;
}

bool pattern_ipv4(const char *text, uint8_t bytes[4]) {
    return take_ipv4(&text, bytes) && *text == '\0' && bytes[0] != 0 && bytes[0] != 127 && bytes[0] < 224;
}

bool pattern_ipv4_and_port(const char *text, uint8_t bytes[4], uint16_t *port) {
    uint32_t number;
    if (!take_ipv4(&text, bytes) || !take_one(&text, ':') || text[0] == '0') return false;
    if (!pattern_number(text, &number) || number < 1024 || number > UINT16_MAX) return false;
    *port = (uint16_t)number;
    return true;
}

bool pattern_listen(const char *text) {
    uint8_t bytes[4];
    uint16_t port;
    return pattern_ipv4_and_port(text, bytes, &port) || (pattern_path(text) && strlen(text) <= 107);
}

static bool is_link_local(const uint8_t bytes[16]) {
    return bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80;
}

/* As the C library would write it: it keeps to RFC 5952 but for addresses that hold one of IPv4, which are no host's.
 */
static bool read_ipv6(const char *text, uint8_t bytes[16]) {
    char shortest[INET6_ADDRSTRLEN];
    return inet_pton(AF_INET6, text, bytes) == 1 && inet_ntop(AF_INET6, bytes, shortest, sizeof shortest) != NULL &&
           strcmp(text, shortest) == 0 && bytes[0] != 0 && bytes[0] != 0xff;
}

bool pattern_ipv6(const char *text, uint8_t bytes[16]) {
    return read_ipv6(text, bytes) && !is_link_local(bytes);
}

bool pattern_address(const char *text, struct endpoint *address) {
    uint8_t bytes[16];
    if (pattern_ipv4(text, bytes))
        *address = endpoint_ipv4(bytes, 0);
    else if (pattern_ipv6(text, bytes))
        *address = endpoint_ipv6(bytes, 0);
    else
        return false;
    return true;
}

bool pattern_router(const char *text, struct endpoint *address) {
    uint8_t bytes[16];
    if (pattern_address(text, address)) return true;
    if (!read_ipv6(text, bytes)) return false;
    *address = endpoint_ipv6(bytes, 0);
    return true;
}
