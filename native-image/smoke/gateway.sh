#!/usr/bin/env bash
# A peer on another link is reached through the router that `gateway` names: here the kernel, between two veth pairs in
# a network namespace of its own. The nodes are on the other ends of the pairs, by AF_PACKET. Needs root, skipped without.
. "$(dirname "$0")/story.sh"
if ! unshare --net true 2>/dev/null; then
    skip "no network namespace can be made"
fi

make_space ROUTER
make_space NODES

# link NAME: NAME0 for the node, NAME1 for the router. The kernel has no address at the node's end.
link() {
    inside "$NODES" ip link add "${1}0" type veth peer name "${1}1" netns "$ROUTER"
    inside "$NODES" sh -c "echo 1 >/proc/sys/net/ipv6/conf/${1}0/disable_ipv6"
    inside "$NODES" ip link set "${1}0" up
    inside "$ROUTER" ip link set "${1}1" up
}
link a
link b
inside "$ROUTER" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
inside "$ROUTER" ip address add 10.78.0.254/24 dev a1
inside "$ROUTER" ip address add 10.79.0.254/24 dev b1
inside "$ROUTER" ip address add fd00:78::fe/64 dev a1 nodad
inside "$ROUTER" ip address add fd00:79::fe/64 dev b1 nodad
inside "$ROUTER" ip address add fe80::a/64 dev a1 nodad
inside "$ROUTER" ip address add fe80::b/64 dev b1 nodad

# behind NAME LINK PREFIX OTHER ROUTER BITS: the node's own link, and the peer on the other one.
behind() {
    sed -i -E "s#--vdev=[^ ]+#--vdev=net_af_packet0,iface=$2#; s#net_memif0#net_af_packet0#" "$WORK/$1/dpdk.conf"
    sed -i -E "s#^listen_address = \"[^\"]*(.)\"#listen_address = \"$3\\1\"\nlisten_prefix = $6\ngateway = \"$5\"#; s#^address = \"[^\"]*(.)\"#address = \"$4\\1\"#" \
        "$WORK/$1/config.toml"
}
both() { # both HOW
    start_in "$NODES" alpha
    start_in "$NODES" beta
    check "$1: alpha counts frames of beta" until_true 30 at_least 30 alpha /pantheon/peers beta received
    check "$1: beta counts frames of alpha" until_true 30 at_least 30 beta /pantheon/peers alpha received
    check "$1: alpha knows the router's card" test "$(value alpha /pantheon/neighbours known)" = 1
    # The kernel knows beta from its question, and asks itself when it has used that for five seconds (delay_first_probe_time).
    check "$1: the router has asked for beta and been answered" until_true 40 at_least 1 beta /pantheon/neighbours answers
    ask beta /pantheon/neighbours | sed 's/^/# beta: /'
    kill -TERM "$PID_alpha" "$PID_beta"
    check "$1: alpha ends with 0" exits "$PID_alpha" 10 0
    check "$1: beta ends with 0" exits "$PID_beta" 10 0
}

write_pair alpha beta 1 server
write_pair beta alpha 2 client
forget_macs alpha beta
behind alpha a0 10.78.0. 10.79.0. 10.78.0.254 24
behind beta b0 10.79.0. 10.78.0. 10.79.0.254 24
both IPv4

write_pair alpha beta 1 server
write_pair beta alpha 2 client
forget_macs alpha beta
use_ipv6 alpha beta
behind alpha a0 fd00:78:: fd00:79:: fe80::a 64
behind beta b0 fd00:79:: fd00:78:: fe80::b 64
both IPv6
