#!/usr/bin/env bash
# How much is said is set by component: on the command line, and by dpdk.conf's EAL arguments.
. "$(dirname "$0")/story.sh"

# run OPTION…: alpha without a peer, until it gives up its link. Its lines are those of its start.
run() {
    start alpha --link-seconds 1 "$@"
    exits "$PID_alpha" 30 1
}
says() { grep -q -- "$1" "$WORK/alpha/log"; }
silent() { ! says "$1"; }
lines() { wc -l <"$WORK/alpha/log"; }

write_pair alpha beta 1 server
check "a node ends without its link" run
PLAIN=$(lines)
check "EAL says what it found" says '^EAL: Detected CPU lcores'
check "and not every step" silent '^EAL: Module /sys/module/vfio'

check "a node that may only warn ends the same" run --log-level warning
check "it says nothing of EAL's start" silent '^EAL: '
check "but that it failed" says 'no link after 1 s'

check "a node with EAL at debug ends the same" run --log-level eal=debug --log-level port=error
check "EAL tells every step" test "$(lines)" -gt $((PLAIN * 2))

check "DPDK's pattern and the level's word are told where they are wrong" bash -c \
    "'$NODE' --config '$WORK/alpha/config.toml' --log-level ports=debug 2>&1 | grep -qF -- '--log-level: found ports; must be node, config'"

MORE_EAL=--log-level=pantheon.eal:error write_pair alpha beta 1 server
check "a node whose eal-args name our component ends the same" run
check "the component is silent" silent '^EAL: pantheon-node --lcores'
check "DPDK's own lines are not" says '^EAL: Detected CPU lcores'
check "the command line counts more" run --log-level eal=info
check "so the component speaks" says '^EAL: pantheon-node --lcores'

export DPDK_LOG_LEVEL=8
check "a variable that nobody reads stops nothing" run
check "and is warned of" says '^DPDK_LOG_LEVEL is set, and DPDK reads no such variable; write --log-level$'
