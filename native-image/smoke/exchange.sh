#!/usr/bin/env bash
# Two nodes exchange numbered frames and count them; SIGTERM ends both.
. "$(dirname "$0")/story.sh"

write_pair alpha beta 1 server
write_pair beta alpha 2 client
start_pair

check "alpha counts frames of beta" until_true 30 at_least 40 alpha /pantheon/peers beta received
check "beta counts frames of alpha" until_true 30 at_least 40 beta /pantheon/peers alpha received
check "alpha sent frames to beta" at_least 40 alpha /pantheon/peers beta sent
check "replies tell alpha the round trip" at_least 1 alpha /pantheon/peers beta rtt_us
check "nothing was lost" test "$(value alpha /pantheon/peers beta lost)" = 0
check "nothing was malformed" test "$(value beta /pantheon/node malformed)" = 0
check "a node says what it is" test "$(value alpha /pantheon/node network_id)" = pantheon-smoke
check "DPDK's own telemetry tells the link" test "$(value alpha /ethdev/link_status,0 status)" = UP
ask alpha /pantheon/peers | sed 's/^/# alpha: /'
ask beta /pantheon/peers | sed 's/^/# beta: /'
ask alpha /pantheon/workers | sed 's/^/# alpha: /'

kill -TERM "$PID_alpha" "$PID_beta"
check "SIGTERM ends alpha with 0" exits "$PID_alpha" 10 0
check "SIGTERM ends beta with 0" exits "$PID_beta" 10 0
check "no buffer was left in a port" bash -c "! grep 'did not come back' '$WORK'/*/log"
