#!/usr/bin/env bash
# A service manager is told READY=1 only when the port has its link; without one the start is given up in time.
. "$(dirname "$0")/story.sh"

# manager SOCKET FILE: writes each message into FILE, a line each, until it is ended.
manager() {
    python3 -u - "$1" >"$2" <<'PYTHON' &
import socket, sys
path = sys.argv[1]
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("\0" + path[1:] if path[0] == "@" else path)
while True:
    print(s.recv(4096).decode().replace("\n", " "))
PYTHON
    STARTED+=($!)
}
listening() { [[ -S $1 ]] || grep -qF "$1" /proc/net/unix; }
told() { grep -qE "$2" "$WORK/$1.told"; }
not_told() { ! told "$@"; }

write_pair alpha beta 1 server
write_pair beta alpha 2 client
manager "$WORK/alpha.sock" "$WORK/alpha.told"
manager "@pantheon-smoke-$$" "$WORK/beta.told"
until_true 10 listening "$WORK/alpha.sock"
until_true 10 listening "@pantheon-smoke-$$"

export NOTIFY_SOCKET="$WORK/alpha.sock"
start alpha
check "alpha says what it waits for" until_true 30 told alpha 'STATUS=waiting for the link of port 0 \(net_memif0\), [0-9]+ s of 60'
check "and is not ready without link" not_told alpha READY=1
check "its lines carry levels for the journal" grep -qE '^<6>EAL' "$WORK/alpha/log"

export NOTIFY_SOCKET="@pantheon-smoke-$$"
start beta
check "alpha is ready once beta is there" until_true 30 told alpha 'READY=1 STATUS=0 of 1 peers connected, sent'
check "beta is ready too, told at an abstract name" until_true 30 told beta READY=1
check "the status tells what was counted" until_true 30 told alpha '^STATUS=1 of 1 peers connected, sent [1-9][0-9]*, received [1-9][0-9]*, lost 0$'

kill -TERM "$PID_beta"
check "beta says that it stops" until_true 10 told beta STOPPING=1
check "and ends with 0" exits "$PID_beta" 10 0
check "alpha stays, and says that its link is down" until_true 30 told alpha 'STATUS=link of port 0 \(net_memif0\) is down'
kill -INT "$PID_alpha"
check "SIGINT ends alpha with 0" exits "$PID_alpha" 10 0

unset NOTIFY_SOCKET
start alpha --link-seconds 2
check "a link that never comes ends with 1" exits "$PID_alpha" 30 1
check "and says which" grep -qF \
    'pantheon-node: port 0 (net_memif0, net_memif): no link after 2 s; plug it in, or set its physical function up' "$WORK/alpha/log"
start alpha
check "alpha waits for its link again" until_true 30 grep -q 'EAL: ' "$WORK/alpha/log"
kill -TERM "$PID_alpha"
check "SIGTERM ends a node that still waits" exits "$PID_alpha" 20 0
