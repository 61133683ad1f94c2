#!/usr/bin/env bash
# With an exception path the kernel behind a port is reached as if the card were its own: ping and TCP go from one TAP to
# the other through two data planes, which exchange their own frames all the while. Each node has a network namespace;
# needs root, skipped without.
. "$(dirname "$0")/story.sh"
two_kernels
# kernels ADDRESSES…: what the operator does once there is a TAP, of alpha's first.
kernels() {
    local space index=1 address set_how
    for space in "$ALPHA" "$BETA"; do
        for address in "$@"; do
            [[ $address == *:* ]] && set_how=nodad || set_how=
            inside "$space" ip address add "${address/HOST/$index}" dev pantheon0 $set_how
        done
        index=$((index + 1))
    done
}
start_both() {
    start_in "$ALPHA" alpha
    until_true 30 memif_listens
    start_in "$BETA" beta
    until_true 30 grep -q ready "$WORK/alpha/log"
    until_true 30 grep -q ready "$WORK/beta/log"
}
write_pair alpha beta 1 server
write_pair beta alpha 2 client
forget_macs alpha beta
with_exception_path alpha beta
start_both
kernels 10.78.0.HOST/24 fd00:78::HOST/64
check "the TAP has the port's address" bash -c "nsenter --net=/proc/$ALPHA/ns/net ip link show pantheon0 | grep -q 52:54:00:d1:00:01"
check "and the port's MTU" bash -c "nsenter --net=/proc/$ALPHA/ns/net ip link show pantheon0 | grep -q 'mtu 1500'"
check "alpha's kernel pings beta's" inside "$ALPHA" ping -c 5 -i 0.2 -W 5 10.78.0.2
grep rtt "$WORK/check" | sed 's/^/# /'
check "with frames of full length" inside "$ALPHA" ping -c 2 -W 5 -M do -s 1472 10.78.0.2
check "and fragments of longer ones" inside "$ALPHA" ping -c 2 -W 5 -s 8000 10.78.0.2
check "over IPv6 too, by the kernels' own NDP" inside "$BETA" ping -c 3 -i 0.2 -W 5 fd00:78::1
check "also by link-local addresses" inside "$BETA" ping -c 1 -W 5 "fe80::5054:ff:fed1:1%pantheon0"

# A kernel answers for its closed ports; the data plane's own port is not its business.
closed() {
    inside "$ALPHA" python3 - "$1" <<'PYTHON'
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(3)
s.connect(("10.78.0.2", int(sys.argv[1])))
s.send(b"anybody there?")
try:
    s.recv(1)
except ConnectionRefusedError:
    print("refused")
except TimeoutError:
    print("nothing")
PYTHON
}
check "who sends to a closed port of UDP is told so" test "$(closed 4242)" = refused
check "who sends to the node's own port hears nothing" test "$(closed 30900)" = nothing
check "and is a sender that nobody knows" until_true 5 at_least 1 beta /pantheon/drops unknown_sender

# megabyte FROM TO ADDRESS: over TCP, with what came compared with what was sent.
cat >"$WORK/megabyte.py" <<'PYTHON'
import hashlib, socket, sys
data = bytes(range(256)) * 4096
if sys.argv[1] == "take":
    s = socket.create_server((sys.argv[2], 8080))
    c = s.accept()[0]
    c.settimeout(30)
    got = b"".join(iter(lambda: c.recv(65536), b""))
    sys.exit(hashlib.sha256(got).digest() != hashlib.sha256(data).digest())
with socket.create_connection((sys.argv[2], 8080), timeout=30) as s:
    s.sendall(data)
PYTHON
nsenter --net="/proc/$BETA/ns/net" python3 "$WORK/megabyte.py" take 10.78.0.2 &
TAKER=$!
STARTED+=("$TAKER")
until_true 10 bash -c "nsenter --net=/proc/$BETA/ns/net ss -ltn | grep -q 8080"
check "a megabyte is sent over TCP" inside "$ALPHA" python3 "$WORK/megabyte.py" give 10.78.0.2
check "and arrives whole" exits "$TAKER" 30 0

check "the data planes exchange frames all the while" until_true 30 at_least 30 alpha /pantheon/peers beta received
check "and lose none" test "$(value beta /pantheon/peers alpha lost)" = 0
check "nothing was malformed" test "$(value beta /pantheon/node malformed)" = 0
check "nothing was dropped as another protocol" test "$(value alpha /pantheon/drops other_protocol)" = 0
ask alpha /pantheon/exception | sed 's/^/# alpha: /'
ask beta /pantheon/exception | sed 's/^/# beta: /'

check "the TAP is taken away" inside "$BETA" ip link del pantheon0
check "which beta says" until_true 5 grep -qF 'exception_path pantheon0: the interface was taken away' "$WORK/beta/log"
BEFORE=$(value alpha /pantheon/peers beta received)
check "and goes on without" until_true 30 at_least $((BEFORE + 20)) alpha /pantheon/peers beta received
kill -TERM "$PID_alpha" "$PID_beta"
check "alpha ends with 0" exits "$PID_alpha" 10 0
check "beta ends with 0" exits "$PID_beta" 10 0
check "no buffer was left in a port" bash -c "! grep 'did not come back' '$WORK'/*/log"
check "the TAP that alpha made is gone with it" bash -c "! nsenter --net=/proc/$ALPHA/ns/net ip link show pantheon0"
