# What every story of this folder starts with: `. "$(dirname "$0")/story.sh"`.
#
# A story is one behaviour of two or three processes on this machine, told in TAP. It needs no root, no hugepages and no
# card: ports are net_memif's (a socket between two processes), memory is --no-huge. It ends only what it started.

set -u
NODE=${NODE:?names the program, build/src/pantheon-node}
SMOKE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
WORK=$(mktemp -d)
CASES=0
FAILED=0
STARTED=()
trap end_story EXIT

# One line of TAP each; what the command said, and the ends of the nodes' logs, where it is false.
check() { # check SENTENCE COMMAND…
    local sentence=$1
    shift
    CASES=$((CASES + 1))
    if "$@" >"$WORK/check" 2>&1; then
        echo "ok $CASES - $sentence"
    else
        FAILED=$((FAILED + 1))
        echo "not ok $CASES - $sentence"
        sed 's/^/# /' "$WORK/check"
        tail -n 20 "$WORK"/*/log 2>/dev/null | sed 's/^/# /'
    fi
}

# skip WHY: where this machine cannot tell the story.
skip() {
    CASES=1
    echo "ok 1 - skipped: $1 # SKIP"
    exit 0
}

end_story() {
    local pid
    for pid in "${STARTED[@]}"; do kill -KILL "$pid" 2>/dev/null; done
    wait 2>/dev/null
    rm -rf "$WORK"
    echo "1..$CASES"
    exit $((FAILED > 0))
}

# write_pair NAME PEER INDEX ROLE: config.toml and dpdk.conf of one end of a memif pair. MORE_EAL adds arguments.
# INDEX is 1 or 2: 10.78.0.INDEX and 52:54:00:d1:00:0INDEX, as in the lab.
#
# forget_macs NAME…: without `mac` of the peers, ARP and NDP have to find it. use_ipv6 NAME…: fd00:78::INDEX instead.
forget_macs() {
    local name
    for name in "$@"; do sed -i '/^mac = /d' "$WORK/$name/config.toml"; done
}
use_ipv6() {
    local name
    for name in "$@"; do
        sed -i 's/"10\.78\.0\./"fd00:78::/; s/^listen_port/ipv6_enabled = true\nlisten_port/' "$WORK/$name/config.toml"
    done
}
write_pair() {
    local name=$1 peer=$2 index=$3 role=$4 other=$((3 - $3)) cpu
    cpu=$(first_cpus $((index)))
    mkdir -p "$WORK/$name"
    cat >"$WORK/$name/dpdk.conf" <<CONF
[global]
eal-args = -l $cpu -n 4 --proc-type=primary --no-huge --no-pci -m 256 --vdev=net_memif0,role=$role,id=0,socket=$WORK/memif.sock,socket-abstract=no,mac=52:54:00:d1:00:0$index ${MORE_EAL:-}

[memory]
hugepage-size = 2M
num-hugepages = 128
socket-mem = 256

[ports]
num-ports = 1
port-0-pci = net_memif0
port-0-queues = 1
port-0-rx-desc = 512
port-0-tx-desc = 512

[performance]
rx-queues-per-port = 1
tx-queues-per-port = 1
burst-size = 32
mempool-cache-size = 256
mempool-size = 4095

[advanced]
enable-jumbo-frames = false
max-rx-pkt-len = 1518
enable-hw-checksum = true
enable-rss = false
rss-hash-key = auto
CONF
    cat >"$WORK/$name/config.toml" <<CONF
[network]
dpdk_enabled = true
dpdk_config = "$WORK/$name/dpdk.conf"
max_peers = 500
max_pending_peers = 100
connection_timeout = ${CONNECTION_TIMEOUT:-30}
protocol_version = "${PROTOCOL_VERSION:-1.0}"
network_id = "${NETWORK_ID:-pantheon-smoke}"
listen_address = "10.78.0.$index"
listen_port = 30900

[network.dpdk]
poll_mode = "${POLL_MODE:-adaptive}"
cpu_cores = [$cpu]
rx_ring_size = 512
tx_ring_size = 512
burst_size = 32
rss_enabled = false
rss_queues = 1
zero_copy_enabled = true
direct_io_enabled = true

[performance]
network_threads = 1
consensus_threads = 0
tx_pool_threads = 0

[[network.peers]]
name = "$peer"
address = "10.78.0.$other"
port = 30900
mac = "52:54:00:d1:00:0$other"
CONF
}

# add_bond NAME FIRST SECOND: a second port that is like the first, and [bonding] over the two.
add_bond() {
    local conf="$WORK/$1/dpdk.conf"
    sed -i -e 's/^num-ports = 1/num-ports = 2/' \
        -e "s/^port-0-pci = .*/port-0-pci = $2\nport-1-pci = $3/; s/^port-0-\([a-z-]*\) = \([0-9]*\)\$/&\nport-1-\1 = \2/" "$conf"
    cat >>"$conf" <<CONF

[bonding]
enabled = true
mode = active-backup
primary-port = $2
secondary-port = $3
link-monitor-interval = 100
CONF
}

