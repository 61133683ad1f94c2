#!/usr/bin/env bash
# enable_profiling: a node counts the cycles of its network threads stage by stage, writes them to profile_output without the
# right to write anything else there, and tells them to whoever asks. Turned on and off by SIGHUP, also over the kernel's
# sockets; where the file cannot be written it goes on without. A folder of the story's stands where /var/log is; needs root for
# that, skipped without.
. "$(dirname "$0")/story.sh"
if [[ $(id -u) != 0 ]] || ! unshare --mount --net true 2>/dev/null || ! command -v ip >/dev/null; then
    skip "no namespace can be made, or iproute2 is missing"
fi
FILE=$WORK/var-log/dpdk-profile.log
mkdir -m 755 "$WORK/var-log"
chmod 755 "$WORK"

# start_with MOUNT NAME [OPTION…]: as start, with the folder as /var/log: MOUNT is rw or ro. The kernel there has the node's address.
start_with() {
    local mount=$1 name=$2
    shift 2
    mkdir -p "$WORK/$name/run"
    RUNTIME_DIRECTORY="$WORK/$name/run" unshare --mount --net bash -c 'mount --bind "$1" /var/log && mount -o "remount,bind,$2" /var/log &&
        ip link set lo up && ip address add 10.78.0.1/24 dev lo && shift 2 && exec "$@"' - "$WORK/var-log" "$mount" "$NODE" --config "$WORK/$name/config.toml" "$@" >"$WORK/$name/log" 2>&1 &
    STARTED+=($!)
    printf -v "PID_$name" %s $!
}
is_off() { [[ $(value alpha /pantheon/profile enabled) == 0 ]]; }
profiled() { # profiled NAME true|false
    sed -i '/^\[debug\]/,/^$/d' "$WORK/$1/config.toml"
    sed -i "s|^\[performance\]|[debug]\nenable_profiling = $2\nprofile_output = \"/var/log/dpdk-profile.log\"\n\n&|" "$WORK/$1/config.toml"
}
reread() { # reread LINE: alpha reads its files again and says that
    local before
    before=$(grep -cF "$1" "$WORK/alpha/log")
    kill -HUP "$PID_alpha"
    until_true 10 said_more "$1" "$before"
}
said_more() { (($(grep -cF "$1" "$WORK/alpha/log") > $2)); }
# number: of the text in the file, which is whole.
number() { awk '/^pantheon-node profile/ { n = $3 + 0 } /^end of profile/ { if ($4 == n) print n }' "$FILE"; }
newer_than() { (($(number) > $1)); }
packets_of() { awk -v stage="$1" '$1 == stage { print $5 }' "$FILE"; }
whole_time_is_counted() { # over two seconds: the cycles of all stages are those that the clock says
    python3 - "$SMOKE" "$WORK/alpha/run/dpdk/rte/dpdk_telemetry.v2" <<'PY'
import sys, time
sys.path.insert(0, sys.argv[1])
from telemetry import ask
def seconds():
    profile = ask(sys.argv[2], "/pantheon/profile")
    cycles = sum(value for key, value in profile["0"].items() if key.endswith("_cycles"))
    return time.monotonic(), cycles / profile["ticks_per_second"]
first = seconds()
time.sleep(2)
second = seconds()
clock, counted = second[0] - first[0], second[1] - first[1]
print(f"{counted:.3f} s counted in {clock:.3f} s")
sys.exit(abs(counted - clock) > 0.2 * clock)
PY
}

write_pair alpha beta 1 server
write_pair beta alpha 2 client
profiled alpha true
start_with rw alpha --user 65534
until_true 30 memif_listens
start beta
check "frames are exchanged while one of the two is profiled" until_true 30 at_least 30 alpha /pantheon/peers beta received
check "alpha says where the profile goes" grep -qF 'network threads are profiled, /var/log/dpdk-profile.log has it every 10 s' "$WORK/alpha/log"
check "it is another user by then, without capabilities" grep -qE '^Uid:\s65534\s' "/proc/$PID_alpha/status"
check "and runs under its filter of system calls" grep -qE '^Seccomp:\s2$' "/proc/$PID_alpha/status"
check "telemetry tells what it received" at_least 30 alpha /pantheon/profile 0 receive_packets
check "and sent" at_least 10 alpha /pantheon/profile 0 probes_packets
check "every cycle is one stage's" whole_time_is_counted
sed 's/^/# /' "$WORK/check"
check "a pause is one" at_least 1000000 alpha /pantheon/profile 0 pause_cycles
check "beta is not profiled" test "$(value beta /pantheon/profile enabled)$(value beta /pantheon/profile 0 receive_cycles)" = 00
check "the profile is written" until_true 20 newer_than 0
check "and again" until_true 20 newer_than "$(number)"
check "with what was received" test "$(packets_of receive)" -ge 30
sed 's/^/# /' "$FILE"

profiled alpha false
check "profiling is turned off while it runs" reread 'enable_profiling: was true, is false'
check "and is off" until_true 5 is_off
LAST=$(number) SIZE=$(stat -c %s "$FILE")
COUNTED=$(value alpha /pantheon/profile 0 receive_cycles)
check "alpha goes on" hears alpha beta
check "without counting" test "$(value alpha /pantheon/profile 0 receive_cycles)" = "$COUNTED"
profiled alpha true
check "and on again" reread 'enable_profiling: was false, is true'
check "which another user than root may not make anew where it is root's" grep -qF 'profile_output /var/log/dpdk-profile.log cannot be opened: Permission denied' "$WORK/alpha/log"
check "but telemetry counts on" until_true 5 at_least $((COUNTED + 1)) alpha /pantheon/profile 0 receive_cycles
profiled alpha false
check "off" reread 'enable_profiling: was true, is false'
chown 65534 "$FILE"
profiled alpha true
check "once the file is its own" reread 'network threads are profiled'
kill -TERM "$PID_alpha"
check "alpha ends with 0" exits "$PID_alpha" 10 0
check "the last text is written as it ends" newer_than "$LAST"
check "in the place of the one before" test "$(stat -c %s "$FILE")" = "$SIZE"
kill -TERM "$PID_beta"
check "beta ends with 0" exits "$PID_beta" 10 0

rm "$WORK/memif.sock" # which another user made, and in this folder could not take away
profiled alpha true
start_with ro alpha
until_true 30 memif_listens
start beta
check "a file that cannot be written is one line" until_true 30 grep -qF 'profile_output /var/log/dpdk-profile.log cannot be opened: Read-only file system' "$WORK/alpha/log"
check "which is said once" test "$(grep -c 'profile_output' "$WORK/alpha/log")" = 1
kill -TERM "$PID_alpha"
check "and no failure" exits "$PID_alpha" 10 0
kill -TERM "$PID_beta"
exits "$PID_beta" 10 0

rm "$FILE"
sed -i 's/^dpdk_enabled = true/dpdk_enabled = false/' "$WORK/alpha/config.toml"
start_with rw alpha
until_true 30 grep -q 'ready$' "$WORK/alpha/log"
check "over the kernel's sockets it is written too" until_true 20 newer_than 0
kill -TERM "$PID_alpha"
check "that node ends with 0" exits "$PID_alpha" 10 0
check "with its probes" test "$(packets_of probes)" -ge 10
