#!/usr/bin/env bash
# Two pods on interfaces that stay the kernel's (AF_XDP): each has a network namespace with one end of a veth pair, CPUs that it did not
# choose and no capability beside those of the pod (components/kubernetes/nic-mode.ts). They exchange frames, end under their filter of
# system calls, leave the interfaces to the kernel, and are started again. Needs root, and a program with the driver net_af_xdp;
# skipped without. XDP_PROGRAM is the image's (components/image/bases.image.test.ts), else libxdp's own.
. "$(dirname "$0")/story.sh"
# Its name is in every program (port/xdp.h), its parameters are in the driver alone.
[[ -n ${XDP_PROGRAM:-} ]] || grep -qaF "start_queue=<int>" "$NODE" || skip "the program has no driver net_af_xdp"
unshare --net true 2>/dev/null || skip "no network namespace can be made"

XDP_PROGRAM=${XDP_PROGRAM:-$(dpkg -L libxdp1 | grep '/xsk_def_xdp_prog\.o$')}
make_space ALPHA
make_space BETA
inside "$ALPHA" ip link add net1 address 52:54:00:d1:00:01 type veth peer name net1 address 52:54:00:d1:00:02 netns "/proc/$BETA/ns/net"
inside "$ALPHA" ip address add 10.79.0.1/24 dev net1
inside "$BETA" ip address add 10.79.0.2/24 dev net1
for space in "$ALPHA" "$BETA"; do inside "$space" ip link set net1 up; done

write_pod() { # write_pod NAME PEER INDEX: its CPU is the first of its own, its port an interface in place of a memif
    write_pair "$1" "$2" "$3" server
    sed -i "s#--vdev=net_memif0[^ ]*#--vdev=net_af_xdp0,iface=net1,xdp_prog=$XDP_PROGRAM#; s/net_memif0/net_af_xdp0/; s/-l [0-9]*/-l 0/" "$WORK/$1/dpdk.conf"
    sed -i 's/^cpu_cores = .*/cpu_cores = [0]/' "$WORK/$1/config.toml"
    cat >"$WORK/$1/container" <<RUN
#!/usr/bin/env bash
exec taskset -c $(first_cpus "$3") setpriv --inh-caps=-all --bounding-set=-all,+ipc_lock,+sys_nice,+net_raw,+net_admin,+bpf "$NODE" --in-pod "\$@"
RUN
    chmod +x "$WORK/$1/container"
}
start_pods() {
    NODE=$WORK/alpha/container start_in "$ALPHA" alpha
    NODE=$WORK/beta/container start_in "$BETA" beta
}
end_pods() { kill -TERM "$PID_alpha" "$PID_beta"; }
has_program() { inside "$ALPHA" ip link show net1 | grep -q xdp; }

write_pod alpha beta 1
write_pod beta alpha 2
start_pods
check "alpha counts frames of beta" until_true 30 at_least 40 alpha /pantheon/peers beta received
check "beta counts frames of alpha" until_true 30 at_least 40 beta /pantheon/peers alpha received
check "nothing was lost" test "$(value alpha /pantheon/peers beta lost)" = 0
check "nothing was malformed" test "$(value beta /pantheon/node malformed)" = 0
check "the interface is the kernel's, with a program of XDP" has_program
end_pods
check "SIGTERM ends alpha with 0" exits "$PID_alpha" 10 0
check "SIGTERM ends beta with 0" exits "$PID_beta" 10 0
check "the program that is left gives the kernel its frames" inside "$ALPHA" ping -c 3 -i 0.2 -W 5 10.79.0.2

start_pods
check "a container that comes after takes the interface again" until_true 30 at_least 40 alpha /pantheon/peers beta received
kill -KILL "$PID_alpha"
until_true 10 gone "$PID_alpha"
NODE=$WORK/alpha/container start_in "$ALPHA" alpha
check "also after one that was killed" until_true 30 at_least 40 alpha /pantheon/peers beta received
end_pods
check "and ends with 0" exits "$PID_alpha" 10 0