# write_two_wires NAME PEER INDEX ROLE SOCKET: a pair with a bond whose first wire ends at SOCKET; its second port has
# another MAC address. lay_wire lays the first one, between relay.sock and memif.sock: kill WIRE to cut it.
write_two_wires() {
    MORE_EAL="--vdev=net_memif1,role=$4,id=1,socket=$WORK/second.sock,socket-abstract=no,mac=52:54:00:d1:01:0$3" \
        write_pair "$1" "$2" "$3" "$4"
    sed -i "s|$WORK/memif.sock|$5|" "$WORK/$1/dpdk.conf"
    add_bond "$1" net_memif0 net_memif1
}
lay_wire() {
    rm -f "$WORK/relay.sock"
    python3 "$SMOKE/memif_relay.py" "$WORK/relay.sock" "$WORK/memif.sock" &
    WIRE=$!
    STARTED+=("$WIRE")
    until_true 10 listens "$WORK/relay.sock"
}

# The N-th CPU that this process may run on, the last one where there are fewer.
first_cpus() {
    python3 -c 'import os,sys; c=sorted(os.sched_getaffinity(0)); print(c[min(int(sys.argv[1]), len(c))-1])' "$1"
}

# start NAME [OPTION…]: the node in the background, its lines in $WORK/NAME/log, its process in PID_NAME.
start() {
    local name=$1
    shift
    mkdir -p "$WORK/$name/run"
    RUNTIME_DIRECTORY="$WORK/$name/run" "$NODE" --config "$WORK/$name/config.toml" "$@" >"$WORK/$name/log" 2>&1 &
    STARTED+=($!)
    printf -v "PID_$name" %s $!
}

# make_space NAME: a network namespace, held by a process whose number is in NAME. Needs root.
make_space() {
    unshare --net sleep 1000 &
    STARTED+=($!)
    printf -v "$1" %s $!
    until_true 5 bash -c "[[ \$(readlink /proc/$!/ns/net) != \$(readlink /proc/$$/ns/net) ]]"
}
# inside SPACE COMMAND…
inside() { nsenter --net="/proc/$1/ns/net" "${@:2}"; }
# start_in SPACE NAME [OPTION…]: as start, in that namespace.
start_in() {
    local space=$1 name=$2
    shift 2
    mkdir -p "$WORK/$name/run"
    # Not by `inside`: a function in the background is a shell of its own, and $! would be that one's.
    RUNTIME_DIRECTORY="$WORK/$name/run" nsenter --net="/proc/$space/ns/net" \
        "$NODE" --config "$WORK/$name/config.toml" "$@" >"$WORK/$name/log" 2>&1 &
    STARTED+=($!)
    printf -v "PID_$name" %s $!
}

