#!/usr/bin/env bash
# An adaptive node without traffic leaves the processor alone; a busy-waiting one does not.
. "$(dirname "$0")/story.sh"

# used PID: hundredths of a second of processor so far, all threads.
used() { awk '{print $14 + $15}' "/proc/$1/stat"; }
# share PID SECONDS: per cent of one core over this time.
share() {
    local before
    before=$(used "$1")
    sleep "$2"
    echo $((($(used "$1") - before) * 100 / ($2 * $(getconf CLK_TCK))))
}

write_pair alpha beta 1 server
write_pair beta alpha 2 client
start_pair
check "frames are exchanged" until_true 30 at_least 10 alpha /pantheon/peers beta received
SHARE=$(share "$PID_alpha" 5)
echo "# adaptive, ten probes a second: $SHARE % of a core"
check "an adaptive node takes less than half a core" test "$SHARE" -lt 50
check "because it pauses" at_least 100 alpha /pantheon/workers 0 pauses
kill -TERM "$PID_alpha" "$PID_beta"
check "alpha ends" exits "$PID_alpha" 10 0
check "beta ends" exits "$PID_beta" 10 0

POLL_MODE=busy-wait write_pair alpha beta 1 server
write_pair beta alpha 2 client
start_pair
check "frames are exchanged by a busy-waiting node too" until_true 30 at_least 10 alpha /pantheon/peers beta received
check "it never pauses" test "$(value alpha /pantheon/workers 0 pauses)" = 0
echo "# busy-wait: $(share "$PID_alpha" 2) % of a core"
