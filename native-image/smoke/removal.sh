#!/usr/bin/env bash
# A port that is taken away ends the node with 69 and one clear line. The kernel's event is sent by this story, in a
# network namespace of its own; needs root, and is skipped without.
. "$(dirname "$0")/story.sh"
if ! unshare --net true 2>/dev/null; then
    skip "no network namespace can be made"
fi

write_pair alpha beta 1 server
write_pair beta alpha 2 client
# alpha and the sender of the event share the namespace; memif's socket is a file and crosses it.
make_space SPACE
start_in "$SPACE" alpha
until_true 30 memif_listens
start beta
check "frames are exchanged" until_true 30 at_least 10 alpha /pantheon/peers beta received

send_event() { # as the kernel writes it to its listeners
    inside "$SPACE" python3 - "$1" <<'PYTHON'
import socket, sys
s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 15)
s.sendto(f"remove@/devices/x\0ACTION=remove\0SUBSYSTEM=pci\0PCI_SLOT_NAME={sys.argv[1]}\0".encode(), (0, 1))
PYTHON
}
check "another device is taken away" send_event 0000:09:00.0
check "alpha goes on" bash -c "sleep 1.5; kill -0 $PID_alpha"
check "alpha's port is taken away" send_event net_memif0
check "alpha ends with 69" exits "$PID_alpha" 10 69
check "and says which port" grep -qF \
    'pantheon-node: port 0 (net_memif0) was taken away; give it back and start again' "$WORK/alpha/log"