# two_kernels: a namespace for each of two nodes, ALPHA and BETA, in which there can be TAPs; skips where there cannot.
# with_exception_path NAME…: what is not theirs goes to the TAP pantheon0 of their kernels.
two_kernels() {
    unshare --net true 2>/dev/null && [[ -w /dev/net/tun ]] || skip "no network namespace or TAP can be made"
    make_space ALPHA
    make_space BETA
}
with_exception_path() {
    local name
    for name in "$@"; do sed -i 's/^listen_port/exception_path = "pantheon0"\nlisten_port/' "$WORK/$name/config.toml"; done
}

# start_pair: alpha, then beta. net_memif's client tries to connect once, when its port starts, so it comes second.
start_pair() {
    start alpha
    until_true 30 memif_listens
    start beta
}
# listens PATH [PID]: the fourth field of a socket's line is its flags; 00010000 (__SO_ACCEPTCON) is one that listens. PID is
# in the network namespace in which it does. memif's listens before its port is started, and sends away who comes that early.
listens() {
    awk -v path="$1" '$8 == path && $4 == "00010000" { found = 1 } END { exit !found }' "/proc/${2:-self}/net/unix"
}
memif_listens() { listens "$WORK/memif.sock" "$PID_alpha" && at_least 1 alpha /ethdev/info,0 dev_started; }

# until_true SECONDS COMMAND…: true as soon as the command is, false after the time.
until_true() {
    local end=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        ((SECONDS < end)) || return 1
        sleep 0.1
    done
}

# exits PID SECONDS CODE: the process ends in time, with this code.
exits() {
    local code
    until_true "$2" gone "$1" || { echo "still there after $2 s"; return 1; }
    wait "$1"
    code=$?
    [[ $code == "$3" ]] || { echo "ended with $code, not $3"; return 1; }
}
gone() { ! kill -0 "$1" 2>/dev/null || [[ $(ps -o stat= -p "$1") == Z* ]]; }

# ask NAME COMMAND: telemetry's answer as JSON. value NAME COMMAND KEY…: one value of it.
ask() { python3 "$SMOKE/telemetry.py" "$WORK/$1/run/dpdk/rte/dpdk_telemetry.v2" "$2"; }
value() {
    local name=$1 command=$2
    shift 2
    python3 "$SMOKE/telemetry.py" "$WORK/$name/run/dpdk/rte/dpdk_telemetry.v2" "$command" "$@"
}
at_least() { # at_least N NAME COMMAND KEY…
    local least=$1 found
    shift
    found=$(value "$@") || return 1
    echo "$* is $found"
    ((found >= least))
}
bonding_is() { # bonding_is VALUE NAME KEY: of /pantheon/bonding
    local found
    found=$(value "$2" /pantheon/bonding "$3") || return 1
    echo "$2's $3 is $found"
    [[ $found == "$1" ]]
}
# peer NAME ADDRESS: a table of config.toml, without mac.
peer() { printf '\n[[network.peers]]\nname = "%s"\naddress = "%s"\nport = 30900\n' "$1" "$2"; }
# peers_of NAME TEXT: the list, as one change of the file.
peers_of() {
    { sed '/^\[\[network.peers\]\]/,$d' "$WORK/$1/config.toml"; echo "$2"; } >"$WORK/$1/new"
    mv "$WORK/$1/new" "$WORK/$1/config.toml"
}
takes() { # takes LINE: alpha reads its files again, takes them, and says that
    local before
    before=$(grep -c 'changes\? \(is\|are\) taken' "$WORK/alpha/log")
    kill -HUP "$PID_alpha"
    until_true 10 taken_more "$before" && { [[ -z $1 ]] || grep -qF "$1" "$WORK/alpha/log"; }
}
taken_more() { (($(grep -c 'changes\? \(is\|are\) taken' "$WORK/alpha/log") > $1)); }
hears() { # hears NAME PEER: ten frames more than now, within five seconds
    local more
    more=$(($(value "$1" /pantheon/peers "$2" received) + 10))
    until_true 5 at_least "$more" "$1" /pantheon/peers "$2" received
}
