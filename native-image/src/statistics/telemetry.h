#ifndef PANTHEON_STATISTICS_TELEMETRY_H
#define PANTHEON_STATISTICS_TELEMETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "application/consensus_thread.h"
#include "exception/exception.h"
#include "peer_to_peer/handshake.h"
#include "port/bond.h"
#include "statistics/totals.h"

/*
 * Commands of our own on DPDK's telemetry socket, beside those of /ethdev/ (docs of each: /help,COMMAND):
 *
 *     /pantheon/node           {"version", "network_id", "uptime_seconds", "peers", "dropped", "malformed", "reloads",
 *                              "refused_reloads", "port_resets"}: configurations read again that were taken, and that were
 *                              not; cards that were reset under their ports (port/reset.h); and how many
 *                              peers are "unknown", "pending", "connected", "refused", "lost" (peer_to_peer/handshake.h)
 *     /pantheon/peers[,START]  {NAME: {"address", "state", "sent", "received", "lost", "late", "duplicated", "rtt_us"}};
 *                              `lost` counts datagrams, a peer that is lost has it for its state
 *     /pantheon/handshakes     {"hellos_sent", "answers_sent", "hellos_received", "answers_received", "malformed",
 *                              "unasked", "other_versions", "given_up", "losses", "send_refused"}, in its words
 *     /pantheon/drops          {REASON: frames}, every reason of protocol/drops.h, and "no_room"
 *     /pantheon/neighbours     {"asked", "known"}: hosts whose MAC address is asked for, and those that have told it;
 *                              frames of ARP and NDP by result (net/neighbours.h); "questions" and "answers" of ours;
 *                              "overrun": not learned from; "unresolved": datagrams for peers that were not known
 *     /pantheon/exception      {"open"}: 1 while there is an exception path; frames "to_kernel": handed over by workers,
 *                              "written" to the TAP, "refused" by it, "taken" from it, "too_long" for the port,
 *                              "from_kernel": sent; those that workers had no room for are in /pantheon/drops
 *     /pantheon/buffers        {"frames_0": {"size", "free"}}: buffers of each mempool. All but those that wait in rings are
 *                              free on a node that nobody sends to
 *     /pantheon/workers        {"0": {"lcore", "received", "transmitted", "rounds", "busy_rounds", "pauses"}}
 *     /pantheon/profile        {"enabled", "ticks_per_second", "0": {"rounds", "busy_rounds", "receive_cycles",
 *                              "receive_packets", and so on}} of each network thread, the stages of worker/stages.h
 *     /pantheon/bonding        {"active", "primary", "primary_link", "secondary", "secondary_link", "failovers", "returns",
 *                              "last_change"}: names of ports, links as UP or DOWN, and when the active port changed last,
 *                              in seconds since 1970, 0: never. Without a bond nothing
 *     /pantheon/consensus      {"validator", "validators", every counter of consensus/counters.h, and of the thread
 *                              (application/consensus_thread.h) "rounds", "busy_rounds", "pauses", "clock_back",
 *                              "confirmed", "transactions_proposed", "transactions_displaced", "transactions_expired"};
 *                              {} where this node is no validator
 *     /pantheon/transactions   {every count of transactions/counters.h}, over all threads
 *
 * An answer of DPDK is 16 KiB at most: /pantheon/peers gives 64 peers, from the START-th on, in the order of their
 * addresses. The names of peers are keys; DPDK allows letters, digits, `_` and `/` in them, so a hyphen is answered
 * as `_`.
 */
struct telemetry {
    const struct workers *workers;
    const struct exception *exception;
    const struct bond *bond; /* NULL: none */
    struct pools pools;
    const struct consensus_thread *consensus; /* NULL: none */
    const struct handshake *handshake;        /* NULL: there are no peers */
    const char *network_id;
    const struct counter *reloads, *refused_reloads, *port_resets;
    uint64_t ticks_per_second;
    uint64_t started_ns; /* CLOCK_MONOTONIC */
};

#define TELEMETRY_PEERS 64u

/* `telemetry` is read by EAL's telemetry thread until the process ends. False where a command cannot be had. */
bool telemetry_register(const struct telemetry *telemetry);

/* In between no command is at work, and who asks waits: what is counted may be exchanged. */
void telemetry_hold(void);
void telemetry_let_go(void);

/*
 * DPDK has no way to take a command back: after this the commands answer nothing, and none of them is at work any more.
 * Before the counters are freed.
 */
void telemetry_close(void);

#endif
