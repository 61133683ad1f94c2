#!/usr/bin/env bash
# Two nodes say hello: of one protocol they are connected, and one that goes away is lost and found again; of two protocols
# both say so, and send no probes.
. "$(dirname "$0")/story.sh"

state_is() { # state_is STATE NAME PEER
    local found
    found=$(value "$2" /pantheon/peers "$3" state) || return 1
    echo "$3 is $found to $2"
    [[ $found == "$1" ]]
}
counts() { # counts N NAME STATE: of /pantheon/node
    [[ $(value "$2" /pantheon/node "$3") == "$1" ]]
}
grows() { # grows NAME COMMAND KEY…: within a second and a half
    local before
    before=$(value "$@")
    sleep 1.5
    (($(value "$@") > before))
}
stays() { ! grows "$@"; }
off_worker_cpu() { # off_worker_cpu PID: of its thread `peers`; true too where the process has only that CPU
    local task mine cpu
    cpu=$(sed -n 's/^cpu_cores = \[\(.*\)\]/\1/p' "$WORK/alpha/config.toml")
    for task in /proc/"$1"/task/*; do
        [[ $(cat "$task/comm") == peers ]] && mine=$(sed -n 's/^Cpus_allowed_list:\t//p' "$task/status")
    done
    echo "peers may run on ${mine:-nothing}, the worker on $cpu"
    [[ -n ${mine:-} && ($mine != "$cpu" || $(nproc) == 1) ]]
}
times() { # times N LINE NAME: a line stands so often in the log
    [[ $(grep -cF "$2" "$WORK/$3/log") == "$1" ]]
}

export CONNECTION_TIMEOUT=3
write_pair alpha beta 1 server
write_pair beta alpha 2 client
start_pair
check "alpha is connected to beta" until_true 20 state_is connected alpha beta
check "beta is connected to alpha" until_true 20 state_is connected beta alpha
check "alpha counts it" counts 1 alpha connected
check "no version was another" test "$(value alpha /pantheon/handshakes other_versions)" = 0
ask alpha /pantheon/handshakes | sed 's/^/# alpha: /'

kill -STOP "$PID_beta"
check "beta stands still: alpha says that it is lost" until_true 15 times 1 \
    'peer beta: lost, nothing was heard of it for connection_timeout' alpha
kill -CONT "$PID_beta"
check "beta goes on: it is connected again" until_true 20 state_is connected alpha beta
check "and alpha says so" until_true 5 times 1 'peer beta: connected again' alpha
kill -TERM "$PID_alpha" "$PID_beta"
check "SIGTERM ends alpha with 0" exits "$PID_alpha" 10 0
check "SIGTERM ends beta with 0" exits "$PID_beta" 10 0

write_pair alpha beta 1 server
PROTOCOL_VERSION=2.0 write_pair beta alpha 2 client
start_pair
check "beta speaks 2.0: alpha refuses it" until_true 20 state_is refused alpha beta
check "beta refuses alpha" until_true 20 state_is refused beta alpha
check "alpha says which version each speaks" until_true 5 times 1 \
    'peer beta: speaks protocol 2.0 and this node 1.0; it gets no probes until both have one protocol_version' alpha
check "beta says so too" until_true 5 times 1 \
    'peer alpha: speaks protocol 1.0 and this node 2.0; it gets no probes until both have one protocol_version' beta
check "alpha sends no more probes" stays alpha /pantheon/peers beta sent
check "it is counted" at_least 1 alpha /pantheon/handshakes other_versions
check "and greeted again after a while" until_true 10 grows alpha /pantheon/handshakes hellos_sent
check "the line stands there once" times 1 'speaks protocol' alpha

kill -TERM "$PID_beta"
check "beta ends" exits "$PID_beta" 10 0
write_pair beta alpha 2 client
start beta
check "beta is brought to 1.0: alpha is connected to it" until_true 20 state_is connected alpha beta
check "and sends probes again" grows alpha /pantheon/peers beta sent
kill -TERM "$PID_alpha" "$PID_beta"
check "SIGTERM ends alpha with 0" exits "$PID_alpha" 10 0
check "SIGTERM ends beta with 0" exits "$PID_beta" 10 0
# Without DPDK: both in one network namespace, whose loopback device has both addresses.
if unshare --net true 2>/dev/null && command -v ip >/dev/null; then
    make_space SPACE
    inside "$SPACE" ip link set lo up
    for i in 1 2; do inside "$SPACE" ip address add "10.78.0.$i/32" dev lo; done
    write_pair alpha beta 1 server
    PROTOCOL_VERSION=2.0 write_pair beta alpha 2 client
    for name in alpha beta; do
        sed -i 's/^dpdk_enabled = true/dpdk_enabled = false/' "$WORK/$name/config.toml"
        start_in "$SPACE" "$name"
    done
    check "without DPDK alpha says which version beta speaks" until_true 20 times 1 'peer beta: speaks protocol 2.0 and this node 1.0' alpha
    check "and beta which alpha speaks" until_true 20 times 1 'peer alpha: speaks protocol 1.0 and this node 2.0' beta
    check "its thread may not run on the worker's CPU" off_worker_cpu "$PID_alpha"
    kill -TERM "$PID_alpha" "$PID_beta"
    check "SIGTERM ends alpha with 0" exits "$PID_alpha" 10 0
    check "SIGTERM ends beta with 0" exits "$PID_beta" 10 0
fi
check "no buffer was left in a port" bash -c "! grep 'did not come back' '$WORK'/*/log"
