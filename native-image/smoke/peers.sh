#!/usr/bin/env bash
# Peers come, go and change under a node that runs: SIGHUP takes the list, and those that stay notice nothing. alpha is the
# node, over the kernel's sockets and over DPDK (AF_PACKET); beta stays, gamma comes, moves and goes, and a meter, which stays
# too, sends echoes all the time and counts what comes back. Needs root, and is skipped without.
. "$(dirname "$0")/story.sh"
if ! unshare --net true 2>/dev/null || ! command -v ip >/dev/null; then
    skip "no network namespace can be made, or iproute2 is missing"
fi

# plug SPACE INDEX [ADDRESS…]: a card on the switch in that namespace, with addresses of the kernel's.
plug() {
    local space=$1 index=$2 address
    inside "$SWITCH" ip link add "port$index" type veth peer name wire0 address "52:54:00:d1:00:0$index" netns "$space"
    inside "$SWITCH" ip link set "port$index" master bridge0 up
    inside "$space" sysctl -qw net.ipv6.conf.wire0.disable_ipv6=1
    inside "$space" ip link set lo up
    inside "$space" ip link set wire0 up
    write_sums "$space"
    for address in "${@:3}"; do inside "$space" ip address add "$address/24" dev wire0; done
}
# write_sums SPACE: its kernel sums what it sends, which a veth lets nobody do: AF_PACKET would get frames without sums. With
# SIOCETHTOOL and ETHTOOL_STXCSUM, since ethtool may not be there.
write_sums() {
    nsenter --net="/proc/$1/ns/net" python3 - <<'PY'
import array, fcntl, socket, struct
value = array.array("B", struct.pack("II", 0x17, 0))
fcntl.ioctl(socket.socket(), 0x8946, struct.pack("16sP", b"wire0", value.buffer_info()[0]) + bytes(16))
PY
}
# write_node NAME INDEX BACKEND: kernel, or dpdk over wire0; with metrics.
write_node() {
    write_pair "$1" nobody "$2" server
    sed -i "s/--vdev=net_memif0,[^ ]*/--vdev=net_af_packet0,iface=wire0/; s/net_memif0/net_af_packet0/" "$WORK/$1/dpdk.conf"
    sed -i "s/^\[performance\]/[network.limits]\nechoes = 1000000\n\n[metrics]\nlisten = \"${WORK//\//\\/}\/$1\/metrics.sock\"\n\n&/" \
        "$WORK/$1/config.toml"
    sed -i "s/^listen_address = .*/listen_address = \"10.78.0.$2\"/" "$WORK/$1/config.toml"
    [[ $3 == dpdk ]] || sed -i 's/^dpdk_enabled = true/dpdk_enabled = false/' "$WORK/$1/config.toml"
}
# two_threads NAME KEY VALUE: two CPUs, and another thread of that kind.
two_threads() {
    local cpus
    (($(nproc) >= 2)) || return 0
    cpus="$(first_cpus 0),$(first_cpus 1)"
    sed -i -E "s#-l [0-9]+#-l $cpus#" "$WORK/$1/dpdk.conf"
    sed -i -E "s/^cpu_cores = .*/cpu_cores = [$cpus]/; s/^$2 = .*/$2 = $3/" "$WORK/$1/config.toml"
    [[ $2 == network_threads ]] || return 0
    sed -i -E "s/^(port-0-queues|.x-queues-per-port) = 1/\1 = 2/; s/^enable-rss = false/enable-rss = true/" "$WORK/$1/dpdk.conf"
    sed -i -E "s/^rss_enabled = false/rss_enabled = true/; s/^rss_queues = 1/rss_queues = 2/" "$WORK/$1/config.toml"
}
# metric NAME SERIES: its value.
metric() {
    python3 - "$WORK/$1/metrics.sock" "$2" <<'PY'
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
s.sendall(b"GET /metrics HTTP/1.1\r\nHost: node\r\n\r\n")
answer = b""
while part := s.recv(65536):
    answer += part
for line in answer.decode().splitlines():
    name, _, value = line.rpartition(" ")
    if name == sys.argv[2]:
        sys.exit(print(int(float(value))))
sys.exit("no such series")
PY
}
more_than() { # more_than N NAME SERIES
    local found
    found=$(metric "$2" "$3") || return 1
    echo "$3 of $2 is $found"
    ((found > $1))
}
received_from() { echo "pantheon_peer_received_datagrams_total{peer=\"$1\"}"; }
lost_of() { echo "pantheon_peer_lost_datagrams{peer=\"$1\"}"; }
twice_of() { echo "pantheon_peer_duplicated_datagrams_total{peer=\"$1\"}"; }
dropped() { echo "pantheon_drops_total{reason=\"$1\"}"; }
goes_on() { # goes_on NAME PEER: ten frames more within five seconds
    until_true 5 more_than $(($(metric "$1" "$(received_from "$2")") + 9)) "$1" "$(received_from "$2")"
}
connected() { more_than $(($2 - 1)) "$1" 'pantheon_peers_in_state{state="connected"}'; }

