#ifndef PANTHEON_CONFIG_ADDRESSES_H
#define PANTHEON_CONFIG_ADDRESSES_H

#include <stdbool.h>

#include "config/config_toml.h"
#include "config/report.h"

/*
 * What the addresses of config.toml mean together: the node's own, their networks and routers, and its peers'. A part
 * of mistakes_find, and as it the twin of addressMistakes and peerMistakes in components/host/addresses.ts.
 */
void addresses_mistakes(const struct config_toml *config, struct report *report);

/*
 * Whether an address is on the link of the node's own, both of one family: reached without the gateway. Every one is
 * where no prefix is written.
 */
bool addresses_on_link(const struct listen_conf *listen, const struct endpoint *address);

#endif
