from __future__ import annotations

import unittest
from unittest import mock

from .. import binding
from ..boot import boot
from ..errors import AgentError, Refused
from ..stage import State
from ..testing_layout import PF, UPLINK, VFS
from ..testing_tree import Machine, plan
from . import boot_unit, modules, nic_binding, virtual_functions

UNDO = "dpdk-fleet-undo-bind"


class NicBinding(unittest.TestCase):
    def setUp(self):
        self.machine, self.plan = Machine(), plan()
        self.addCleanup(self.machine.remove)

    def node(self):
        return self.machine.node()

    def with_functions(self) -> None:
        for stage in (modules, boot_unit, virtual_functions):
            stage.apply(self.node(), self.plan)

    def whole(self, pci: str = PF, mac: str | None = "52:54:00:d0:00:01") -> None:
        """A plan that binds a whole physical function."""
        self.plan["nics"] = [
            {"name": "data0", "pci": pci, "mac": mac, "driver": "igb", "bind": "vfio-pci", "virtualFunctions": []}
        ]

    def refused(self, pattern: str) -> None:
        before, node = self.machine.snapshot(), self.node()
        with self.assertRaisesRegex(Refused, pattern):
            nic_binding.apply(node, self.plan)
        self.assertEqual((node.effects, self.machine.snapshot()), (0, before))

    def test_a_nic_that_carries_ssh_is_never_bound(self):
        self.whole(UPLINK, None)
        self.refused("cut the way into the node, at 0000:00:10.0")

    def test_a_nic_in_the_iommu_group_of_the_one_that_carries_ssh_is_never_bound(self):
        self.machine.function("0000:00:10.1", 3, None)
        self.whole("0000:00:10.1", None)
        self.refused("shares the IOMMU group|cut the way into the node")

    def test_the_timer_is_armed_before_anything_is_bound_and_names_the_revert(self):
        self.with_functions()
        with mock.patch.object(nic_binding, "bind", side_effect=RuntimeError), self.assertRaises(RuntimeError):
            nic_binding.apply(self.node(), self.plan)
        self.assertIn("--on-active=120", self.machine.timers[UNDO])
        self.assertEqual(self.machine.timers[UNDO][-3:], ["/usr/local/sbin/dpdk-node-agent", "revert", "nic-binding"])

    def test_bound_functions_are_read_back_and_wait_for_their_confirmation(self):
        self.with_functions()
        nic_binding.apply(self.node(), self.plan)
        self.assertTrue(nic_binding.is_armed(self.node()))
        self.assertEqual(nic_binding.check(self.node(), self.plan).state, State.PARTIAL)
        nic_binding.confirm(self.node())
        self.assertFalse(nic_binding.is_armed(self.node()))
        self.assertEqual(self.machine.timers, {})
        self.assertEqual(nic_binding.check(self.node(), self.plan).state, State.OK)

    def test_a_reboot_keeps_a_confirmed_binding(self):
        self.with_functions()
        nic_binding.apply(self.node(), self.plan)
        nic_binding.confirm(self.node())
        self.machine.reboot()
        self.assertEqual(nic_binding.check(self.node(), self.plan).state, State.ABSENT)
        self.assertEqual(boot(self.node()), 0)
        self.assertEqual(nic_binding.check(self.node(), self.plan).state, State.OK)
        self.assertEqual(self.machine.timers, {})

    def test_a_reboot_while_the_timer_runs_does_not_bind_again(self):
        self.with_functions()
        nic_binding.apply(self.node(), self.plan)
        self.machine.reboot()
        self.assertEqual(boot(self.node()), 0)
        self.assertFalse(nic_binding.is_armed(self.node()))
        self.assertEqual(nic_binding.check(self.node(), self.plan).state, State.ABSENT)
        nic_binding.apply(self.node(), self.plan)
        self.assertTrue(nic_binding.is_armed(self.node()))

    def test_another_card_at_the_address_is_not_bound_at_boot(self):
        self.whole()
        for stage in (modules, boot_unit, nic_binding):
            stage.apply(self.node(), self.plan)
        nic_binding.confirm(self.node())
        self.machine.reboot_without_binding(PF)
        self.machine.file("/sys/class/net/enp1s0/address", "52:54:00:ff:ff:ff\n")
        self.assertEqual(boot(self.node()), 1)
        self.assertEqual(self.node().link_name(f"/sys/bus/pci/devices/{PF}/driver"), "igb")

    def renumbered(self) -> str:
        """The card of the plan has moved to another slot's address, and another card is where it was."""
        self.machine.file("/sys/class/net/enp1s0/address", "52:54:00:ff:ff:ff\n")
        self.machine.function("0000:03:00.0", 31, None)
        self.machine.interface("enp3s0", "0000:03:00.0", "52:54:00:d0:00:01")
        return "data0 is at 0000:03:00.0 now: correct hardware.nics.data0.pci"

    def test_a_card_with_another_pci_address_than_planned_is_named_with_it(self):
        self.whole()
        self.refused(f"another card is at this PCI address, at 0000:01:00.0.*{self.renumbered()}")

    def test_a_card_whose_place_is_empty_or_another_device_s_is_named_with_its_new_address(self):
        said = self.renumbered()
        self.whole("0000:09:00.0")
        self.refused(f"no such NIC function, at 0000:09:00.0.*{said}")
        self.machine.function("0000:09:00.0", 32, "nvme", kind="0x010802")
        self.refused(f"no NIC is at this PCI address, at 0000:09:00.0, found a device of class 0x010802.*{said}")

    def test_a_device_that_has_taken_the_place_of_a_bound_card_keeps_its_driver_on_revert(self):
        self.whole()
        nic_binding.apply(self.node(), self.plan)
        self.machine.reboot_without_binding(PF)
        self.machine.function(PF, 14, "nvme", kind="0x010802", vendor="0x144d", device="0xa808")
        self.assertEqual(nic_binding.revert(self.node())[0], f"{PF}: another device is there now, left as it is")
        self.assertEqual(self.node().link_name(f"/sys/bus/pci/devices/{PF}/driver"), "nvme")

    def test_a_binding_that_was_there_before_arms_nothing_and_stays_on_revert(self):
        self.with_functions()
        for pci in VFS:
            self.machine.bind(pci, "vfio-pci")
        nic_binding.apply(self.node(), self.plan)
        self.assertEqual((self.machine.timers, nic_binding.revert(self.node())), ({}, []))

    def test_a_whole_function_comes_back_with_its_driver_and_its_interface_up(self):
        self.machine.file("/sys/class/net/enp1s0/flags", "0x1003\n")
        self.whole()
        nic_binding.apply(self.node(), self.plan)
        self.assertIn("/dev/vfio/14", [f"/dev/vfio/{name}" for name in self.node().names("/dev/vfio")])
        nic_binding.revert(self.node())
        self.assertEqual(self.node().link_name(f"/sys/bus/pci/devices/{PF}/driver"), "igb")
        self.assertEqual(self.machine.text("/sys/class/net/enp1s0/flags"), "0x1003")

    def test_a_function_that_a_process_has_open_is_not_taken_away(self):
        self.with_functions()
        nic_binding.apply(self.node(), self.plan)
        folder = self.machine.root / "proc/77/fd"
        folder.mkdir(parents=True)
        (folder / "9").symlink_to("/dev/vfio/20")
        with self.assertRaisesRegex(Refused, "in use.*process 77 with /dev/vfio/20 open"):
            nic_binding.revert(self.node())

    def test_a_nic_of_another_plan_is_given_back(self):
        self.with_functions()
        nic_binding.apply(self.node(), self.plan)
        self.plan["nics"][0]["virtualFunctions"].pop()
        nic_binding.apply(self.node(), self.plan)
        self.assertIsNone(self.node().link_name(f"/sys/bus/pci/devices/{VFS[1]}/driver"))
        self.assertTrue(nic_binding.is_armed(self.node()))

    def test_a_mellanox_nic_stays_on_its_kernel_driver(self):
        self.machine.function("0000:03:00.0", 30, "mlx5_core", vendor="0x15b3")
        self.whole("0000:03:00.0", None)
        self.refused("through its kernel driver.*mlx5_core")

    def test_a_bifurcated_card_that_has_no_driver_now_is_known_by_its_ids(self):
        for vendor, device, kept in (("0x15b3", "0x101d", "mlx5_core"), ("0x1414", "0x00ba", "mana")):
            with self.subTest(kept=kept):
                self.machine.function("0000:03:00.0", 30, None, vendor=vendor, device=device)
                self.whole("0000:03:00.0", None)
                self.refused(f"through its kernel driver.*{kept}")

    def test_a_device_with_a_kernel_driver_in_the_iommu_group_is_named(self):
        self.machine.function("0000:01:00.1", 14, "ahci", kind="0x010601")
        self.whole()
        self.refused("shares the IOMMU group.*0000:01:00.1 on ahci")

    def test_both_functions_of_a_group_are_bound_where_both_are_asked_for_and_neither_where_one_is_not(self):
        self.machine.function("0000:01:00.1", 14, "ixgbe")
        self.whole()
        self.refused("shares the IOMMU group.*0000:01:00.1 on ixgbe; bind both")
        second = {**self.plan["nics"][0], "name": "data1", "pci": "0000:01:00.1", "mac": None}
        self.plan["nics"].append(second)
        nic_binding.apply(self.node(), self.plan)
        nic_binding.confirm(self.node())
        self.assertEqual(nic_binding.check(self.node(), self.plan).state, State.OK)
        self.assertEqual(self.node().names("/dev/vfio"), ["14"])

    def test_a_function_on_vfio_whose_device_is_not_there_is_not_taken_for_bound(self):
        self.with_functions()
        nic_binding.apply(self.node(), self.plan)
        nic_binding.confirm(self.node())
        (self.machine.root / "dev/vfio/20").unlink()
        self.assertEqual(nic_binding.check(self.node(), self.plan).state, State.PARTIAL)

    def bound_over_a_kernel_update(self) -> None:
        """A card that was bound as a whole and confirmed, and the machine with its next kernel, which knows nothing."""
        self.whole()
        for stage in (modules, boot_unit, nic_binding):
            stage.apply(self.node(), self.plan)
        nic_binding.confirm(self.node())
        self.machine.reboot_without_binding(PF)
        self.machine.file("/proc/sys/kernel/osrelease", "6.1.0-41-amd64\n")
        self.assertEqual(self.machine.text(f"/sys/bus/pci/devices/{PF}/driver_override"), "(null)")

    def test_a_binding_survives_a_kernel_update_because_the_boot_unit_overrides_the_driver_again(self):
        self.bound_over_a_kernel_update()
        self.assertEqual(boot(self.node()), 0)
        self.assertEqual(self.node().link_name(f"/sys/bus/pci/devices/{PF}/driver"), "vfio-pci")

    def test_a_card_stays_with_its_driver_where_the_new_kernel_has_no_vfio(self):
        self.bound_over_a_kernel_update()
        import shutil

        shutil.rmtree(self.machine.root / "sys/bus/pci/drivers/vfio-pci")
        self.assertEqual(boot(self.node()), 1)
        self.assertEqual(self.node().link_name(f"/sys/bus/pci/devices/{PF}/driver"), "igb")

    def test_a_bridge_in_the_iommu_group_is_no_obstacle(self):
        self.machine.function("0000:00:1c.0", 14, "pcieport", kind="0x060400")
        self.whole()
        nic_binding.apply(self.node(), self.plan)

    def test_a_physical_function_with_virtual_ones_is_not_bound(self):
        self.machine.set_functions(2)
        self.whole()
        self.refused("with virtual ones")

    def test_another_card_at_the_address_is_refused(self):
        self.whole(mac="52:54:00:ff:ff:ff")
        self.refused("another card.*52:54:00:d0:00:01, asked 52:54:00:ff:ff:ff")

    def test_a_function_that_is_not_there_is_refused(self):
        self.whole("0000:09:00.0", None)
        self.refused("no such NIC function.*0000:09:00.0")

    def test_no_iommu_is_one_clear_line(self):
        import shutil

        shutil.rmtree(self.machine.root / "sys/kernel/iommu_groups")
        self.whole()
        self.refused("no IOMMU is at work.*intel_iommu=on")

    def test_a_driver_that_is_not_loaded_is_refused(self):
        import shutil

        shutil.rmtree(self.machine.root / "sys/bus/pci/drivers/vfio-pci")
        self.whole()
        self.refused("no driver vfio-pci.*under modules")

    def test_a_function_that_the_driver_does_not_take_is_an_error_and_the_timer_stays_armed(self):
        self.machine.stubborn = True
        self.whole()
        with (
            mock.patch.object(binding, "PROBE_SECONDS", 0),
            self.assertRaisesRegex(AgentError, "did not take the function"),
        ):
            nic_binding.apply(self.node(), self.plan)
        self.assertTrue(nic_binding.is_armed(self.node()))

    def test_without_an_installed_agent_nothing_is_bound_because_the_undo_could_not_run(self):
        (self.machine.root / "usr/local/sbin/dpdk-node-agent").unlink()
        self.whole()
        with self.assertRaisesRegex(AgentError, "no agent to run"):
            nic_binding.apply(self.node(), self.plan)
        self.assertEqual(self.node().link_name(f"/sys/bus/pci/devices/{PF}/driver"), "igb")


if __name__ == "__main__":
    unittest.main()
