#!/usr/bin/env bash
# A bond over interfaces of the kernel, whose PMD (AF_PACKET) says that its link is up, always: the carrier is watched
# instead. Two veth pairs between two network namespaces; one loses its carrier and has it again. Needs root, and is skipped
# without.
. "$(dirname "$0")/story.sh"
if ! unshare --net true 2>/dev/null || ! command -v ip >/dev/null; then
    skip "no network namespace can be made, or iproute2 is missing"
fi

write_bond() { # write_bond NAME PEER INDEX
    MORE_EAL=--vdev=net_af_packet1,iface=wire1 write_pair "$1" "$2" "$3" server
    sed -i "s/--vdev=net_memif0,[^ ]*/--vdev=net_af_packet0,iface=wire0/" "$WORK/$1/dpdk.conf"
    add_bond "$1" net_af_packet0 net_af_packet1
}
make_space ALPHA
make_space BETA
for i in 0 1; do
    inside "$ALPHA" ip link add "wire$i" address "52:54:00:d1:0$i:01" type veth peer name "wire$i" address "52:54:00:d1:0$i:02" netns "$BETA"
    for space in "$ALPHA" "$BETA"; do
        inside "$space" sysctl -qw "net.ipv6.conf.wire$i.disable_ipv6=1"
        inside "$space" ip link set "wire$i" up
    done
done
write_bond alpha beta 1
write_bond beta alpha 2
forget_macs alpha beta # so that ARP goes over the bond too
start_in "$ALPHA" alpha
start_in "$BETA" beta
check "alpha counts frames of beta" until_true 30 at_least 20 alpha /pantheon/peers beta received
check "it sends over its primary" bonding_is net_af_packet0 alpha active
check "both interfaces have the primary's MAC address" \
    bash -c "nsenter --net=/proc/$ALPHA/ns/net ip link show wire1 | grep -qF 52:54:00:d1:00:01"

inside "$BETA" ip link set wire0 down
check "beta's wire is set down: alpha has no carrier and sends over its secondary" until_true 5 bonding_is net_af_packet1 alpha active
check "so does beta" until_true 5 bonding_is net_af_packet1 beta active
check "alpha goes on hearing beta" hears alpha beta
check "beta goes on hearing alpha" hears beta alpha
check "though the PMD says that the link is up" test "$(value alpha /ethdev/link_status,0 status)" = UP
echo "# alpha lost $(value alpha /pantheon/peers beta lost) frames, beta $(value beta /pantheon/peers alpha lost), of twenty a second"

inside "$BETA" ip link set wire0 up
check "the carrier is back: alpha returns to its primary" until_true 10 bonding_is net_af_packet0 alpha active
check "and says that it is stable" until_true 5 grep -qF \
    'bonding: sends over port 0 (net_af_packet0) from now on, the primary, whose link is stable again; 1 failovers, 1 returns' "$WORK/alpha/log"
check "beta returns too" until_true 10 bonding_is net_af_packet0 beta active
check "alpha goes on hearing beta" hears alpha beta

inside "$BETA" ip link set wire0 down
inside "$BETA" ip link set wire1 down
check "both are down: alpha says so" until_true 5 grep -qF 'bonding: neither port has a link' "$WORK/alpha/log"
inside "$BETA" ip link set wire1 up
inside "$BETA" ip link set wire0 up
check "both are back: alpha hears beta" hears alpha beta
check "and is back on its primary in the end" until_true 10 bonding_is net_af_packet0 alpha active

kill -TERM "$PID_alpha" "$PID_beta"
check "SIGTERM ends alpha with 0" exits "$PID_alpha" 10 0
check "SIGTERM ends beta with 0" exits "$PID_beta" 10 0
