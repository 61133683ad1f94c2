#!/usr/bin/env bash
# Who watches a node: Prometheus asks it, SIGHUP has it read its configuration again, `status` tells people; and what it may
# still do, once it runs, is little.
. "$(dirname "$0")/story.sh"

# ask_metrics NAME PATH: GET over the node's socket.
ask_metrics() {
    python3 - "$WORK/$1/metrics.sock" "$2" <<'PY'
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
s.sendall(f"GET {sys.argv[2]} HTTP/1.1\r\nHost: node\r\n\r\n".encode())
answer = b""
while part := s.recv(65536):
    answer += part
print(answer.decode())
PY
}
says() { grep -q -- "$2" "$WORK/$1/log"; }
# A thread of telemetry may end between the pattern and its file.
capabilities_of() { cat /proc/"$1"/task/*/status 2>/dev/null | awk '/^CapEff|^CapBnd|^CapPrm/ { seen = 1; if ($2 !~ /^0+$/) bad = 1 } END { exit bad || !seen }'; }
filtered() { ! grep -L '^Seccomp:[[:space:]]*2' /proc/"$1"/task/*/status 2>/dev/null | grep -q .; }

write_pair alpha beta 1 server
write_pair beta alpha 2 client
printf '[metrics]\nlisten = "%s/alpha/metrics.sock"\n' "$WORK" >"$WORK/metrics"
awk -v more="$WORK/metrics" '/^\[\[network.peers\]\]/ { while ((getline line < more) > 0) print line } { print }' \
    "$WORK/alpha/config.toml" >"$WORK/alpha/new" && mv "$WORK/alpha/new" "$WORK/alpha/config.toml"
start_pair

check "alpha counts probes of beta" until_true 30 at_least 20 alpha /pantheon/peers beta received
check "Prometheus gets the same counters" bash -c "$(declare -f ask_metrics); WORK=$WORK; ask_metrics alpha /metrics | grep -E '^pantheon_peer_received_[a-z_]*\{peer=\"beta\"\} [0-9]{2,}'"
check "and whether it is healthy" bash -c "$(declare -f ask_metrics); WORK=$WORK; ask_metrics alpha /healthz | grep -q '200'"
check "status says the same to people" bash -c "'$NODE' status --runtime '$WORK/alpha/run' | grep -q beta"
check "no thread has a capability" capabilities_of "$PID_alpha"
check "every thread has the filter" filtered "$PID_alpha"

sed -i 's/^poll_mode = .*/poll_mode = "busy-wait"/' "$WORK/alpha/config.toml"
kill -HUP "$PID_alpha"
check "SIGHUP takes another poll_mode" until_true 10 says alpha "poll_mode: was adaptive, is busy-wait"
check "telemetry counts what was taken" until_true 5 at_least 1 alpha /pantheon/node reloads
before=$(value alpha /pantheon/workers 0 pauses)
sleep 1
check "and the worker pauses no more" test "$(value alpha /pantheon/workers 0 pauses)" -le "$((before + 5))"
sed -i 's/^listen_port = .*/listen_port = 30999/' "$WORK/alpha/config.toml"
kill -HUP "$PID_alpha"
check "what needs a restart is refused and said" until_true 10 says alpha "listen_port: was 30900, is 30999; needs a restart"
check "and counted" until_true 5 at_least 1 alpha /pantheon/node refused_reloads
check "and the probes go on" at_least 20 alpha /pantheon/peers beta received
kill -TERM "$PID_alpha" "$PID_beta"
check "SIGTERM ends alpha with 0" exits "$PID_alpha" 10 0
check "SIGTERM ends beta with 0" exits "$PID_beta" 10 0
