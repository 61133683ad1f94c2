#!/usr/bin/env bash
# Peers come, go and change under two nodes on a memif pair, which need no root: the two exchange all the time, gamma stands in
# lists and is not there. At last both are validators, and go over to a chain without gamma at the same slot.
. "$(dirname "$0")/story.sh"

# peers_of NAME TEXT: the list, as one change of the file. peer NAME INDEX: a table of it.
peer() { printf '\n[[network.peers]]\nname = "%s"\naddress = "10.78.0.%s"\nport = 30900\nmac = "52:54:00:d1:00:0%s"\n' "$1" "$2" "$2"; }
peers_of() {
    { sed '/^\[\[network.peers\]\]/,$d' "$WORK/$1/config.toml"; echo "$2"; } >"$WORK/$1/new"
    mv "$WORK/$1/new" "$WORK/$1/config.toml"
}
taken() { grep -c 'changes\? \(is\|are\) taken' "$WORK/$1/log"; }
taken_more() { (($(taken "$1") > $2)); }
takes() { # takes NAME: its file, and says so
    local before pid=PID_$1
    before=$(taken "$1")
    kill -HUP "${!pid}"
    until_true 20 taken_more "$1" "$before"
}
state_is() { [[ $(value "$2" /pantheon/peers "$3" state) == "$1" ]]; }

write_pair alpha beta 1 server
write_pair beta alpha 2 client
start_pair
check "alpha is connected to beta" until_true 30 state_is connected alpha beta
twenty() {
    local i
    for i in 1 2 3 4 5 6 7 8 9 10; do
        peers_of alpha "$(peer beta 2)$(peer gamma "$((i % 2 + 3))")$(peer a-first 0)" # beta's index is 0, and 1
        takes alpha || return 1
        peers_of alpha "$(peer beta 2)"
        takes alpha || return 1
    done
}
check "twenty lists in a row are taken" twenty
check "beta is connected as it was" state_is connected alpha beta
check "they go on" hears alpha beta
check "both ways" hears beta alpha
for one in "alpha beta" "beta alpha"; do
    read -r name other <<<"$one"
    check "$name lost nothing of $other" test "$(value "$name" /pantheon/peers "$other" lost)" = 0
    check "$name got nothing twice" test "$(value "$name" /pantheon/peers "$other" duplicated)" = 0
    check "no number was stale to $name" test "$(value "$name" /pantheon/drops stale)" = 0
done
grep -o 'frames waited for .*' "$WORK/alpha/log" | sort -t' ' -k4 -n | sed -n '1s/^/# shortest: /p; $s/^/# longest: /p'
peers_of alpha "$(peer gamma 3)"
check "alpha takes a list without beta" takes alpha
strangers=$(value alpha /pantheon/drops unknown_sender)
check "whose frames are a stranger's" until_true 5 at_least $((strangers + 10)) alpha /pantheon/drops unknown_sender
peers_of alpha "$(peer beta 2)$(peer gamma 3)"
check "alpha takes beta in again" takes alpha
check "their handshake comes up" until_true 20 state_is connected alpha beta
check "and they exchange" hears alpha beta
sed -i 's/^listen_port = .*/listen_port = 30901/' "$WORK/alpha/config.toml"
peers_of alpha "$(peer beta 2)"
kill -HUP "$PID_alpha"
check "beside a change that needs a restart no list is taken" until_true 10 grep -qF \
    'the old one stays: 1 of 2 changes needs a restart' "$WORK/alpha/log"
check "and gamma stays" state_is pending alpha gamma
kill -TERM "$PID_alpha" "$PID_beta"
check "SIGTERM ends alpha with 0" exits "$PID_alpha" 10 0
check "SIGTERM ends beta with 0" exits "$PID_beta" 10 0
check "no buffer was left in a port" bash -c "! grep 'did not come back' '$WORK'/*/log"