story() { # story BACKEND
    local backend=$1 same more i
    for space in SWITCH ALPHA BETA GAMMA METER; do make_space $space; done
    inside "$SWITCH" ip link add bridge0 type bridge
    inside "$SWITCH" ip link set bridge0 up
    if [[ $backend == dpdk ]]; then plug "$ALPHA" 1; else plug "$ALPHA" 1 10.78.0.1; fi
    plug "$BETA" 2 10.78.0.2
    plug "$GAMMA" 3 10.78.0.3 10.78.0.13
    plug "$METER" 9 10.78.0.9
    write_node alpha 1 "$backend"
    write_node beta 2 kernel
    write_node gamma 3 kernel
    same="$(peer beta 10.78.0.2)$(peer meter 10.78.0.9)"
    if [[ $backend == dpdk ]]; then two_threads alpha tx_pool_threads 1; else two_threads alpha network_threads 2; fi
    peers_of alpha "$same"
    peers_of beta "$(peer alpha 10.78.0.1)"
    peers_of gamma "$(peer alpha 10.78.0.1)"
    start_in "$ALPHA" alpha
    start_in "$BETA" beta
    start_in "$GAMMA" gamma
    check "$backend: alpha is connected to beta" until_true 30 connected alpha 1
    check "$backend: gamma is a stranger to alpha" until_true 10 more_than 5 alpha "$(dropped unknown_sender)"
    inside "$METER" timeout 60 python3 "$SMOKE/echo_meter.py" 10.78.0.9:30900 10.78.0.1:30900 pantheon-smoke 1000 "$METER_SECONDS" \
        >"$WORK/meter" &
    local meter=$!

    peers_of alpha "$same$(peer gamma 10.78.0.3)"
    check "$backend: gamma comes: it is taken" takes "[[network.peers]] gamma: new, 10.78.0.3:30900"
    check "$backend: the handshake with gamma comes up" until_true 10 connected alpha 2
    check "$backend: alpha hears gamma" goes_on alpha gamma
    check "$backend: gamma hears alpha" goes_on gamma alpha
    check "$backend: the two go on" goes_on beta alpha
    peers_of alpha "$same$(peer gamma 10.78.0.13)"
    check "$backend: gamma's address changes: it is taken" takes "gamma: was 10.78.0.3:30900 without mac, is 10.78.0.13:30900 without mac"
    more=$(metric alpha "$(dropped unknown_sender)")
    check "$backend: from the old one it is a stranger" until_true 5 more_than $((more + 5)) alpha "$(dropped unknown_sender)"
    kill -TERM "$PID_gamma"
    check "$backend: gamma ends with 0" exits "$PID_gamma" 10 0
    sed -i 's/^listen_address = .*/listen_address = "10.78.0.13"/' "$WORK/gamma/config.toml"
    start_in "$GAMMA" gamma
    check "$backend: from the new one it is connected" until_true 10 connected alpha 2
    peers_of alpha "$same"
    check "$backend: gamma goes: it is taken" takes "[[network.peers]] gamma: gone"
    more=$(metric alpha "$(dropped unknown_sender)")
    check "$backend: and is a stranger" until_true 5 more_than $((more + 5)) alpha "$(dropped unknown_sender)"
    for i in 1 2 3 4 5 6 7 8 9 10; do
        peers_of alpha "$(peer a-first 10.78.0.$((i % 2 + 100)))$same$(peer gamma 10.78.0.13)"
        takes "" || break
        peers_of alpha "$same"
        takes "" || break
    done
    check "$backend: twenty lists in a row are taken" taken_more 22
    wait "$meter"
    sed "s/^/# $backend: /" "$WORK/meter"
    grep -o 'frames waited for .*' "$WORK/alpha/log" | sort -t' ' -k4 -n | sed -n '1s/^/# shortest: /p; $s/^/# longest: /p'
    check "$backend: no echo is missing, none came twice" grep -q ', 0 missing, 0 twice,' "$WORK/meter"
    check "$backend: alpha lost nothing of beta" test "$(metric alpha "$(lost_of beta)")" = 0
    check "$backend: beta lost nothing of alpha" test "$(metric beta "$(lost_of alpha)")" = 0
    check "$backend: no number came twice" test "$(metric beta "$(twice_of alpha)")$(metric alpha "$(twice_of beta)")" = 00
    check "$backend: no number was stale" test "$(metric alpha "$(dropped stale)")$(metric beta "$(dropped stale)")" = 00
    check "$backend: the process is the same" test "$(grep -c 'ready$' "$WORK/alpha/log")" = 1
    kill -TERM "$PID_alpha" "$PID_beta" "$PID_gamma"
    for i in alpha beta gamma; do
        more=PID_$i
        check "$backend: SIGTERM ends $i with 0" exits "${!more}" 10 0
    done
    check "$backend: no buffer was left" bash -c "! grep 'did not come back' '$WORK'/*/log"
}

METER_SECONDS=${METER_SECONDS:-15}
for backend in ${BACKENDS:-kernel dpdk}; do story "$backend"; done
