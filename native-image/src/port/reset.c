#include "port/reset.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <rte_errno.h>

static uint32_t bit_of(uint16_t id) {
    return (uint32_t)1 << id;
}

/* EAL's interrupt thread. */
static int on_reset(uint16_t id, enum rte_eth_event_type event, void *argument, void *result) {
    struct reset *reset = argument;
    uint64_t one = 1;
    (void)event;
    (void)result;
    reset_put_back(reset, id);
    if (write(reset->wake, &one, sizeof one) != sizeof one) return 0; /* the control thread looks every second anyway */
    return 0;
}

bool reset_watch(struct reset *reset, struct failure *why) {
    *reset = (struct reset){.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    if (reset->wake < 0) return failed(why, "eventfd: %s", strerror(errno));
    if (rte_eth_dev_callback_register(RTE_ETH_ALL, RTE_ETH_EVENT_INTR_RESET, on_reset, reset) == 0) return true;
    return failed(why, "EAL takes no callback for ports that are reset: %s", rte_strerror(rte_errno));
}

bool reset_take(struct reset *reset, uint16_t id) {
    uint64_t events;
    /* Emptied before the question: what happens behind it wakes again. */
    if (read(reset->wake, &events, sizeof events) < 0) events = 0;
    return (atomic_fetch_and(&reset->of_ids, ~bit_of(id)) & bit_of(id)) != 0;
}

void reset_put_back(struct reset *reset, uint16_t id) {
    atomic_fetch_or(&reset->of_ids, bit_of(id));
}

void reset_unwatch(struct reset *reset) {
    rte_eth_dev_callback_unregister(RTE_ETH_ALL, RTE_ETH_EVENT_INTR_RESET, on_reset, reset);
    if (reset->wake >= 0) close(reset->wake);
    reset->wake = -1;
}
