#!/usr/bin/env bash
# `status` and `health` tell how a node is: not running, waiting for its link, healthy, without link.
. "$(dirname "$0")/story.sh"

told() { # told CODE OPTION…: what the program says lies in $WORK/told
    local code=$1 found
    shift
    "$NODE" "$@" --runtime "$WORK/alpha/run" >"$WORK/told" 2>&1
    found=$?
    cat "$WORK/told"
    ((found == code))
}
says() { grep -qE -- "$1" "$WORK/told"; }

write_pair alpha beta 1 server
write_pair beta alpha 2 client
check "a node that does not run is 69" told 69 status
check "and says where nobody answers" says '^not running: .*/dpdk_telemetry.v2: No such file or directory$'
check "health is 1 then" told 1 health

start alpha
until_true 30 memif_listens
check "a node that waits for its link is not healthy" until_true 10 told 1 health
check "and says so" says '^(not ready: it starts, or waits for its links|port 0 \(net_memif0\) has no link)$'

start beta
check "with its link it is healthy" until_true 30 told 0 health
check "and says so in one line" test "$(cat "$WORK/told")" = healthy
until_true 30 at_least 10 alpha /pantheon/peers beta received
connected() { [[ $(value alpha /pantheon/peers beta state) == connected ]]; }
until_true 30 connected
check "its status is a table of ports, peers, workers and drops" told 0 status
sed 's/^/# /' "$WORK/told"
check "the port is in it" says '^  net_memif0 +0  UP '
check "the peer is in it, and connected" says '^  beta +10\.78\.0\.2 +connected +[1-9]'
check "as JSON it is one object" bash -c "'$NODE' status --json --runtime '$WORK/alpha/run' | python3 -c '
import json, sys
status = json.load(sys.stdin)
sys.exit(not (status[\"healthy\"] and status[\"peers\"][\"beta\"][\"received\"] >= 10))'"

kill -TERM "$PID_beta"
exits "$PID_beta" 10 0
check "without its link it is not healthy" until_true 10 told 1 health
check "and says which port" says '^port 0 \(net_memif0\) has no link$'
kill -TERM "$PID_alpha"
check "SIGTERM ends alpha with 0" exits "$PID_alpha" 10 0
check "and nobody answers any more" told 69 status
