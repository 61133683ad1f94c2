"""Settings of NICs that stay with the kernel: what is asked, what is refused, what comes back."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import unittest
from pathlib import Path
from unittest import mock

from ..boot import boot
from ..errors import AgentError, Refused
from ..stage import State
from ..testing_driver import Driver
from ..testing_layout import PF, UPLINK
from ..testing_tree import Machine, plan
from . import boot_unit, nic_binding, nic_settings, virtual_functions

RINGS, CHANNELS, PAUSE, COALESCING = 0x10, 0x3C, 0x12, 0x0E
SET_CHANNELS = 0x3D


class NicSettings(unittest.TestCase):
    def setUp(self):
        self.machine, self.plan = Machine(), plan()
        self.addCleanup(self.machine.remove)

    @property
    def driver(self) -> Driver:
        return self.machine.drivers["enp1s0"]

    def node(self):
        return self.machine.node()

    def ask(self, pci: str = PF, mac: str = "52:54:00:d0:00:01", **settings: dict) -> None:
        self.plan["nics"] = [
            {"name": "data0", "pci": pci, "mac": mac, "driver": "igb", "virtualFunctions": [], "settings": settings}
        ]

    def ask_uplink(self, **settings: dict) -> None:
        self.machine.drivers["enp0s16"] = Driver()
        self.ask(UPLINK, "52:54:00:aa:00:01", **settings)

    def apply(self) -> None:
        nic_settings.apply(self.node(), self.plan)

    def state(self) -> State:
        return nic_settings.check(self.node(), self.plan).state

    def refused(self, pattern: str) -> None:
        before, node = self.machine.snapshot(), self.node()
        with self.assertRaisesRegex(Refused, pattern):
            nic_settings.apply(node, self.plan)
        self.assertEqual((node.effects, self.machine.snapshot()), (0, before))

    def test_all_that_the_seed_sets_is_set_and_comes_back(self):
        before = self.machine.snapshot()
        self.ask(
            offloads={"gro": False, "lro": False, "tso": False, "gso": False},
            rings={"rx": 4096, "tx": 4096},
            channels={"combined": 4},
            pause={"rx": False, "tx": True},
            coalescing={"rxUsecs": 50, "txUsecs": 50},
        )
        self.assertEqual(self.state(), State.PARTIAL)  # lro and gso are off, and four channels are there
        self.apply()
        self.assertEqual(self.state(), State.OK)
        self.assertEqual(self.driver.on, {"rx-hashing"})
        self.assertEqual(self.driver.words[RINGS][5:], [4096, 0, 0, 4096])
        self.assertEqual(self.driver.words[PAUSE], [0, 0, 0, 1])
        self.assertEqual([self.driver.words[COALESCING][place] for place in (1, 5, 10, 11)], [50, 50, 0, 0])
        nic_settings.revert(self.node())
        self.assertEqual(self.machine.snapshot(), before)

    def test_a_node_without_settings_is_asked_nothing_and_left_alone(self):
        node, before = self.node(), self.machine.snapshot()
        with mock.patch.object(node, "ask_driver", side_effect=AssertionError):
            nic_settings.apply(node, self.plan)
            self.assertEqual(nic_settings.check(node, self.plan).state, State.OK)
            self.assertEqual(nic_settings.revert(node), [])
        self.assertEqual(self.machine.snapshot(), before)

    def test_what_is_not_named_keeps_its_value(self):
        self.ask(rings={"rx": 512})
        self.apply()
        self.assertEqual(self.driver.words[RINGS], [0, 4096, 0, 0, 4096, 512, 0, 0, 256])
        self.assertEqual(self.driver.words[COALESCING][10], 1)

    def test_one_request_a_group_so_that_a_card_resets_once(self):
        self.ask(rings={"rx": 4096, "tx": 4096})
        self.apply()
        self.assertEqual(self.driver.resets, 1)

    def test_a_setting_of_an_earlier_plan_gets_its_value_back(self):
        self.ask(offloads={"gro": False}, rings={"rx": 4096, "tx": 4096})
        self.apply()
        self.ask(rings={"rx": 4096})
        self.assertEqual(self.state(), State.PARTIAL)
        self.apply()
        self.assertEqual((self.driver.words[RINGS][5], self.driver.words[RINGS][8]), (4096, 256))
        self.assertIn("rx-gro", self.driver.on)
        self.assertEqual(self.state(), State.OK)

    def test_a_reboot_loses_them_and_the_boot_unit_makes_them_again(self):
        self.ask(offloads={"gro": False}, rings={"rx": 4096})
        for stage in (boot_unit, nic_settings):
            stage.apply(self.node(), self.plan)
        self.machine.reboot()
        self.assertEqual(self.state(), State.ABSENT)
        self.assertEqual(boot(self.node()), 0)
        self.assertEqual(self.state(), State.OK)
        nic_settings.revert(self.node())
        self.assertEqual(self.driver.shown(), Driver().shown())

    def test_a_setting_that_was_right_before_is_looked_after_at_boot_too(self):
        self.driver.words[RINGS][5] = 4096  # somebody's tool did that
        self.ask(rings={"rx": 4096})
        for stage in (boot_unit, nic_settings):
            stage.apply(self.node(), self.plan)
        self.machine.reboot()
        self.assertEqual(boot(self.node()), 0)
        self.assertEqual(self.state(), State.OK)

    def test_a_ring_larger_than_the_drivers_is_refused_with_its_maximum(self):
        self.ask(rings={"rx": 8192})
        self.refused("does not take rings.rx=8192, at enp1s0 .data0., found 4096 at most, now 256; ask for 4096")

    def test_more_channels_than_the_driver_has_are_refused_with_its_maximum(self):
        self.ask(channels={"combined": 16})
        self.refused("channels.combined=16.*8 at most, now 4")

    def test_channels_that_rdma_holds_are_told_with_what_lets_go_of_them_and_come_back(self):
        """ice: "Cannot change channels when RDMA is active". Nothing is unloaded: somebody may be using it."""
        before, answer = self.machine.snapshot(), self.driver.answer

        def busy(request: bytes) -> bytes:
            if request[:1] == bytes([SET_CHANNELS]):
                raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
            return answer(request)

        self.ask(rings={"rx": 4096}, channels={"combined": 8})
        with mock.patch.object(self.driver, "answer", busy):
            with self.assertRaisesRegex(AgentError, "channels.combined=8: Device or resource busy; look at dmesg"):
                self.apply()
            self.machine.file("/sys/module/irdma/refcnt", "0\n")
            with self.assertRaisesRegex(AgentError, "rmmod irdma.*module_blacklist=irdma to kernel.extraArguments"):
                self.apply()
        (self.machine.root / "sys/module/irdma/refcnt").unlink()
        (self.machine.root / "sys/module/irdma").rmdir()
        nic_settings.revert(self.node())
        self.assertEqual(self.machine.snapshot(), before)

    def test_a_group_that_was_never_asked_for_and_cannot_be_read_stops_no_revert(self):
        before = self.machine.snapshot()
        self.ask(rings={"rx": 4096})
        self.apply()
        answer = self.driver.answer

        def broken(request: bytes) -> bytes:
            if request[:1] == bytes([PAUSE]):
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return answer(request)

        with mock.patch.object(self.driver, "answer", broken):
            nic_settings.revert(self.node())
        self.assertEqual(self.machine.snapshot(), before)

    def test_a_group_that_the_driver_does_not_know_is_refused_with_those_that_it_knows(self):
        del self.driver.words[PAUSE]
        self.ask(pause={"rx": False})
        self.refused("no settings of the kind pause.*it has offloads, rings, channels, coalescing; take settings.pause")

    def test_an_offload_that_is_fixed_is_refused_and_one_that_is_off_for_good_may_be_asked_to_be_off(self):
        self.ask(offloads={"lro": True})
        self.refused("turn lro on.*rx-lro fixed at off")
        self.ask(offloads={"lro": False})
        self.apply()
        self.assertEqual(self.state(), State.OK)

    def test_tso_is_every_feature_that_the_driver_lets_anybody_change(self):
        self.ask(offloads={"tso": False})
        self.apply()
        self.assertFalse({name for name in self.driver.on if "tcp" in name})
        self.ask(offloads={"tso": True})
        self.apply()
        on = {name for name in self.driver.on if "tcp" in name}
        self.assertEqual(on, {"tx-tcp-segmentation", "tx-tcp6-segmentation"})

    def test_a_driver_that_rounds_is_told_apart_from_one_that_obeys(self):
        self.driver.rounds_to = 64
        self.ask(rings={"rx": 1000})
        with mock.patch.object(nic_settings, "_SETTLE_SECONDS", 0), self.assertRaisesRegex(AgentError, "now rx 960"):
            self.apply()
        nic_settings.revert(self.node())
        self.assertEqual(self.driver.words[RINGS][5], 256)

    def test_pause_is_set_where_it_belongs_to_the_link_as_a_whole(self):
        self.driver.negotiates_pause = True
        self.ask(pause={"rx": False, "tx": False})
        self.apply()
        self.assertEqual(self.driver.words[PAUSE], [0, 1, 0, 0])
        nic_settings.revert(self.node())
        self.assertEqual(self.driver.words[PAUSE], [0, 1, 1, 1])

    def test_the_nic_that_carries_ssh_is_never_reset(self):
        for settings in (
            {"rings": {"rx": 4096}},
            {"channels": {"combined": 8}},
            {"pause": {"rx": False}},
            {"coalescing": {"rxUsecs": 0}},
        ):
            with self.subTest(settings):
                self.ask_uplink(**settings)
                self.refused("which resets the NIC, would cut the way into the node, at 0000:00:10.0")

    def test_lro_of_the_nic_that_carries_ssh_is_not_changed_because_ixgbe_resets_for_it(self):
        self.ask_uplink(offloads={"lro": True})
        self.machine.drivers["enp0s16"].fixed = set()
        self.refused("changing offloads.rx-lro, which resets the NIC")

    def test_offloads_that_reset_nothing_are_changed_on_the_nic_that_carries_ssh_too(self):
        self.ask_uplink(offloads={"gro": False, "tso": False, "gso": True, "lro": False})
        self.apply()
        self.assertEqual(self.machine.drivers["enp0s16"].on, {"rx-hashing", "tx-generic-segmentation"})

    def test_a_nic_beside_the_one_that_carries_ssh_in_its_iommu_group_may_be_reset(self):
        self.machine.symlink(f"/sys/kernel/iommu_groups/3/devices/{PF}", f"/sys/devices/pci0000:00/{PF}")
        self.ask(rings={"rx": 4096})
        self.apply()
        self.assertEqual(self.state(), State.OK)

    def test_a_nic_that_has_become_the_way_in_keeps_until_the_next_boot_what_would_reset_it(self):
        self.ask(offloads={"gro": False}, rings={"rx": 4096})
        self.apply()
        routes = self.machine.text("/proc/net/route").replace("enp0s16", "enp1s0")
        self.machine.file("/proc/net/route", routes + "\n")
        done = nic_settings.revert(self.node())
        self.assertEqual(done[0], "reboot: rings.rx of enp1s0, which carries the way in")
        self.assertEqual((self.driver.words[RINGS][5], "rx-gro" in self.driver.on), (4096, True))
        self.assertEqual(nic_settings.revert(self.node()), [])

    def test_a_process_that_drives_a_function_of_the_nic_keeps_it_from_being_reset(self):
        for stage in (virtual_functions, nic_binding):
            self.machine.file("/sys/bus/pci/drivers/vfio-pci/new_id", "")
            stage.apply(self.node(), self.plan)
        folder = self.machine.root / "proc/77/fd"
        folder.mkdir(parents=True)
        (folder / "9").symlink_to("/dev/vfio/20")
        self.plan["nics"][0]["settings"] = {"rings": {"rx": 4096}}
        self.refused("in use.*process 77")
        self.plan["nics"][0]["settings"] = {"offloads": {"gro": False}}
        self.apply()

    def test_another_card_at_the_address_is_left_alone(self):
        self.ask(mac="52:54:00:ff:ff:ff", rings={"rx": 4096})
        self.refused("another card")

    def test_another_card_that_a_boot_has_put_at_the_address_keeps_its_settings_on_revert(self):
        self.ask(rings={"rx": 4096})
        self.apply()
        self.machine.reboot()
        self.machine.file("/sys/class/net/enp1s0/address", "52:54:00:ff:ff:ff\n")
        self.driver.words[RINGS][5] = 1024
        self.assertEqual(nic_settings.revert(self.node()), [])
        self.assertEqual((self.driver.words[RINGS][5], self.driver.resets), (1024, 0))

    def test_a_nic_that_dpdk_has_is_refused(self):
        self.machine.unbind(PF)
        self.ask(rings={"rx": 4096})
        self.refused("without network interface")


_VETH = """
from dpdk_node_agent import ethtool
from dpdk_node_agent.node import Node
from dpdk_node_agent.stages.nic_settings import _FEATURES

