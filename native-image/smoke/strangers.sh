#!/usr/bin/env bash
# A node counts and drops what is not its peers': another chain's frames, and peers that it does not know.
. "$(dirname "$0")/story.sh"

write_pair alpha beta 1 server
NETWORK_ID=another-chain write_pair beta alpha 2 client
start_pair
check "frames of another network are dropped" until_true 30 at_least 20 alpha /pantheon/drops other_network
check "and count for no peer" test "$(value alpha /pantheon/peers beta received)" = 0
check "and are no malformed ones" test "$(value alpha /pantheon/node malformed)" = 0
kill -TERM "$PID_alpha" "$PID_beta"
check "alpha ends" exits "$PID_alpha" 10 0
check "beta ends" exits "$PID_beta" 10 0

write_pair alpha beta 1 server
sed -i 's/^address = .*/address = "10.78.0.9"/' "$WORK/alpha/config.toml"
write_pair beta alpha 2 client
start_pair
check "frames of a sender that is no peer are dropped" until_true 30 at_least 20 alpha /pantheon/drops unknown_sender
check "and never answered" test "$(value beta /pantheon/peers alpha rtt_us)" = 0
check "a node's own probes to the absent peer are for nobody" until_true 30 at_least 20 beta /pantheon/drops not_for_us
