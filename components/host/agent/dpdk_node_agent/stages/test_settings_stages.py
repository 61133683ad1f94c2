"""Kernel settings, files and modules."""

from __future__ import annotations

import os
import shutil
import unittest

from ..errors import AgentError, Refused
from ..stage import State
from ..testing_tree import Machine, plan
from . import files, modules, sysctl


class Sysctl(unittest.TestCase):
    def setUp(self):
        self.machine, self.plan = Machine(), plan()
        self.addCleanup(self.machine.remove)

    def test_a_later_file_that_overrides_makes_it_partial_and_is_named(self):
        sysctl.apply(self.machine.node(), self.plan)
        self.machine.file("/etc/sysctl.conf", "# mine\nvm/max_map_count = 70000\n")
        self.machine.symlink("/etc/sysctl.d/99-sysctl.conf", "/etc/sysctl.conf")
        found = sysctl.check(self.machine.node(), self.plan)
        self.assertEqual(found.state, State.PARTIAL)
        self.assertIn(
            "/etc/sysctl.d/99-sysctl.conf comes after 90-dpdk-fleet.conf and sets vm/max_map_count to 70000", found.saw
        )

    def test_a_later_file_with_the_same_value_or_an_earlier_file_is_no_matter(self):
        sysctl.apply(self.machine.node(), self.plan)
        self.machine.file("/usr/lib/sysctl.d/99-x.conf", "vm.max_map_count=262144\n")
        self.machine.file("/etc/sysctl.d/10-y.conf", "vm.max_map_count=1\n")
        self.assertEqual(sysctl.check(self.machine.node(), self.plan).state, State.OK)

    def test_a_key_that_the_kernel_has_not_is_refused_before_anything_changes(self):
        self.plan["sysctl"].append({"key": "vm.no_such", "value": "1"})
        node = self.machine.node()
        with self.assertRaisesRegex(Refused, "no such setting.*vm.no_such"):
            sysctl.apply(node, self.plan)
        self.assertEqual(node.effects, 0)

    def test_a_setting_of_an_earlier_plan_gets_its_value_back(self):
        sysctl.apply(self.machine.node(), self.plan)
        self.plan["sysctl"] = []
        sysctl.apply(self.machine.node(), self.plan)
        self.assertEqual(self.machine.text("/proc/sys/vm/max_map_count"), "65530")
        self.assertFalse(self.machine.node().exists(sysctl.FILE))

    def test_fields_are_compared_without_the_kernels_tabs(self):
        self.machine.file("/proc/sys/net/ipv4/tcp_rmem", "4096\t131072\t6291456\n")
        self.plan["sysctl"] = [{"key": "net.ipv4.tcp_rmem", "value": "4096 131072 6291456"}]
        sysctl.apply(self.machine.node(), self.plan)
        self.assertEqual(sysctl.check(self.machine.node(), self.plan).state, State.OK)

    def test_an_interface_with_a_dot_is_reached_with_slashes(self):
        self.machine.file("/proc/sys/net/ipv4/conf/eth0.7/rp_filter", "1\n")
        for key in ("net/ipv4/conf/eth0.7/rp_filter", "net.ipv4.conf.eth0/7.rp_filter"):
            self.plan["sysctl"] = [{"key": key, "value": "0"}]
            sysctl.apply(self.machine.node(), self.plan)
            self.assertEqual(self.machine.text("/proc/sys/net/ipv4/conf/eth0.7/rp_filter"), "0")
            sysctl.revert(self.machine.node())


