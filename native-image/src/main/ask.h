#ifndef PANTHEON_MAIN_ASK_H
#define PANTHEON_MAIN_ASK_H

#include <jansson.h>
#include <stdbool.h>

#include "config/failure.h"

/*
 * The other end of DPDK's telemetry socket: a question is one message, its answer another, in JSON (SOCK_SEQPACKET;
 * "DPDK Telemetry User Guide"). jansson reads it: 20 kB in the compressed image, and Debian's DPDK asks for its
 * development package anyway.
 */
struct ask {
    int socket;
};

/* `runtime` is the node's RUNTIME_DIRECTORY. False where nobody answers there: no node runs. */
bool ask_open(struct ask *ask, const char *runtime, struct failure *why);

/*
 * What is answered to `/pantheon/peers,64`, a new reference (json_decref); JSON's null where the node does not know the
 * command yet. NULL where no answer comes within ASK_SECONDS, or one that is none.
 */
#define ASK_SECONDS 5
json_t *ask_for(struct ask *ask, const char *question, struct failure *why);

void ask_close(struct ask *ask);

#endif
