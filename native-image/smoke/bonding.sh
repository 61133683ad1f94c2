#!/usr/bin/env bash
# Two nodes with two wires between them, the first of which is cut: both go on over the second one, and back again when the
# first one is there. memif's client connects once, when its port starts, so the wire comes back with a restart of beta.
. "$(dirname "$0")/story.sh"

write_two_wires alpha beta 1 server "$WORK/memif.sock"
write_two_wires beta alpha 2 client "$WORK/relay.sock"
start alpha
until_true 30 listens "$WORK/memif.sock"
until_true 30 listens "$WORK/second.sock"
lay_wire
start beta

check "alpha counts frames of beta" until_true 30 at_least 20 alpha /pantheon/peers beta received
check "beta counts frames of alpha" until_true 30 at_least 20 beta /pantheon/peers alpha received
check "alpha sends over its primary" bonding_is net_memif0 alpha active
check "and says what the bond is" grep -qF \
    'bonding: port 0 (net_memif0) with port 1 (net_memif1) as its backup, looked at every 100 ms' "$WORK/alpha/log"
check "its secondary has a link too" until_true 5 bonding_is UP alpha secondary_link
check "nothing has changed yet" bonding_is 0 alpha last_change

kill -KILL "$WIRE"
wait "$WIRE" 2>/dev/null
check "the wire is cut: alpha sends over its secondary" until_true 5 bonding_is net_memif1 alpha active
check "and so does beta" until_true 5 bonding_is net_memif1 beta active
check "alpha goes on hearing beta" hears alpha beta
check "beta goes on hearing alpha" hears beta alpha
check "alpha knows which link is down" bonding_is DOWN alpha primary_link
check "it counts one failover" bonding_is 1 alpha failovers
check "and knows when it was" test "$(($(date +%s) - $(value alpha /pantheon/bonding last_change)))" -le 30
check "a line says which link is down" grep -qF 'port 0 (net_memif0): link down' "$WORK/alpha/log"
check "another over which port it sends" grep -qF \
    'bonding: sends over port 1 (net_memif1) from now on; 1 failovers, 0 returns' "$WORK/alpha/log"
check "a health check goes on being content" \
    bash -c "'$NODE' health --runtime '$WORK/alpha/run' | tee /dev/stderr | grep -qxF 'healthy, but port 0 (net_memif0) has no link'"
echo "# alpha lost $(value alpha /pantheon/peers beta lost) frames, beta $(value beta /pantheon/peers alpha lost), of twenty a second"
ask alpha /pantheon/bonding | sed 's/^/# alpha: /'

kill -KILL "$PID_beta"
wait "$PID_beta" 2>/dev/null
check "without any link alpha says so" until_true 10 grep -qF 'bonding: neither port has a link' "$WORK/alpha/log"
lay_wire
start beta
check "both wires are back: alpha hears beta again" until_true 30 hears alpha beta
check "and is back on its primary" until_true 10 bonding_is net_memif0 alpha active
check "beta hears alpha" hears beta alpha

kill -TERM "$PID_alpha" "$PID_beta"
check "SIGTERM ends alpha with 0" exits "$PID_alpha" 10 0
check "SIGTERM ends beta with 0" exits "$PID_beta" 10 0
check "no buffer was left in a port" bash -c "! grep 'did not come back' '$WORK'/*/log"
