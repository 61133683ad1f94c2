#!/usr/bin/env bash
# A configuration that is wrong starts nothing; the command line says what is wrong with it.
. "$(dirname "$0")/story.sh"

ends_with() { # ends_with CODE COMMAND…
    local code=$1 found
    shift
    timeout 30 "$@" >"$WORK/out" 2>"$WORK/err"
    found=$?
    cat "$WORK/out" "$WORK/err"
    ((found == code))
}
says() { grep -qF -- "$1" "$WORK/out" "$WORK/err"; }

write_pair alpha beta 1 server
check "a right pair is accepted" ends_with 0 "$NODE" --config "$WORK/alpha/config.toml" --check-config
check "and says so" says "configuration accepted"

sed -i 's/^burst-size = 32/burst-size = 64/; s/^mempool-size = .*/mempool-size = 100/' "$WORK/alpha/dpdk.conf"
check "a wrong pair is refused with 78" ends_with 78 "$NODE" --config "$WORK/alpha/config.toml"
check "its mempool is told" says "dpdk.conf [performance] mempool-size: found 100; 1 queues of 512 + 512 descriptors"
check "its burst is told too" says "config.toml [network.dpdk] burst_size: found 32; dpdk.conf burst-size says 64"
check "EAL was not started" test "$(grep -c EAL "$WORK/err")" = 0

sed -i 's/^max_peers = 500/max_pers = 500/' "$WORK/alpha/config.toml"
check "a key that is not known is refused with 78" ends_with 78 "$NODE" --config "$WORK/alpha/config.toml"
check "with its place and what was meant" says \
    "config.toml:4: [network] max_pers: found 500; is no key here; did you mean max_peers?"

check "a file that is not there is refused with 78" ends_with 78 "$NODE" --config "$WORK/none.toml"
check "for a service manager its line has a level" \
    ends_with 78 env NOTIFY_SOCKET="$WORK/none.sock" "$NODE" --config "$WORK/none.toml"
check "in front" grep -qF "<3>$WORK/none.toml: " "$WORK/err"
check "for a log file it has none" \
    ends_with 78 env NOTIFY_SOCKET="$WORK/none.sock" PANTHEON_LOG_PLAIN=1 "$NODE" --config "$WORK/none.toml"
check "in front of its place" grep -qE "^$WORK/none.toml: " "$WORK/err"
check "a wrong option ends with 2" ends_with 2 "$NODE" --confg x
check "--version is told" ends_with 0 "$NODE" --version
check "--help is told" ends_with 0 "$NODE" --help

write_pair alpha beta 1 server
add_bond alpha net_memif0 net_memif1
check "a bond of two ports is accepted" ends_with 0 "$NODE" --config "$WORK/alpha/config.toml" --check-config
sed -i 's/^mode = active-backup/mode = 802.3ad/' "$WORK/alpha/dpdk.conf"
check "one of another mode is refused with 78" ends_with 78 "$NODE" --config "$WORK/alpha/config.toml"
check "and told which is built" says "[bonding] mode: found 802.3ad; of the modes only active-backup is built; write that"

write_pair alpha beta 1 server
check "a folder of data that is not there ends with 1" \
    ends_with 1 "$NODE" --config "$WORK/alpha/config.toml" --datadir "$WORK/none"
sed -i 's/-l [0-9]*/-l 1000/' "$WORK/alpha/dpdk.conf"
sed -i 's/^cpu_cores = .*/cpu_cores = [1000]/' "$WORK/alpha/config.toml"
check "a CPU that the machine has not ends with 1" ends_with 1 "$NODE" --config "$WORK/alpha/config.toml"
check "and says so" says "EAL does not start"