# many N: tables of so many who are not there.
many() {
    python3 - "$1" <<'PY'
import sys
for i in range(int(sys.argv[1])):
    print(f'\n[[network.peers]]\nname = "p{i}"\naddress = "10.79.{i // 250}.{i % 250 + 1}"\nport = 30900\nmac = "52:54:00:d1:00:03"')
PY
}
write_pair alpha beta 1 server
write_pair beta alpha 2 client
sed -i 's/-m 256/-m 32/' "$WORK/alpha/dpdk.conf"
sed -i 's/^max_peers = .*/max_peers = 100000/' "$WORK/alpha/config.toml"
start_pair
check "alpha has little memory, and hears beta" until_true 30 at_least 10 alpha /pantheon/peers beta received
peers_of alpha "$(peer beta 2)$(many 20000)"
check "it takes a list of 20,001 peers" takes alpha
peers_of alpha "$(peer beta 2)$(many 24000)"
kill -HUP "$PID_alpha"
check "and refuses one of 24,001, which has no room beside it" until_true 20 grep -qF \
    'the old one stays: no memory for 24001 peers beside the 20001 that there are; give socket-mem more, or restart' "$WORK/alpha/log"
check "which stays" test "$(value alpha /pantheon/node peers)" = 20001
peers_of alpha "$(peer beta 2)"
check "it takes a short one" takes alpha
peers_of alpha "$(peer beta 2)$(many 20000)"
check "and the long one again, since what was given back is there" takes alpha
check "all the time it heard beta" hears alpha beta
check "without a loss" test "$(value alpha /pantheon/peers beta lost)" = 0
kill -TERM "$PID_alpha" "$PID_beta"
check "SIGTERM ends alpha with 0" exits "$PID_alpha" 10 0
check "SIGTERM ends beta with 0" exits "$PID_beta" 10 0
(($(nproc) >= 2)) || exit 0

# validate NAME: a consensus thread beside the network thread, each on a CPU of its own.
validate() {
    local cpus
    cpus="$(first_cpus 1),$(first_cpus 2)"
    sed -i -E "s#-l [0-9]+#-l $cpus#" "$WORK/$1/dpdk.conf"
    sed -i -E "s/^cpu_cores = .*/cpu_cores = [$cpus]/; s/^consensus_threads = 0/consensus_threads = 1/" \
        "$WORK/$1/config.toml"
}
from_slot() { sed -n 's/^.*validator [01] of 2, from slot \([0-9]*\) on$/\1/p' "$WORK/$1/log"; }
write_pair alpha beta 1 server
write_pair beta alpha 2 client
validate alpha
validate beta
peers_of alpha "$(peer beta 2)$(peer gamma 3)"
peers_of beta "$(peer alpha 1)$(peer gamma 3)"
start_pair
check "with gamma they are three validators" until_true 30 grep -qF 'validator 1 of 3, slots of 400 ms' "$WORK/beta/log"
check "of which two complete each other's blocks" until_true 30 at_least 3 alpha /pantheon/consensus blocks_completed
check "and are no quorum" test "$(value alpha /pantheon/consensus slots_confirmed)" = 0
while (($(date +%s%3N) / 400 % 32 > 16)); do sleep 0.2; done # early in an era, so that both are told within one
peers_of alpha "$(peer beta 2)"
peers_of beta "$(peer alpha 1)"
kill -HUP "$PID_alpha" "$PID_beta"
check "both take a list without gamma" until_true 10 bash -c "grep -q 'of 2, from slot' '$WORK/alpha/log' && grep -q 'of 2, from slot' '$WORK/beta/log'"
check "from the same slot on" test "$(from_slot alpha)" = "$(from_slot beta)"
for name in alpha beta; do
    check "$name confirms slots then" until_true 30 at_least 3 $name /pantheon/consensus slots_confirmed
    check "$name never disagreed who is who" test \
        "$(value $name /pantheon/consensus forged_leader)$(value $name /pantheon/consensus other_sender)" = 00
    ask $name /pantheon/consensus | sed "s/^/# $name: /"
done
kill -TERM "$PID_alpha" "$PID_beta"
check "SIGTERM ends alpha with 0" exits "$PID_alpha" 10 0
check "SIGTERM ends beta with 0" exits "$PID_beta" 10 0
