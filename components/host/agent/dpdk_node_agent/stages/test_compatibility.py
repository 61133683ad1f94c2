"""What a machine cannot be is refused before anything is changed; what is less than recommended is a note."""

from __future__ import annotations

import json
import shutil
import unittest
from unittest import mock

from .. import cardcheck
from ..converge import converge
from ..errors import Refused
from ..secureboot import VARIABLE
from ..stage import State
from ..testing_tree import Machine, plan
from . import compatibility

E810 = "0000:05:00.0"


class Compatibility(unittest.TestCase):
    def setUp(self) -> None:
        self.machine, self.plan = Machine(), plan()
        self.addCleanup(self.machine.remove)

    def noted(self, *parts: str) -> str:
        """What is said of a machine that is good enough."""
        found = compatibility.check(self.machine.node(), self.plan)
        self.assertEqual(found.state, State.OK, found.saw)
        compatibility.apply(self.machine.node(), self.plan)
        self.assertEqual(compatibility.explain(self.machine.node(), self.plan), [])
        for part in parts:
            self.assertIn(part, found.saw)
        return found.saw

    def refused(self, pattern: str) -> None:
        before, node = self.machine.snapshot(), self.machine.node()
        self.assertRegex(compatibility.check(node, self.plan).saw, pattern)
        self.assertEqual(compatibility.check(node, self.plan).state, State.PARTIAL)
        self.assertRegex("; ".join(compatibility.explain(node, self.plan)), pattern)
        with self.assertRaisesRegex(Refused, f"{pattern}.*nothing was changed"):
            compatibility.apply(node, self.plan)
        self.assertEqual((node.effects, self.machine.snapshot()), (0, before))

    def cpu(self, flags: str) -> None:
        self.machine.file("/proc/cpuinfo", f"processor\t: 0\nflags\t\t: {flags}\n")

    def nic(self, device: str, driver: str, vendor: str = "0x8086", **asked: object) -> None:
        """One NIC of the plan, another card than the machine's own."""
        self.machine.function(E810, 30, driver, vendor=vendor, device=device)
        self.plan["nics"] = [{"name": "data0", "pci": E810, "driver": driver, "virtualFunctions": [], **asked}]

    # --- CPU, kernel, memory ---

    def test_the_machine_of_the_tests_is_good_enough_and_is_told_what_it_is(self) -> None:
        self.noted("CPU with sse4_2, avx2, without avx512f", "data0 is Intel 82576, 1.49 Mpps at most on a line")

    def test_a_cpu_without_sse4_2_is_refused(self) -> None:
        self.cpu("fpu sse4_1 pdpe1gb")
        self.refused("the CPU has no sse4_2")

    def test_an_arm_cpu_needs_other_flags(self) -> None:
        self.machine.file("/proc/cpuinfo", "processor\t: 0\nFeatures\t: fp asimd aes crc32\n")
        self.noted("CPU with asimd, crc32")
        self.machine.file("/proc/cpuinfo", "processor\t: 0\nFeatures\t: fp asimd\n")
        self.refused("the CPU has no crc32")

    def test_a_kernel_before_4_14_is_refused_and_one_before_5_10_is_a_note(self) -> None:
        self.machine.file("/proc/sys/kernel/osrelease", "5.4.0-200-generic\n")
        self.noted("kernel 5.4.0-200-generic, 5.10 or later is recommended")
        self.machine.file("/proc/sys/kernel/osrelease", "4.9.0-19-amd64\n")
        self.refused("kernel 4.9.0-19-amd64, 4.14 is the least")

    def test_little_memory_is_a_note(self) -> None:
        self.noted("2.9 GiB of memory, a validator needs 16 GiB or more")
        self.machine.file("/proc/meminfo", "MemTotal:       24684092 kB\n")
        self.noted("23.5 GiB of memory, 32 GiB or more are recommended")
        self.machine.file("/proc/meminfo", "MemTotal:       65811456 kB\n")
        self.assertNotIn("of memory", self.noted())

    def test_memory_that_was_bought_counts_and_not_what_the_kernel_left_of_it(self) -> None:
        self.plan["requirements"] = {"memoryKiB": 3 * 1024 * 1024}
        self.refused(r"2.9 GiB of memory, `requirements` asks for 3 GiB")
        self.machine.file("/sys/devices/system/memory/block_size_bytes", "8000000\n")
        for block in range(24):  # of 128 MiB
            (self.machine.root / f"sys/devices/system/memory/memory{block}").mkdir()
        self.noted("3 GiB of memory")

    def test_what_requirements_ask_for_is_refused_where_it_is_not_there(self) -> None:
        self.plan["requirements"] = {"kernel": "6.8", "cpuFlags": ["avx2", "avx512f"]}
        self.refused("the CPU has no avx512f.*kernel 6.1.0-40-amd64, 6.8 is the least")
        self.plan["requirements"] = {"kernel": "5.10", "cpuFlags": ["avx2"]}
        self.noted()

    # --- IOMMU, lockdown, pages ---

    def test_vfio_without_any_iommu_is_refused(self) -> None:
        shutil.rmtree(self.machine.root / "sys/kernel/iommu_groups")
        self.refused("there is no IOMMU .*VT-d or AMD-Vi")
        self.plan["nics"] = []
        self.noted()

    def test_an_iommu_that_only_waits_for_its_kernel_argument_is_a_note(self) -> None:
        shutil.rmtree(self.machine.root / "sys/kernel/iommu_groups")
        self.machine.file("/sys/firmware/acpi/tables/DMAR", "")
        self.noted("the IOMMU is there and not at work yet")

    def test_uio_on_a_locked_down_kernel_is_refused(self) -> None:
        self.plan["modules"] = ["uio_pci_generic"]
        self.noted()
        self.machine.file("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n")
        self.refused(r"uio_pci_generic on a kernel that is locked down \(integrity\) \(use vfio-pci\)")

    def test_a_function_on_uio_is_refused_on_a_locked_down_kernel(self) -> None:
        self.plan["nics"][0]["virtualFunctions"][0]["driver"] = "igb_uio"
        self.machine.file("/sys/kernel/security/lockdown", "none integrity [confidentiality]\n")
        self.refused("igb_uio on a kernel that is locked down")

    def test_secure_boot_and_lockdown_are_noted_because_only_signed_modules_load(self) -> None:
        self.assertNotIn("signed", self.noted())
        self.machine.file(VARIABLE, "\x06\x00\x00\x00\x01")
        self.noted("secure boot is on: only signed modules load")
        self.machine.file("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n")
        self.noted("the kernel is locked down (integrity) and secure boot is on")
        self.machine.file(VARIABLE, "\x06\x00\x00\x00\x00")
        self.assertNotIn("secure boot", self.noted())

    def test_pages_of_1g_need_a_cpu_that_has_them(self) -> None:
        self.plan["hugepages"] = [{"size": "1G", "numaNode": 0, "pages": 1}]
        self.noted()
        self.cpu("fpu sse4_2")
        self.refused("hugepages of 1G on a CPU without pdpe1gb")

    def test_page_sizes_of_an_arm_kernel_are_those_that_it_lists(self) -> None:
        self.machine.file("/proc/cpuinfo", "Features\t: asimd crc32\n")
        self.plan["hugepages"] = [{"size": "1G", "numaNode": 0, "pages": 1}]
        self.refused(r"the kernel has no hugepages of 1G \(it has 2048kB\)")

    def test_a_kernel_without_hugepages_is_refused(self) -> None:
        shutil.rmtree(self.machine.root / "sys/kernel/mm")
        self.refused("CONFIG_HUGETLBFS")
        self.plan["hugepages"] = []
        self.noted()

    # --- cards ---

    def test_a_mellanox_card_on_vfio_pci_is_refused(self) -> None:
        self.nic("0x1017", "mlx5_core", "0x15b3", bind="vfio-pci")
        self.refused("data0 .*through mlx5_core, which must keep it")

    def test_functions_of_a_mana_card_on_vfio_pci_are_refused(self) -> None:
        self.nic("0x00ba", "mana", "0x1414", virtualFunctions=[{"index": 0, "driver": "vfio-pci"}])
        self.refused("through mana, which must keep it")

    def test_a_mellanox_card_that_keeps_its_driver_is_right(self) -> None:
        self.nic("0x1017", "mlx5_core", "0x15b3", virtualFunctions=[{"index": 0, "driver": "mlx5_core"}])
        self.noted("data0 is NVIDIA ConnectX-5, 148.81 Mpps")

    def test_a_card_that_nobody_knows_is_a_note(self) -> None:
        self.nic("0xffff", "strange", "0x1234", bind="vfio-pci")
        self.noted("data0 (1234:ffff) is no card that is known")

    def test_an_e810_without_its_ddp_package_cannot_be_given_to_dpdk(self) -> None:
        self.nic("0x1592", "ice", bind="vfio-pci")
        self.refused("data0 .*has no package /lib/firmware/intel/ice/ddp/ice.pkg")
        self.plan["packages"] = ["firmware-misc-nonfree"]
        self.noted("its DDP package is missing")
        self.plan["packages"] = []
        self.machine.file("/lib/firmware/intel/ice/ddp/ice.pkg", "")
        self.assertNotIn("DDP", self.noted())

    def test_an_e810_that_stays_with_ice_is_told_that_its_ddp_package_is_missing(self) -> None:
        self.nic("0x1592", "ice", virtualFunctions=[{"index": 0, "driver": "vfio-pci"}])
        self.noted(
            "data0 is Intel E810-C, 148.81 Mpps at most on a line, 58.5 Mpps a port in practice",
            "its DDP package is missing",
            "its firmware answers LLDP itself",
            "it may drop LACP frames once DPDK has reset the port",
        )

    def test_an_ena_is_told_that_a_distributions_vfio_pci_is_not_enough_for_its_queues(self) -> None:
        self.nic("0xec20", "ena", "0x1d0f", bind="vfio-pci")
        self.noted("data0 is Amazon ENA", "low latency queues need a vfio-pci that maps write-combining")

    def test_firmware_that_is_older_than_the_least_is_a_note(self) -> None:
        self.nic("0x1017", "mlx5_core", "0x15b3")
        self.machine.interface("data0", E810, "52:54:00:00:00:09")
        for version, told in (("16.9.9999 (MT_0000000012)", True), ("16.35.2000 (MT_0000000012)", False)):
            with self.subTest(version=version), mock.patch.object(cardcheck, "firmware_of", lambda *_: version):
                self.assertEqual("older than 16.21.1000" in self.noted(), told)

    def test_a_card_that_is_not_there_is_left_to_the_contradictions(self) -> None:
        self.plan["nics"][0]["pci"] = "0000:99:00.0"
        self.assertNotIn("data0", self.noted())

    def test_all_reasons_are_in_one_line(self) -> None:
        self.cpu("fpu")
        self.machine.file("/proc/sys/kernel/osrelease", "3.10.0-1160.el7.x86_64\n")
        self.refused("no sse4_2.*; .*kernel 3.10.0")

    def test_converge_refuses_before_it_keeps_or_changes_anything(self) -> None:
        self.cpu("fpu pdpe1gb")
        before, node = self.machine.snapshot(), self.machine.node()
        asked = {**self.plan, "nics": []}
        with self.assertRaisesRegex(Refused, "cannot be what its plan says, at alpha, found the CPU has no"):
            converge(node, json.dumps(asked), 1, lambda _: None)
        self.assertEqual((node.effects, self.machine.snapshot()), (0, before))
        self.assertEqual(node.names("/var/lib/dpdk-fleet"), [])

    def test_there_is_nothing_to_give_back(self) -> None:
        self.assertEqual(compatibility.revert(self.machine.node()), [])


if __name__ == "__main__":
    unittest.main()
