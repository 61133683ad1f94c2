#ifndef PANTHEON_CONFIG_TOML_H
#define PANTHEON_CONFIG_TOML_H

#include <stddef.h>

#include "config/document.h"
#include "config/report.h"

/*
 * Reads config.toml: the part of TOML 1.0 that it needs, each of it as TOML means it. What is outside is refused by
 * name, never read as something else:
 *
 *     [network.dpdk]       tables of bare keys, each once; [[network.peers]] as often as wanted
 *     key = "text"         basic strings with their escapes
 *     key = 12             whole decimal numbers
 *     key = true
 *     key = [2, 3]         lists of whole numbers, over several lines if wanted
 *     # comment
 *
 * Not known: literal and multi-line strings, floats, dates, other bases, lists of anything else, inline tables, dotted
 * and quoted keys. Why not a library: Debian has TOML for C++ (libtomlplusplus-dev, libtoml11-dev), none for C.
 *
 * Every mistake is reported and its line left out; reading goes on. `text` needs no zero behind it and may be freed
 * afterwards.
 */
void toml_read(const char *text, size_t length, struct document *document, struct report *report);

#endif