node = Node()
offloads = ethtool.read(node, "v0", ethtool.OFFLOADS)
for name in (feature for features in _FEATURES.values() for feature in features):
    if name not in offloads.fixed:
        for value in (1 - offloads.values[name], offloads.values[name]):
            ethtool.write(node, "v0", ethtool.OFFLOADS, {name: value})
            assert ethtool.read(node, "v0", ethtool.OFFLOADS).values[name] == value, name
assert "rx-gro" in offloads.values and "rx-gro" not in offloads.fixed
assert ethtool.read(node, "v0", ethtool.OFFLOADS) == offloads
assert ethtool.read(node, "v0", "pause") is None and ethtool.read(node, "no-such", "rings") is None
print("done")
"""
_NAMESPACE = "ip link add v0 type veth peer name v1 && exec {python} -c '{text}'"


class TheKernelItself(unittest.TestCase):
    def test_offloads_are_read_and_changed_on_an_interface_of_this_kernel_in_a_network_of_its_own(self):
        shell = ["unshare", "--net", "sh", "-c"]
        try:
            able = subprocess.run([*shell, "ip link add v0 type veth peer name v1"], capture_output=True, check=False)
        except FileNotFoundError:
            self.skipTest("no unshare here")
        if able.returncode:
            self.skipTest("no network namespace with a veth can be made here")
        script = _NAMESPACE.format(python=sys.executable, text=_VETH.replace("'", '"'))
        home = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
        done = subprocess.run([*shell, script], capture_output=True, text=True, env=home, check=False, timeout=60)
        self.assertEqual((done.stdout.strip(), done.stderr), ("done", ""))


if __name__ == "__main__":
    unittest.main()
