from __future__ import annotations

import os
import unittest
from unittest import mock

from .errors import Refused
from .node import Completed, Node
from .sshsessions import inherited, own_connection
from .testing_layout import PF, UPLINK
from .testing_tree import Machine
from .way_in import as_facts, refuse_way_in, way_in

DATA_ROUTE = "enp1s0\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"


class TheWayIn(unittest.TestCase):
    def setUp(self):
        self.machine = Machine()
        self.addCleanup(self.machine.remove)

    def found(self):
        return way_in(self.machine.node())

    def over(self, interface: str) -> None:
        """The only way in is over this interface."""
        text = self.machine.text("/proc/net/route").replace("enp0s16", interface)
        self.machine.file("/proc/net/route", text + "\n")

    def test_the_interface_of_the_ssh_connection_and_of_the_default_route_leads_to_its_virtio_function(self):
        self.assertEqual(
            as_facts(self.found()),
            {"peer": "10.0.2.2", "local": "10.0.2.15", "interfaces": ["enp0s16"], "pci": [UPLINK]},
        )

    def test_a_bond_under_a_vlan_under_a_bridge_leads_to_all_its_members(self):
        for name in ("br0", "bond0.7", "bond0"):
            self.machine.interface(name, None, "52:54:00:00:00:01")
        for upper, lower in (("br0", "bond0.7"), ("bond0.7", "bond0"), ("bond0", "enp0s16"), ("bond0", "enp1s0")):
            self.machine.lower(upper, lower)
        self.over("br0")
        self.assertEqual(self.found().pci, [UPLINK, PF])

    def test_every_kind_of_stack_leads_down_to_its_cards(self):
        for kind in ("bond", "team", "bridge", "vlan", "macvlan", "ipvlan", "vrf"):
            with self.subTest(kind):
                machine = Machine()
                self.addCleanup(machine.remove)
                machine.interface("top", None, "52:54:00:00:00:01")
                if kind == "bond":  # as an older kernel shows it, without links
                    machine.file("/sys/class/net/top/bonding/slaves", "enp1s0\n")
                elif kind == "bridge":
                    machine.file("/sys/class/net/top/brif/enp1s0/path_cost", "4\n")
                else:
                    machine.lower("top", "enp1s0")
                machine.file("/proc/net/route", machine.text("/proc/net/route").replace("enp0s16", "top") + "\n")
                self.assertEqual(way_in(machine.node()).pci, [PF])

    def test_a_macvlan_on_a_vlan_on_a_team_leads_to_both_of_its_ports(self):
        stack = (("mac0", "team0.7"), ("team0.7", "team0"), ("team0", "enp0s16"), ("team0", "enp1s0"))
        for name in ("mac0", "team0.7", "team0"):
            self.machine.interface(name, None, "52:54:00:00:00:01")
        for upper, lower in stack:
            self.machine.lower(upper, lower)
        self.over("mac0")
        self.assertEqual(self.found().pci, [UPLINK, PF])

    def test_a_tunnel_leads_to_every_interface_with_a_route_because_it_does_not_say_which_it_takes(self):
        self.machine.interface("wg0", None, "00:00:00:00:00:00")
        session = "\n   2: 0105000A:0016 0905000A:C739 01 0 0 0 0 0 0\n"  # 10.0.5.1:22 from 10.0.5.9
        self.machine.file("/proc/net/tcp", self.machine.text("/proc/net/tcp") + session)
        routes = "\nwg0\t0005000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
        routes += "enp1s0\t0007000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
        self.machine.file("/proc/net/route", self.machine.text("/proc/net/route") + routes)
        self.assertEqual(self.found().pci, [UPLINK, PF])

    def test_a_tunnel_leaves_an_interface_alone_that_has_a_link_local_address_only(self):
        self.machine.interface("wg0", None, "00:00:00:00:00:00")
        self.machine.ip_routes["-6"] = [{"dst": "fe80::/64", "dev": "enp1s0"}]
        session = "\n   2: 0105000A:0016 0905000A:C739 01 0 0 0 0 0 0\n"
        self.machine.file("/proc/net/tcp", self.machine.text("/proc/net/tcp") + session)
        self.machine.ip_routes["-4"] = [{"dst": "10.0.5.0/24", "dev": "wg0"}]
        self.assertEqual(self.found().pci, [UPLINK])

    def test_every_path_of_a_route_with_several_stays_though_procfs_shows_the_first_only(self):
        hops = [{"gateway": "10.0.2.2", "dev": "enp0s16"}, {"gateway": "10.0.3.2", "dev": "enp1s0"}]
        self.machine.ip_routes["-4"] = [{"dst": "default", "nexthops": hops}]
        self.assertEqual(self.found().pci, [UPLINK, PF])

    def test_an_address_without_a_network_of_its_own_is_found_by_the_interface_that_holds_it(self):
        # Clouds give a /32: the main table would say that the session goes by the default route.
        session = "\n   2: 0501000A:0016 0909000A:C739 01 0 0 0 0 0 0\n"  # 10.0.1.5:22 from 10.0.9.9
        self.machine.file("/proc/net/tcp", self.machine.text("/proc/net/tcp") + session)
        self.assertEqual(self.found().pci, [UPLINK])
        self.machine.ip_routes["-4"] = [{"type": "local", "dst": "10.0.1.5", "dev": "enp1s0", "table": "local"}]
        self.assertEqual(self.found().pci, [UPLINK, PF])

    def test_a_way_back_that_only_a_rule_s_table_knows_stays(self):
        session = "\n   2: 0F02000A:0016 0901090A:C739 01 0 0 0 0 0 0\n"  # 10.0.2.15:22 from 10.9.1.9
        self.machine.file("/proc/net/tcp", self.machine.text("/proc/net/tcp") + session)
        self.machine.ip_routes["-4"] = [{"dst": "10.9.0.0/16", "gateway": "10.0.3.2", "dev": "enp1s0", "table": "100"}]
        self.assertEqual(self.found().pci, [UPLINK, PF])

    def test_a_route_that_leads_nowhere_is_no_way_in(self):
        self.machine.ip_routes["-4"] = [
            {"type": "unreachable", "dst": "default"},
            {"type": "broadcast", "dst": "10.0.2.15", "dev": "enp1s0", "table": "local"},
        ]
        self.assertEqual(self.found().pci, [UPLINK])

    def test_a_global_ipv6_peer_is_found_by_its_route(self):
        self.machine.file("/proc/net/tcp", "  sl\n")
        words = "B80D01200000000000000000{}000000"
        line = f"  sl\n   0: {words.format('05')}:0016 {words.format('09')}:C738 01 0 0 0\n"
        self.machine.file("/proc/net/tcp6", line)
        self.machine.ip_routes["-6"] = [{"dst": "2001:db8::/64", "dev": "enp1s0"}]
        self.assertEqual(str(self.found().sessions[0].peer), "2001:db8::9")
        self.assertEqual(self.found().pci, [UPLINK, PF])  # the default route's too

    def test_a_bastion_keeps_the_interface_by_which_it_leads_on_to_other_nodes(self):
        onward = "\n   2: 0107000A:C001 0907000A:0016 01 0 0 0 0 0 0\n"  # 10.0.7.1 to 10.0.7.9:22
        self.machine.file("/proc/net/tcp", self.machine.text("/proc/net/tcp") + onward)
        self.machine.ip_routes["-4"] = [{"dst": "10.0.7.0/24", "dev": "enp1s0"}]
        self.assertEqual(self.found().pci, [UPLINK, PF])
        self.assertEqual(str(self.found().sessions[0].peer), "10.0.2.2")  # who is in comes first

    def test_the_default_route_is_a_second_guard_where_no_session_is_open(self):
        self.machine.file("/proc/net/tcp", "  sl\n")
        self.assertEqual((self.found().sessions, self.found().pci), ([], [UPLINK]))

    def test_a_node_without_iproute2_has_its_main_tables(self):
        node = self.machine.node()
        node.ask = lambda *argv, **more: Completed(127, "", "ip: command not found")
        self.assertEqual(way_in(node).pci, [UPLINK])

    def test_an_open_vswitch_port_leads_to_every_port_of_the_switch(self):
        self.machine.interface("br-ex", None, "52:54:00:00:00:01")
        self.machine.interface("ovs-system", None, "52:54:00:00:00:02")
        self.machine.symlink("/sys/class/net/enp1s0/master", "/sys/class/net/ovs-system")
        self.over("br-ex")
        self.assertEqual(self.found().pci, [PF])

    def test_a_function_in_the_same_iommu_group_belongs_to_the_way_in(self):
        self.machine.function("0000:00:10.1", 3, "ahci", kind="0x010601")
        self.assertEqual(self.found().pci, [UPLINK, "0000:00:10.1"])

    def test_the_physical_function_above_a_virtual_one_belongs_to_the_way_in(self):
        self.machine.set_functions(1)
        self.machine.interface("enp2s16", "0000:02:10.0", "52:54:00:00:00:03")
        self.over("enp2s16")
        self.assertEqual(self.found().pci, [PF, "0000:02:10.0"])

    def test_a_session_over_a_second_network_keeps_that_interface_too(self):
        self.machine.file(
            "/proc/net/route", self.machine.text("/proc/net/route") + "\n" + DATA_ROUTE.replace("0002000A", "0003000A")
        )
        self.machine.file(
            "/proc/net/tcp", self.machine.text("/proc/net/tcp") + "\n   2: 0F03000A:0016 0203000A:C739 01 0 0 0 0 0 0\n"
        )
        self.assertEqual(self.found().pci, [UPLINK, PF])

    def test_both_interfaces_into_one_network_stay(self):
        self.machine.file("/proc/net/route", self.machine.text("/proc/net/route") + "\n" + DATA_ROUTE)
        self.assertEqual(self.found().interfaces, ["enp0s16", "enp1s0"])

    def test_an_ipv6_session_is_found_by_the_nodes_own_address(self):
        self.machine.file("/proc/net/tcp", "  sl\n")
        words = "000080FE000000000054505201000000"  # fe80::5254:... as four little-endian words
        self.machine.file("/proc/net/tcp6", f"  sl\n   0: {words}:0016 {words[:-2]}FF:C738 01 0 0 0\n")
        address = "".join(bytes.fromhex(words[n : n + 8])[::-1].hex() for n in range(0, 32, 8))
        self.machine.file("/proc/net/if_inet6", f"{address} 02 40 20 80   enp1s0\n")
        self.machine.file("/proc/net/route", "Iface\n")
        self.assertEqual(self.found().pci, [PF])

    def test_an_ipv4_session_of_a_socket_for_both_families_is_found(self):
        self.machine.file("/proc/net/tcp", "  sl\n")
        self.machine.file(
            "/proc/net/tcp6",
            "  sl\n   0: 0000000000000000FFFF00000F02000A:0016 0000000000000000FFFF00000202000A:C738 01 0\n",
        )
        self.assertEqual(str(self.found().sessions[0].peer), "10.0.2.2")

    def test_sshd_on_another_port_is_found_by_its_configuration(self):
        self.machine.file("/proc/net/tcp", self.machine.text("/proc/net/tcp").replace(":0016", ":08AE") + "\n")
        self.assertEqual(self.found().sessions, [])
        self.machine.file("/etc/ssh/sshd_config.d/port.conf", "Port 2222\n")
        self.assertEqual(len(self.found().sessions), 1)

    def test_a_session_over_loopback_is_no_way_in(self):
        self.machine.file("/proc/net/tcp", "  sl\n   0: 0100007F:0016 0100007F:C738 01 0\n")
        self.assertEqual(self.found().sessions, [])

    def test_nothing_is_bound_while_the_interface_of_a_session_cannot_be_told(self):
        self.machine.file("/proc/net/route", "Iface\n")
        node = self.machine.node()
        with self.assertRaisesRegex(Refused, "cannot be told.*10.0.2.2"):
            refuse_way_in(node, way_in(node), [PF], "binding")

    def test_the_connection_that_sudo_has_taken_from_the_environment_is_that_of_the_shell_above_it(self):
        connection = "192.0.2.1 5 192.0.2.2 2222"
        self.machine.file("/proc/70/environ", f"HOME=/root\0SSH_CONNECTION={connection}\0")
        self.machine.file("/proc/70/stat", "70 (bash) S 1 70")
        self.machine.file("/proc/71/environ", "SUDO_USER=operator\0")
        self.machine.file("/proc/71/stat", "71 (a (b) c) S 70 70")
        self.assertEqual(inherited(self.machine.node(), 71), connection)
        self.machine.file("/proc/70/environ", "HOME=/root\0")
        self.assertIsNone(inherited(self.machine.node(), 71))

    def test_ssh_connection_counts_on_the_node_itself_only(self):
        with mock.patch.dict(os.environ, {"SSH_CONNECTION": "192.0.2.1 5 192.0.2.2 22"}):
            self.assertIsNone(own_connection(self.machine.node()))
            self.assertEqual(own_connection(Node()), "192.0.2.1 5 192.0.2.2 22")


if __name__ == "__main__":
    unittest.main()
