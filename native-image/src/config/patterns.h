#ifndef PANTHEON_CONFIG_PATTERNS_H
#define PANTHEON_CONFIG_PATTERNS_H

#include <stdbool.h>
#include <stdint.h>

#include "net/endpoint.h"

/* What the texts of the two files must look like; the twins of components/fleet/schema-data-plane.ts and host/nics.ts.
 */

/* A letter or digit, then letters, digits and `. _ : / -`; 128 at most. */
bool pattern_word(const char *text);

/* A name of a node: lowercase letters, digits and hyphens within; 63 at most. */
bool pattern_name(const char *text);

/* A network interface that can be made: a letter, then letters, digits and `. _ -`; 15 at most (IFNAMSIZ less its zero). */
bool pattern_interface(const char *text);

/* Absolute, of letters, digits and `. _ -` between slashes, without `.` and `..`. */
bool pattern_path(const char *text);

/* A file directly under /var/log. */
bool pattern_log_file(const char *text);

/* `0000:01:10.0`: with its domain, lowercase. */
bool pattern_pci(const char *text);

/* A virtual device as EAL names it: `net_memif0`. */
bool pattern_vdev(const char *text);

/* `$NAME`, or `$NAME[2]`: an item of an environment variable (placement.h). */
#define PATTERN_VARIABLE_NAME 128u
struct pattern_variable {
    char name[PATTERN_VARIABLE_NAME];
    unsigned index;
};
bool pattern_variable(const char *text, struct pattern_variable *variable);

/* `auto`, or 40 or 52 bytes as lowercase hexadecimal digits. */
bool pattern_rss_key(const char *text);

/* Whole decimal number without sign, of nine digits at most. */
bool pattern_number(const char *text, uint32_t *number);

/* Lowercase, of one network card (not a group address, not all zeros). */
bool pattern_mac(const char *text, uint8_t bytes[6]);

/* An address that one host can have: not 0.0.0.0, not loopback, not multicast, not broadcast. */
bool pattern_ipv4(const char *text, uint8_t bytes[4]);

/*
 * The same of IPv6, in lowercase and as short as can be (RFC 5952), so that one address is one text: not ::/8, where
 * the loopback and IPv4's addresses in IPv6 are, not multicast, not link-local, which means nothing without its
 * interface.
 */
bool pattern_ipv6(const char *text, uint8_t bytes[16]);

/* One of the two, as an endpoint of port 0. */
bool pattern_address(const char *text, struct endpoint *address);

/* A router's: link-local too, since routers of IPv6 are told so (RFC 4861, 4.2). */
bool pattern_router(const char *text, struct endpoint *address);

/* `127.0.0.1:9464`: any address to listen at, loopback and 0.0.0.0 too, with a port that needs no privilege (1024 on).
 */
bool pattern_ipv4_and_port(const char *text, uint8_t bytes[4], uint16_t *port);

/* That, or a pattern_path that a Unix socket can have: 107 bytes (unix(7)). */
bool pattern_listen(const char *text);

#endif
