#ifndef PANTHEON_WORKER_LIVE_H
#define PANTHEON_WORKER_LIVE_H

#include <stdbool.h>

#include "protocol/limit.h"
#include "protocol/reception.h"

/* What workers take over from a configuration that is read again while they run (worker/slots.h). */
struct live {
    struct reception_rates rates;
    struct limit_rate transactions;
    bool adaptive; /* poll_mode */
    bool profiled; /* enable_profiling */
};

#endif
