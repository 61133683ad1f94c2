#!/usr/bin/env bash
# Two nodes that were given one address: beta asks for a peer that is not there, and alpha hears with whose address.
. "$(dirname "$0")/story.sh"

write_pair alpha beta 1 server
write_pair beta alpha 2 client
forget_macs alpha beta
sed -i 's/^listen_address = .*/listen_address = "10.78.0.1"/; s/^address = .*/address = "10.78.0.9"/' "$WORK/beta/config.toml"
start_pair
check "a second node of one address is told by the first" until_true 30 grep -qF \
    "another card has this node's address" "$WORK/alpha/log"
kill -TERM "$PID_alpha" "$PID_beta"
check "alpha ends with 0" exits "$PID_alpha" 10 0
check "beta ends with 0" exits "$PID_beta" 10 0
