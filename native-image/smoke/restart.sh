#!/usr/bin/env bash
# A peer that crashes and comes back is counted on: nothing is lost by its new numbers, and its files do not keep it out.
. "$(dirname "$0")/story.sh"

write_pair alpha beta 1 server
write_pair beta alpha 2 client
start_pair
check "frames are exchanged" until_true 30 at_least 30 alpha /pantheon/peers beta received
kill -KILL "$PID_beta"
check "beta is gone" exits "$PID_beta" 10 137
BEFORE=$(value alpha /pantheon/peers beta received)
start beta
check "beta comes back and frames are exchanged again" until_true 40 at_least $((BEFORE + 30)) alpha /pantheon/peers beta received
LOST=$(value alpha /pantheon/peers beta lost)
check "its new numbers are no losses ($LOST lost)" test "$LOST" -lt 20
check "nothing is malformed" test "$(value alpha /pantheon/node malformed)" = 0
