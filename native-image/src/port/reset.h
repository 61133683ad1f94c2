#ifndef PANTHEON_PORT_RESET_H
#define PANTHEON_PORT_RESET_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include <rte_ethdev.h>

#include "config/failure.h"

/*
 * Notices that a card was reset under its port, and only notices: EAL's interrupt thread writes down which one and wakes
 * the control thread, which makes the port anew (port_renew). A virtual function is reset with its physical one: whenever
 * that one's MTU is changed, it is set down and up, or its driver comes again. Its queues are gone then, no frame comes or
 * goes, and its link may well be up. The PMD tells by RTE_ETH_EVENT_INTR_RESET (igbvf and ixgbevf: the mailbox is not
 * clear to send any more; iavf, ENA: the device asks for it).
 */
struct reset {
    int wake;                /* an eventfd that becomes readable */
    _Atomic uint32_t of_ids; /* a bit for each of DPDK's ports */
};

static_assert(RTE_MAX_ETHPORTS <= 32, "a bit for each port");

/* Before the first port is started: none is missed. */
bool reset_watch(struct reset *reset, struct failure *why);

/* Whether port `id` was reset since the last time it was asked for. */
bool reset_take(struct reset *reset, uint16_t id);

/* It is to be taken again, later. */
void reset_put_back(struct reset *reset, uint16_t id);

void reset_unwatch(struct reset *reset);

#endif
