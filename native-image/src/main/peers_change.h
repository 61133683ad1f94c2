#ifndef PANTHEON_MAIN_PEERS_CHANGE_H
#define PANTHEON_MAIN_PEERS_CHANGE_H

#include "main/plane.h"

/*
 * Another list of peers under a plane that runs, of both backends: processes, ports, sockets and what is kept of the
 * peers that stay go on. Peers are known by their endpoints; one whose address changes is gone, and another is new.
 *
 *     1  all tables are made for the next list, beside the old ones (main/peer_tables.h)
 *     2  threads of applications come to a halt, then the workers (worker/halt.h): first without a pause, so that
 *        nobody waits for one that sleeps
 *     3  what stands in the rings between them is dealt with by the control thread in their place, under the old
 *        indices: nothing that was received is lost
 *     4  states are moved over, the tables exchanged, indices that are kept elsewhere (pools, handshakes, trains of the
 *        kernel's, validators) are changed to the new ones
 *     5  all go on, the old tables are given back
 *
 * From 2 to 5 frames wait in the rings of the ports, or in sockets: some hundred microseconds, and more with many
 * thousands of peers. The handshakes' thread is halted before, alone, since its pause is longest.
 *
 * Our index of a peer may change, and it learns it with the next probe or reply; until then its hint (header.h) names
 * somebody else, and it is looked up.
 */

/* True where `configuration` names other peers than the plane has, or the same ones otherwise. */
bool peers_differ(const struct plane *plane, const struct configuration *configuration);

/* False where it cannot be, and nothing has changed: no memory, or a thread that does not come to a halt. */
bool peers_change(struct plane *plane, const struct configuration *configuration, struct failure *why);

#endif
