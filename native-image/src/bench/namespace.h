#ifndef PANTHEON_BENCH_NAMESPACE_H
#define PANTHEON_BENCH_NAMESPACE_H

#include <stdbool.h>

#include "config/failure.h"

/*
 * A network namespace of this process's own, and of those that it starts from then on: what the benchmark sends over lo
 * leaves nothing on the machine's own network, passes none of its firewall's rules, and can have any address. In it 10.77.0.0/16
 * and 10.78.0.0/16 are all local (a route of type local, "AnyIP").
 *
 * Needs root, or that users may make namespaces; and iproute2's `ip`. Before any thread is made.
 */
bool namespace_enter(struct failure *why);

#endif
