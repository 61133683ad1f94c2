"""Configuration that waits for a NIC which DPDK has taken."""

from __future__ import annotations

import unittest

from . import planfile
from .doctor import doctor
from .stages import nic_binding
from .testing_layout import PF
from .testing_tree import Machine, plan
from .waitonline import waiting

NETPLAN = """\
network:
  version: 2
  # data
  ethernets:
    enp0s16:
      dhcp4: true
    {entry}
  bonds: {{}}
"""


class WaitOnline(unittest.TestCase):
    def setUp(self):
        self.machine, self.plan = Machine(), plan()
        self.addCleanup(self.machine.remove)
        nic = {"name": "data0", "pci": PF, "mac": "52:54:00:d0:00:01", "driver": "igb"}
        self.plan["nics"] = [{**nic, "bind": "vfio-pci", "virtualFunctions": []}]

    def found(self) -> list[str]:
        return waiting(self.machine.node(), self.plan)

    def netplan(self, entry: str) -> list[str]:
        self.machine.file("/etc/netplan/50-cloud-init.yaml", NETPLAN.format(entry=entry))
        return self.found()

    def test_an_entry_of_netplan_is_named_with_its_remedy(self):
        said = "data0 (enp1s0) goes to vfio-pci, and /etc/netplan/50-cloud-init.yaml waits for it at boot: "
        said += "write `optional: true` below enp1s0, or take it out"
        self.assertEqual(self.netplan("enp1s0:\n      dhcp4: true"), [said])

    def test_an_entry_that_is_found_by_address_or_match_is_named_too(self):
        by_mac = 'fast:\n      match:\n        macaddress: "52:54:00:D0:00:01"\n      set-name: enp1s0'
        self.assertIn("below fast", self.netplan(by_mac)[0])
        self.assertIn("below fast", self.netplan("fast: {match: {name: enp1s0}}")[0])

    def test_an_optional_entry_and_one_of_another_nic_are_no_matter(self):
        self.assertEqual(self.netplan("enp1s0:\n      dhcp4: true\n      optional: true"), [])
        self.assertEqual(self.netplan("enp1s01:\n      dhcp4: true"), [])

    def test_ifupdown_and_an_explicit_wait_are_named(self):
        self.machine.file("/etc/network/interfaces", "auto lo enp1s0\niface enp1s0 inet dhcp\n")
        self.machine.file(
            "/etc/systemd/system/systemd-networkd-wait-online.service.d/x.conf",
            "[Service]\nExecStart=\nExecStart=/lib/systemd/systemd-networkd-wait-online -i enp1s0:degraded\n",
        )
        files = [line.split(", and ")[1].split(" ")[0] for line in self.found()]
        drop_in = "/etc/systemd/system/systemd-networkd-wait-online.service.d/x.conf"
        self.assertEqual(files, ["/etc/network/interfaces", drop_in])
        self.machine.file("/etc/network/interfaces", "auto lo\nallow-hotplug enp1s0\n")
        self.assertEqual(len(self.found()), 1)

    def test_a_card_that_is_bound_already_is_known_by_the_interface_that_it_had(self):
        nic_binding.apply(self.machine.node(), self.plan)
        self.assertEqual(len(self.netplan("enp1s0: {dhcp4: true}")), 1)
        planfile.keep(self.machine.node(), self.plan)
        self.assertIn("waits for it at boot", "\n".join(doctor(self.machine.node())))

    def test_a_card_that_stays_with_the_kernel_is_waited_for_rightly(self):
        del self.plan["nics"][0]["bind"]
        self.assertEqual(self.netplan("enp1s0: {dhcp4: true}"), [])


if __name__ == "__main__":
    unittest.main()