class Files(unittest.TestCase):
    def setUp(self):
        self.machine, self.plan = Machine(), plan()
        self.addCleanup(self.machine.remove)
        for file in self.plan["files"]:
            file.update(owner=str(os.geteuid()), group=str(os.getegid()))

    def test_a_file_that_was_there_comes_back_with_its_mode(self):
        self.machine.file("/etc/pantheonchain/dpdk.conf", "old\n", 0o600)
        before = self.machine.snapshot()
        files.apply(self.machine.node(), self.plan)
        self.assertNotEqual(self.machine.snapshot(), before)
        files.revert(self.machine.node())
        self.assertEqual(self.machine.snapshot(), before)

    def test_two_files_in_a_new_folder_leave_no_folder_in_whatever_order(self):
        before = self.machine.snapshot()
        for names in (("a", "b"), ("b", "a")):
            self.plan["files"] = [{**self.plan["files"][0], "path": f"/etc/pantheonchain/sub/{name}"} for name in names]
            files.apply(self.machine.node(), self.plan)
            files.revert(self.machine.node())
            self.assertEqual(self.machine.snapshot(), before)

    def test_a_file_of_an_earlier_plan_goes(self):
        files.apply(self.machine.node(), self.plan)
        self.plan["files"] = []
        files.apply(self.machine.node(), self.plan)
        self.assertFalse(self.machine.node().exists("/etc/pantheonchain"))

    def test_a_changed_mode_is_seen_and_mended(self):
        files.apply(self.machine.node(), self.plan)
        (self.machine.root / "etc/pantheonchain/dpdk.conf").chmod(0o666)
        self.assertIn("another mode", files.check(self.machine.node(), self.plan).saw)
        files.apply(self.machine.node(), self.plan)
        self.assertEqual(files.check(self.machine.node(), self.plan).state, State.OK)

    def test_a_symbolic_link_in_the_place_is_refused(self):
        self.machine.symlink("/etc/pantheonchain/dpdk.conf", "/etc/passwd")
        with self.assertRaisesRegex(Refused, "symbolic link"):
            files.apply(self.machine.node(), self.plan)


class Modules(unittest.TestCase):
    def setUp(self):
        self.machine, self.plan = Machine(), plan()
        self.addCleanup(self.machine.remove)

    def test_a_module_that_was_loaded_before_stays(self):
        self.machine.file("/sys/module/vfio_pci/refcnt", "0\n")
        modules.apply(self.machine.node(), self.plan)
        modules.revert(self.machine.node())
        self.assertTrue(self.machine.node().exists("/sys/module/vfio_pci"))

    def test_a_module_in_use_stays_and_is_said(self):
        modules.apply(self.machine.node(), self.plan)
        self.machine.file("/sys/module/vfio_pci/refcnt", "1\n")
        self.assertIn("module vfio-pci: still in use, it goes at the next boot", modules.revert(self.machine.node()))

    def test_a_module_that_cannot_be_loaded_says_so_and_that_the_kernel_is_locked_down(self):
        self.machine.missing_modules.add("vfio_pci")
        self.machine.file("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n")
        with self.assertRaisesRegex(AgentError, "vfio-pci cannot be loaded.*locked down .integrity."):
            modules.apply(self.machine.node(), self.plan)

    def test_uio_on_a_locked_down_kernel_is_refused(self):
        self.machine.file("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n")
        self.plan["modules"] = ["uio_pci_generic"]
        with self.assertRaisesRegex(Refused, "use vfio-pci"):
            modules.apply(self.machine.node(), self.plan)

    def test_vfio_without_an_iommu_is_refused_before_anything_changes(self):
        shutil.rmtree(self.machine.root / "sys/kernel/iommu_groups")
        node = self.machine.node()
        with self.assertRaisesRegex(Refused, "no IOMMU is at work"):
            modules.apply(node, self.plan)
        self.assertEqual(node.effects, 0)
        self.assertEqual(modules.check(node, self.plan).state, State.PARTIAL)

    def test_a_module_of_an_earlier_plan_is_unloaded(self):
        modules.apply(self.machine.node(), self.plan)
        self.plan["modules"] = []
        self.assertEqual(modules.check(self.machine.node(), self.plan).state, State.PARTIAL)
        modules.apply(self.machine.node(), self.plan)
        self.assertEqual(
            (self.machine.node().names("/sys/module"), self.machine.node().exists(modules.FILE)), ([], False)
        )


if __name__ == "__main__":
    unittest.main()
