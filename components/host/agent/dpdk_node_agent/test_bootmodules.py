"""A reboot into a kernel that lacks a module of this node is refused before anything is staged."""

from __future__ import annotations

import unittest

from . import trial
from .errors import Refused
from .stages import kernel_arguments
from .testing_machine import ASKED, Machine, plan, scratch

NEXT = "/lib/modules/6.1.0-56-amd64"


class KernelsOfAnUpgrade(unittest.TestCase):
    """The boot loader's default is 6.1.0-56; 6.1.0-40 runs, with a driver that was built for it."""

    def setUp(self) -> None:
        self.machine = Machine(scratch(self))
        self.machine.write("/proc/sys/kernel/osrelease", "6.1.0-40-amd64\n")
        self.machine.write("/sys/module/pf_ring/taint", "OE\n")
        self.machine.write("/lib/modules/6.1.0-40-amd64/modules.dep", "updates/dkms/pf_ring.ko:\n")
        self.machine.write("/sys/module/igb/taint", "\n")
        self.machine.write(f"{NEXT}/modules.builtin", "kernel/drivers/vfio/vfio.ko\n")
        self.plan = {**plan(ASKED), "modules": ["vfio-pci"]}

    def dep(self, *paths: str) -> None:
        self.machine.write(f"{NEXT}/modules.dep", "".join(f"{path}: kernel/lib/a.ko.xz\n" for path in paths))

    def test_a_module_that_was_built_for_the_running_kernel_only_stops_the_reboot(self) -> None:
        self.dep("kernel/drivers/vfio/pci/vfio-pci.ko.xz")
        before = self.machine.snapshot("/boot", "/etc")
        with self.assertRaisesRegex(Refused, "lacks modules that kernel 6.1.0-40-amd64 has.*no pf_ring;.*holdKernel"):
            kernel_arguments.apply(self.machine.node(), self.plan)
        self.assertEqual((trial.remembered(self.machine.node()).trial, self.machine.asked_for_reboot), (None, False))
        self.assertEqual(self.machine.snapshot("/boot", "/etc"), before)

    def test_a_module_of_the_plan_that_the_next_kernel_lacks_stops_it_too(self) -> None:
        self.dep("updates/dkms/pf_ring.ko")
        with self.assertRaisesRegex(Refused, "no vfio-pci;"):
            kernel_arguments.apply(self.machine.node(), self.plan)

    def test_a_kernel_with_all_of_them_is_tried(self) -> None:
        self.dep("kernel/drivers/vfio/pci/vfio-pci.ko.xz", "updates/dkms/pf_ring.ko")
        kernel_arguments.apply(self.machine.node(), self.plan)
        self.assertTrue(trial.is_waiting_for_reboot(self.machine.node()))

    def test_a_module_that_the_next_kernel_has_built_in_is_not_missed(self) -> None:
        self.dep("updates/dkms/pf_ring.ko")
        self.machine.write(f"{NEXT}/modules.builtin", "kernel/drivers/vfio/pci/vfio-pci.ko\n")
        kernel_arguments.apply(self.machine.node(), self.plan)
        self.assertTrue(trial.is_waiting_for_reboot(self.machine.node()))

    def test_what_no_kernel_has_in_its_folder_is_not_missed(self) -> None:
        """Live patches, and what a security agent loads from a folder of its own, are no kernel's to have."""
        self.dep("kernel/drivers/vfio/pci/vfio-pci.ko.xz", "updates/dkms/pf_ring.ko")
        self.machine.write("/sys/module/lkp_Ubuntu_6_8_0_45_45_generic_106/taint", "OEK\n")
        self.machine.write("/sys/module/falcon_lsm_serviceable/taint", "POE\n")
        kernel_arguments.apply(self.machine.node(), self.plan)
        self.assertTrue(trial.is_waiting_for_reboot(self.machine.node()))

    def test_the_kernel_that_runs_is_not_asked(self) -> None:
        self.machine.write("/proc/sys/kernel/osrelease", "6.1.0-56-amd64\n")
        kernel_arguments.apply(self.machine.node(), self.plan)
        self.assertTrue(trial.is_waiting_for_reboot(self.machine.node()))


if __name__ == "__main__":
    unittest.main()
