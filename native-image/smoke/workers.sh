#!/usr/bin/env bash
# Two network threads poll the two queues of a port that spreads frames, and drop a storm of what is nobody's. The port
# is net_null's, which receives as fast as it is polled and has RSS.
. "$(dirname "$0")/story.sh"
if (($(nproc) < 2)); then
    skip "one CPU"
fi

write_pair alpha beta 1 server
CPUS="$(first_cpus 1),$(first_cpus 2)"
sed -i -E "s#-l [0-9]+#-l $CPUS#; s#--vdev=[^ ]+#--vdev=net_null0#; s#net_memif0#net_null0#; s/^(port-0-queues|.x-queues-per-port) = 1/\1 = 2/; s/^enable-rss = false/enable-rss = true/" \
    "$WORK/alpha/dpdk.conf"
sed -i -E "s/^cpu_cores = .*/cpu_cores = [${CPUS}]/; s/^rss_enabled = false/rss_enabled = true/; s/^rss_queues = 1/rss_queues = 2/; s/^network_threads = 1/network_threads = 2/" \
    "$WORK/alpha/config.toml"
start alpha
check "the first thread receives" until_true 30 at_least 1000000 alpha /pantheon/workers 0 received
check "the second thread receives" until_true 30 at_least 1000000 alpha /pantheon/workers 1 received
check "every frame is dropped for what it is" at_least 1000000 alpha /pantheon/drops other_protocol
check "probes are still sent" until_true 10 at_least 20 alpha /pantheon/peers beta sent
check "no frame counts for the peer" test "$(value alpha /pantheon/peers beta received)" = 0
kill -TERM "$PID_alpha"
check "SIGTERM ends both threads" exits "$PID_alpha" 10 0
check "no buffer was left in a port" bash -c "! grep 'did not come back' '$WORK/alpha/log'"
