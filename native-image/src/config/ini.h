#ifndef PANTHEON_CONFIG_INI_H
#define PANTHEON_CONFIG_INI_H

#include <stddef.h>

#include "config/document.h"
#include "config/report.h"

/*
 * Reads dpdk.conf. A strict subset of what goes by the name of INI:
 *
 *     [section]            once in a file; letters, digits and hyphens
 *     key = value          once in a section; the value is one line without `#`, never empty
 *     # comment            on a line of its own or behind a section or value
 *
 * No quotes, no continued lines, no `;` comments, no key before the first section. Why not one of Debian's libraries:
 * inih tells its caller no line numbers as Debian builds it, iniparser and rte_cfgfile neither tell them nor refuse
 * duplicates.
 *
 * Every mistake is reported and its line left out; reading goes on. `text` needs no zero behind it and may be freed
 * afterwards.
 */
void ini_read(const char *text, size_t length, struct document *document, struct report *report);

#endif
