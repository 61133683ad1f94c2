#!/usr/bin/env bash
# A service without capabilities has an exception path where somebody made its TAP before; where nobody did, or not as it
# must be, one line says what to do. Needs root, to become another user in a network namespace; skipped without.
. "$(dirname "$0")/story.sh"
if ! unshare --net true 2>/dev/null || ! setpriv --reuid=65534 --regid=65534 --clear-groups test -w /dev/net/tun; then
    skip "no other user in a network namespace can be had"
fi

make_space SPACE
# The user can reach neither the build folder nor root's runtime folder.
chmod 1777 "$WORK"
cp "$NODE" "$WORK/node"
start_as_user() { # start_as_user NAME
    mkdir -p "$WORK/$1/run"
    chmod 755 "$WORK/node" "$WORK/$1"
    chown -R 65534 "$WORK/$1"
    RUNTIME_DIRECTORY="$WORK/$1/run" nsenter --net="/proc/$SPACE/ns/net" setpriv --reuid=65534 --regid=65534 \
        --clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs \
        "$WORK/node" --config "$WORK/$1/config.toml" >"$WORK/$1/log" 2>&1 &
    STARTED+=($!)
    printf -v "PID_$1" %s $!
}
write_pair alpha beta 1 server
write_pair beta alpha 2 client
forget_macs alpha beta
sed -i 's/^listen_port/exception_path = "pantheon0"\nlisten_port/' "$WORK/alpha/config.toml"
sed -i 's/^listen_port/exception_path = "pantheon1"\nlisten_port/' "$WORK/beta/config.toml"

# refused SENTENCE LINE: alpha ends with 1 and this line.
refused() {
    start_as_user alpha
    check "$1 ends with 1" exits "$PID_alpha" 30 1
    check "and says: $2" grep -qF "pantheon-node: exception_path pantheon0: $2" "$WORK/alpha/log"
}
refused "a TAP that nobody made" \
    "may not be made, and is no interface of this user; ip tuntap add dev pantheon0 mode tap user 65534, or give the process CAP_NET_ADMIN"
inside "$SPACE" ip tuntap add dev pantheon0 mode tap user 12345
refused "a TAP of another user" "may not be made, and is no interface of this user; ip tuntap"
inside "$SPACE" ip tuntap del dev pantheon0 mode tap
inside "$SPACE" ip tuntap add dev pantheon0 mode tun user 65534
refused "an interface that is no TAP" "is an interface that is no TAP, or one of many queues; take another name"
inside "$SPACE" ip tuntap del dev pantheon0 mode tun
inside "$SPACE" ip tuntap add dev pantheon0 mode tap user 65534
refused "a TAP that is down" "is down: Operation not permitted; ip link set pantheon0 up"
inside "$SPACE" ip link set pantheon0 up mtu 9000
refused "a TAP with longer frames" \
    "its MTU is larger than the port's: Operation not permitted; ip link set pantheon0 mtu 1500"

inside "$SPACE" ip link set pantheon0 mtu 1500
inside "$SPACE" ip address add 10.78.0.1/24 dev pantheon0
inside "$SPACE" ip tuntap add dev pantheon1 mode tap user 65534
inside "$SPACE" ip link set pantheon1 up
start_as_user alpha
until_true 30 memif_listens
start_as_user beta
check "with a TAP of its own the service runs" until_true 30 at_least 20 alpha /pantheon/peers beta received
check "without capabilities" grep -qE '^CapEff:\s0+$' "/proc/$PID_alpha/status"
check "the TAP got the port's address" bash -c "nsenter --net=/proc/$SPACE/ns/net ip link show pantheon0 | grep -q 52:54:00:d1:00:01"
# beta's kernel has no address: nobody answers, but what alpha's kernel sends arrives there.
inside "$SPACE" ping -c 2 -i 0.2 -W 1 10.78.0.2 >/dev/null
check "the kernel's frames go out" at_least 1 alpha /pantheon/exception from_kernel
check "and reach the other kernel" until_true 5 at_least 1 beta /pantheon/exception written
kill -TERM "$PID_alpha" "$PID_beta"
check "alpha ends with 0" exits "$PID_alpha" 10 0
check "beta ends with 0" exits "$PID_beta" 10 0
check "its TAP and the address on it stay" bash -c "nsenter --net=/proc/$SPACE/ns/net ip address show dev pantheon0 | grep -q 10.78.0.1/24"
