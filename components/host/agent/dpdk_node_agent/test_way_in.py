from __future__ import annotations

import os
import unittest
from unittest import mock

from .errors import Refused
from .node import Node
from .sshsessions import own_connection
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

    def test_ssh_connection_counts_on_the_node_itself_only(self):
        with mock.patch.dict(os.environ, {"SSH_CONNECTION": "192.0.2.1 5 192.0.2.2 22"}):
            self.assertIsNone(own_connection(self.machine.node()))
            self.assertEqual(own_connection(Node()), "192.0.2.1 5 192.0.2.2 22")


if __name__ == "__main__":
    unittest.main()
