#!/usr/bin/env bash
# Frames of 9,000 bytes: a node answers echoes of 8,900 bytes, and of the longest there are, as they came; those of a peer
# that sends each from a buffer of its own, and those of one that sends one payload in four frames. memif carries them
# where its buffers are as large (bsize); where they are not, the node says so instead of cutting.
. "$(dirname "$0")/story.sh"
ECHO=${ECHO:-$(dirname "$NODE")/smoke-echo}
if [[ ! -x $ECHO ]]; then
    skip "built without tests, there is no $ECHO"
fi

# echoes ADDRESS NODE LENGTH HOW: as the other end of the memif pair.
echoes() {
    timeout 60 "$ECHO" "--lcores=0@$(first_cpus 0)" --no-huge --no-pci --no-shconf --no-telemetry -m 128 --log-level=4 \
        "--vdev=net_memif0,role=client,id=0,socket=$WORK/memif.sock,socket-abstract=no,bsize=9216,mac=52:54:00:d1:00:02" \
        -- "$1" "$2" pantheon-smoke "$3" 100 "$4" | tee "$WORK/echoes"
    return "${PIPESTATUS[0]}"
}
jumbo() { # with frames of 9,018 bytes, checksum included
    sed -i 's/^enable-jumbo-frames = .*/enable-jumbo-frames = true/; s/^max-rx-pkt-len = .*/max-rx-pkt-len = 9018/' \
        "$WORK/alpha/dpdk.conf"
}
large_buffers() { sed -i 's/,socket-abstract=no/,socket-abstract=no,bsize=9216/' "$WORK/alpha/dpdk.conf"; }

write_pair alpha echo 1 server
jumbo
start alpha
check "frames that memif's buffers do not hold are refused" exits "$PID_alpha" 30 1
check "with what is to be written" grep -qF \
    'max-rx-pkt-len 9018: its buffers have 2048 bytes, and longer frames would be cut; write bsize=9216' "$WORK/alpha/log"

# answers ADDRESS NODE LENGTH HOW
answers() {
    start alpha
    until_true 30 memif_listens
    check "$3 bytes, $4: every echo comes back as it was" echoes "$@"
    sed 's/^/# /' "$WORK/echoes"
    kill -TERM "$PID_alpha"
    check "$3 bytes, $4: alpha ends with 0" exits "$PID_alpha" 20 0
    check "$3 bytes, $4: and keeps no buffer" bash -c "! grep 'did not come back' '$WORK/alpha/log'"
}
large_buffers
forget_macs alpha
answers 10.78.0.2 10.78.0.1 8900 send
answers 10.78.0.2 10.78.0.1 8900 share
check "one payload went out in four frames" grep -q '^400 echoes of 8900 bytes sent, shared: 400 came back' "$WORK/echoes"
answers 10.78.0.2 10.78.0.1 8951 copy
use_ipv6 alpha
answers fd00:78::2 fd00:78::1 8952 share
