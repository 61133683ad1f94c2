#!/usr/bin/env bash
# An exception path beside a bond: the kernels of two nodes ping each other over the first wire, over the second one when
# the first is cut, and over the first again, and alpha's peers come, change and go over each of them, also while the wire is
# cut. memif's ports keep their own MAC addresses, so the kernels' cards change theirs.
# Each node has a network namespace; needs root, skipped without.
. "$(dirname "$0")/story.sh"
two_kernels
# begin NAME SPACE INDEX: a node, and what the operator gives its kernel: the node's address, one that only the kernel has,
# one of IPv6, and that it tells others when its card's address changes.
begin() {
    start_in "$2" "$1"
    until_true 30 inside "$2" ip link show pantheon0
    inside "$2" sysctl -qw net.ipv4.conf.pantheon0.arp_notify=1 net.ipv6.conf.pantheon0.ndisc_notify=1
    inside "$2" ip address add "10.78.0.$3/24" dev pantheon0
    inside "$2" ip address add "10.79.0.$3/24" dev pantheon0
    inside "$2" ip address add "fd00:79::$3/64" dev pantheon0 nodad
}
card_is() { inside "$1" ip link show pantheon0 | grep -q "$2"; } # card_is SPACE MAC
pings() { # pings SENTENCE: alpha's kernel, to each of beta's addresses; the first may be lost while it looks for beta
    local address
    for address in 10.78.0.2 10.79.0.2 fd00:79::2; do
        until_true 10 inside "$ALPHA" ping -c 1 -W 1 "$address"
        check "$1: alpha's kernel pings beta's at $address" inside "$ALPHA" ping -c 5 -i 0.2 -W 5 "$address"
    done
}

# pings_while SENTENCE COMMAND…: not one is lost meanwhile, of ten a second to beta's kernel.
pings_while() {
    local sentence=$1 pinging
    shift
    inside "$ALPHA" ping -q -i 0.1 -c 40 -W 5 10.79.0.2 >"$WORK/pings" &
    pinging=$!
    "$@"
    wait "$pinging"
    sed -n '/transmitted/s/^/# /p' "$WORK/pings"
    check "$sentence: alpha's kernel pings beta's all the while" grep -q ' 0% packet loss' "$WORK/pings"
}
# peers_become SENTENCE LINE TEXT: alpha's, beside beta, who goes on.
peers_become() {
    local lost
    lost=$(value alpha /pantheon/peers beta lost)
    peers_of alpha "$(peer beta 10.78.0.2)$3"
    check "$1: alpha takes it" takes "$2"
    check "$1: alpha hears beta" hears alpha beta
    check "$1: beta hears alpha" hears beta alpha
    check "$1: alpha lost nothing of beta" test "$(value alpha /pantheon/peers beta lost)" = "$lost"
}
write_two_wires alpha beta 1 server "$WORK/memif.sock"
write_two_wires beta alpha 2 client "$WORK/relay.sock"
with_exception_path alpha beta
forget_macs alpha beta
begin alpha "$ALPHA" 1
until_true 30 listens "$WORK/memif.sock" "$PID_alpha"
until_true 30 listens "$WORK/second.sock" "$PID_alpha"
lay_wire
begin beta "$BETA" 2
check "the data planes hear each other" until_true 30 hears alpha beta
check "the kernel's card has the primary's address" card_is "$ALPHA" 52:54:00:d1:00:01
pings "over the first wire"
pings_while "a peer comes over the first wire" \
    peers_become "a peer comes" "[[network.peers]] gamma: new, 10.78.0.9:30900" "$(peer gamma 10.78.0.9)"

kill -KILL "$WIRE"
wait "$WIRE" 2>/dev/null
check "the first wire is cut: alpha sends over its secondary" until_true 5 bonding_is net_memif1 alpha active
check "and so does beta" until_true 5 bonding_is net_memif1 beta active
check "the kernel's card has the secondary's address now" until_true 5 card_is "$ALPHA" 52:54:00:d1:01:01
pings "over the second wire"
check "the data planes hear each other still" hears alpha beta
pings_while "a peer changes over the second wire" \
    peers_become "a peer changes" "gamma: was 10.78.0.9:30900 without mac, is 10.78.0.8:30900 without mac" "$(peer gamma 10.78.0.8)"
check "which does not change the active port" bonding_is net_memif1 alpha active
check "nor the card's address" card_is "$ALPHA" 52:54:00:d1:01:01
ask alpha /pantheon/exception | sed 's/^/# alpha: /'

kill -TERM "$PID_beta"
check "beta ends with 0" exits "$PID_beta" 10 0
lay_wire
begin beta "$BETA" 2
check "both wires are back: alpha is on its primary again" until_true 30 bonding_is net_memif0 alpha active
check "and the kernel's card has its address" until_true 5 card_is "$ALPHA" 52:54:00:d1:00:01
pings "back on the first wire"
pings_while "a peer goes over the first wire" peers_become "a peer goes" "[[network.peers]] gamma: gone" ""

peers_of alpha "$(peer beta 10.78.0.2)$(peer delta 10.78.0.7)"
kill -KILL "$WIRE"
wait "$WIRE" 2>/dev/null
check "the wire is cut and a peer comes at once: alpha takes it" takes "[[network.peers]] delta: new, 10.78.0.7:30900"
check "alpha sends over its secondary" until_true 5 bonding_is net_memif1 alpha active
check "and hears beta" until_true 10 hears alpha beta
check "beta hears alpha" until_true 10 hears beta alpha
pings "over the second wire again"
kill -TERM "$PID_alpha" "$PID_beta"
check "alpha ends with 0" exits "$PID_alpha" 10 0
check "beta ends with 0" exits "$PID_beta" 10 0
check "no buffer was left in a port" bash -c "! grep 'did not come back' '$WORK'/*/log"
