#!/usr/bin/env bash
# Two nodes, each a validator with a consensus thread: each proposes blocks in its slots, completes the other's, and the
# votes of both are counted. SIGTERM ends them in the middle of it.
. "$(dirname "$0")/story.sh"
if (($(nproc) < 2)); then
    skip "one CPU"
fi

# validate NAME: a consensus thread beside the network thread, each on a CPU of its own.
validate() {
    local cpus
    cpus="$(first_cpus 1),$(first_cpus 2)"
    sed -i -E "s#-l [0-9]+#-l $cpus#" "$WORK/$1/dpdk.conf"
    sed -i -E "s/^cpu_cores = .*/cpu_cores = [$cpus]/; s/^consensus_threads = 0/consensus_threads = 1/" \
        "$WORK/$1/config.toml"
}
write_pair alpha beta 1 server
write_pair beta alpha 2 client
validate alpha
validate beta
start_pair

check "alpha says which validator it is" until_true 30 grep -qF 'validator 0 of 2, slots of 400 ms' "$WORK/alpha/log"
check "beta says it too" until_true 30 grep -qF 'validator 1 of 2, slots of 400 ms' "$WORK/beta/log"
for name in alpha beta; do
    check "$name proposes blocks" until_true 30 at_least 3 $name /pantheon/consensus blocks_proposed
    check "$name completes the other's" until_true 30 at_least 3 $name /pantheon/consensus blocks_completed
    check "$name counts votes" until_true 30 at_least 4 $name /pantheon/consensus votes_counted
    check "$name confirms slots" until_true 30 at_least 2 $name /pantheon/consensus slots_confirmed
    check "$name hears of slots that the other confirmed" until_true 30 at_least 4 $name /pantheon/consensus confirmed
    check "$name takes every vote and shred for what it is" test \
        "$(value $name /pantheon/consensus forged_leader)$(value $name /pantheon/consensus other_sender)" = 00
    check "$name has no transaction to propose" test "$(value $name /pantheon/transactions transactions_received)" = 0
    ask $name /pantheon/consensus | sed "s/^/# $name: /"
done
threads_of() { cat "/proc/$1/task"/*/comm; }
check "the validator has a thread of its own" grep -qx consensus <(threads_of "$PID_alpha")

kill -TERM "$PID_alpha" "$PID_beta"
check "SIGTERM ends alpha with 0" exits "$PID_alpha" 10 0
check "SIGTERM ends beta with 0" exits "$PID_beta" 10 0
check "no buffer was left in a port" bash -c "! grep 'did not come back' '$WORK'/*/log"

write_pair alpha beta 1 server
write_pair beta alpha 2 client
validate beta
start_pair
check "a node that is no validator drops what is for one" until_true 30 at_least 1 alpha /pantheon/drops nobody_takes_it
check "and has nothing to tell about it" test "$(ask alpha /pantheon/consensus)" = '{}'
check "the other's blocks are not confirmed" test "$(value beta /pantheon/consensus slots_confirmed)" = 0
