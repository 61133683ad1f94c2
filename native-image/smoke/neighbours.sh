#!/usr/bin/env bash
# Peers whose MAC address nobody wrote find one another by ARP, and over IPv6 by NDP.
. "$(dirname "$0")/story.sh"

# Two nodes that know nothing of each other's cards.
exchange_by() {
    start_pair
    check "$1: alpha counts frames of beta" until_true 30 at_least 30 alpha /pantheon/peers beta received
    check "$1: beta counts frames of alpha" until_true 30 at_least 30 beta /pantheon/peers alpha received
    check "$1: alpha asks for one host" test "$(value alpha /pantheon/neighbours asked)" = 1
    check "$1: and knows it" test "$(value alpha /pantheon/neighbours known)" = 1
    check "$1: somebody has asked and been answered" \
        test $(($(value alpha /pantheon/neighbours answers) + $(value beta /pantheon/neighbours answers))) -ge 1
    check "$1: nothing was lost" test "$(value alpha /pantheon/peers beta lost)" = 0
    check "$1: what resolves addresses counts as no drop" test "$(value alpha /pantheon/drops other_protocol)" = 0
    check "$1: nor as malformed" test "$(value beta /pantheon/node malformed)" = 0
    ask alpha /pantheon/neighbours | sed 's/^/# alpha: /'
    ask beta /pantheon/neighbours | sed 's/^/# beta: /'
}
stop_pair() {
    kill -TERM "$PID_alpha" "$PID_beta"
    check "$1: alpha ends with 0" exits "$PID_alpha" 10 0
    check "$1: beta ends with 0" exits "$PID_beta" 10 0
    check "$1: no buffer was left in a port" bash -c "! grep 'did not come back' '$WORK'/*/log"
}

write_pair alpha beta 1 server
write_pair beta alpha 2 client
forget_macs alpha beta
exchange_by ARP

BEFORE=$(value alpha /pantheon/peers beta received)
kill -KILL "$PID_beta"
check "beta is gone" exits "$PID_beta" 10 137
sed -i 's/52:54:00:d1:00:02/52:54:00:d1:00:42/' "$WORK/beta/dpdk.conf"
start beta
check "beta comes back with another card and is found again" \
    until_true 60 at_least $((BEFORE + 30)) alpha /pantheon/peers beta received
check "alpha has looked twice before it believed it" at_least 1 alpha /pantheon/neighbours doubted
stop_pair ARP

write_pair alpha beta 1 server
write_pair beta alpha 2 client
forget_macs alpha beta
use_ipv6 alpha beta
exchange_by NDP
stop_pair NDP
