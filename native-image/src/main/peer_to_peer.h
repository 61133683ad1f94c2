#ifndef PANTHEON_MAIN_PEER_TO_PEER_H
#define PANTHEON_MAIN_PEER_TO_PEER_H

#include "main/plane.h"

/*
 * The thread of the peer-to-peer layer (application/peer_thread.h), of both backends: plane->peer_thread, NULL without
 * peers. max_pending_peers, connection_timeout and protocol_version of config.toml are its own.
 */

/* The workers are made. */
bool peer_to_peer_make(struct plane *plane, struct failure *why);

/* What is handed over between a worker and it; `most` datagrams at a time, or less. */
struct handoff_settings peer_to_peer_handoff(unsigned most);

/* For handshake_move: made for so many peers. NULL where there is no memory. */
struct handshake *peer_to_peer_room(const struct plane *plane, uint32_t peers);

bool peer_to_peer_start(struct plane *plane, struct failure *why);

/* The limits of another configuration, while it runs. */
void peer_to_peer_take_over(struct plane *plane, const struct configuration *configuration);

/* Once a second: a line for each peer that was refused, lost or found again. */
void peer_to_peer_say(struct plane *plane);

/* For the status line: `3 of 4 peers connected, `, or nothing. */
void peer_to_peer_status(const struct plane *plane, char *text, size_t room);

#endif
