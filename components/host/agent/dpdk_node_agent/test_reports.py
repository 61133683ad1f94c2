"""What the agent tells: facts, status and doctor."""

from __future__ import annotations

import json
import shutil
import unittest
from pathlib import Path

from . import planfile
from .boot import boot
from .doctor import doctor
from .facts import facts
from .secureboot import VARIABLE
from .stages import hugepages, modules, sysctl, virtual_functions
from .stages.boot_unit import apply as keep_for_boot
from .status import status
from .store import write_document
from .testing_layout import PF, UPLINK, VFS
from .testing_service import with_service
from .testing_tree import Machine, plan


def shape(value: object) -> object:
    """Keys all the way down; what stands in a list is known by its first element."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    return [shape(value[0])] if isinstance(value, list) and value and isinstance(value[0], dict) else None


class Reports(unittest.TestCase):
    def setUp(self):
        self.machine, self.plan = Machine(), plan()
        self.addCleanup(self.machine.remove)

    def test_facts_have_exactly_the_shape_of_the_contract(self):
        example = json.loads((Path(__file__).resolve().parents[2] / "facts.example.json").read_text())
        found = facts(self.machine.node())
        found["nics"].sort(key=lambda nic: nic["pci"] != PF)  # a shape is that of the first
        self.assertEqual(shape(found), shape(example))

    def test_facts_tell_cards_functions_and_the_way_in(self):
        virtual_functions.apply(self.machine.node(), self.plan)
        found = facts(self.machine.node())
        by_address = {nic["pci"]: nic for nic in found["nics"]}
        self.assertEqual(sorted(by_address), [UPLINK, PF, *VFS])
        self.assertEqual(by_address[PF]["virtualFunctions"], list(VFS))
        self.assertEqual((by_address[VFS[0]]["virtualFunctionOf"], by_address[VFS[0]]["interface"]), (PF, None))
        self.assertEqual((by_address[PF]["sriovTotal"], by_address[PF]["iommuGroup"]), (7, 14))
        self.assertEqual(found["wayIn"]["pci"], [UPLINK])
        self.assertEqual(found["kernel"]["arguments"][:3], ["root=UUID=1", "ro", "intel_iommu=on"])
        self.assertEqual(found["limits"], {"iommuGroups": 4, "iommuTable": None, "memlockKiB": 8192})
        self.machine.file("/sys/firmware/acpi/tables/DMAR", "")
        self.assertEqual(facts(self.machine.node())["limits"]["iommuTable"], "DMAR")

    def test_facts_tell_what_propose_needs_of_a_machine(self):
        self.machine.file(VARIABLE, "\x06\x00\x00\x00\x01")
        self.machine.function("0000:09:00.0", None, None, vendor="0x1234", device="0x0001")
        found = facts(self.machine.node())
        cards = {nic["pci"]: (nic["card"], nic["sriov"]) for nic in found["nics"]}
        self.assertEqual(cards[PF], ("Intel 82576", {"total": 7, "offset": 128, "stride": 2}))
        self.assertEqual((cards[UPLINK], cards["0000:09:00.0"]), (("virtio-net", None), (None, None)))
        self.assertEqual(found["cpus"]["model"], "QEMU TCG CPU version 2.5+")
        self.assertEqual(found["cpus"]["flags"], ["sse4_2", "avx2", "aes", "pdpe1gb", "hypervisor"])
        self.assertEqual((found["memory"], found["kernel"]["secureBoot"]), ({"totalKiB": 3072000}, True))

    def test_facts_tell_what_would_be_lost_with_a_card(self):
        def carried() -> dict[str, list[str]]:
            return {nic["pci"]: nic["carries"] for nic in facts(self.machine.node())["nics"]}

        link_local = [{"dst": "fe80::/64", "dev": "enp1s0"}, {"dst": "ff00::/8", "dev": "enp1s0", "table": "local"}]
        self.machine.ip_routes["-6"] = link_local
        self.assertEqual(carried(), {UPLINK: ["0.0.0.0/0", "10.0.2.0/24"], PF: []})
        own = {"type": "local", "dst": "10.77.0.1", "dev": "enp1s0", "table": "local"}
        self.machine.ip_routes["-4"] = [{"dst": "10.77.0.0/24", "dev": "enp1s0"}, own]
        self.machine.interface("bond0", None, "52:54:00:d0:00:01")
        self.machine.lower("bond0", "enp1s0")
        self.assertEqual(carried()[PF], ["10.77.0.0/24", "10.77.0.1/32", "bond0"])

    def test_status_sets_plan_and_machine_side_by_side(self):
        for stage in (modules, hugepages, virtual_functions):
            stage.apply(self.machine.node(), self.plan)
        self.machine.bind(VFS[0], "vfio-pci")
        self.plan["packages"] = []
        self.plan["kernel"]["arguments"].append("mitigations=off")
        found = status(self.machine.node(), self.plan)
        self.assertEqual(found["kernelArguments"]["missing"], ["mitigations=off"])
        self.assertEqual(found["hugepages"][0], {"size": "2M", "numaNode": 0, "pages": 128, "free": 0, "asked": 128})
        self.assertEqual(found["isolated"], {"asked": "2-3", "running": "2-3"})
        rows = [(row["function"], row["pci"], row["driver"], row["mac"]) for row in found["nics"]]
        self.assertEqual(
            rows,
            [
                ("pf", PF, "igb", "52:54:00:d0:00:01"),
                ("vf0", VFS[0], "vfio-pci", "52:54:00:d1:00:01"),
                ("vf1", VFS[1], None, "52:54:00:d1:01:01"),
            ],
        )
        self.assertEqual(found["stages"]["hugepages"]["state"], "ok")
        self.assertEqual(found["stages"]["sysctl"]["state"], "absent")

    def test_doctor_has_nothing_to_say_of_a_good_machine(self):
        self.assertEqual(doctor(self.machine.node()), [])

    def test_doctor_names_each_obstacle_with_its_remedy(self):
        shutil.rmtree(self.machine.root / "sys/kernel/iommu_groups")
        shutil.rmtree(self.machine.root / "sys/kernel/mm")
        (self.machine.root / "lib/modules/6.1.0-40-amd64/modules.dep").unlink()
        self.machine.file("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n")
        self.machine.file("/sys/devices/system/node/node1/meminfo", "Node 1 MemTotal:        0 kB\n")
        self.machine.file("/proc/cpuinfo", "flags\t\t: fpu\n")
        self.machine.function("0000:05:00.0", None, "ice", device="0x1593")
        self.machine.log = (
            "vfio-pci 0000:01:00.0: Device is ineligible for IOMMU domain attach due to platform RMRR requirement.\n"
        )
        (self.machine.root / "boot/grub/grub.cfg").unlink()
        text = "\n".join(doctor(self.machine.node()))
        for part in (
            "no IOMMU: turn VT-d",
            "no module vfio-pci",
            "locked down (integrity)",
            "CONFIG_HUGETLBFS",
            "pdpe1gb",
            "node1 has CPUs and no memory",
            "kernel arguments cannot be tried",
            "0000:05:00.0: Intel E810-C without its DDP",
            "ineligible for IOMMU",
        ):
            self.assertIn(part, text)

    def test_doctor_knows_each_way_in_which_kernels_say_that_the_firmware_claims_a_device(self):
        """As it stands in the kernel's log: VT-d's sentence, and since Linux 6.6 any IOMMU's (gatekeeper #718)."""
        for said in (
            "vfio-pci 0000:01:00.0: Device is ineligible for IOMMU domain attach due to platform RMRR requirement.  "
            "Contact your platform vendor.",
            "vfio-pci 0000:01:00.0: Firmware has requested this device have a 1:1 IOMMU mapping, rejecting configuring "
            "the device without a 1:1 mapping. Contact your platform vendor.",
        ):
            with self.subTest(said):
                self.machine.log = f"vfio-pci 0000:01:00.0: enabling device\n{said}\n"
                self.assertIn(f"the firmware claims a device ({said}): turn its shared memory", self.only())

    def test_doctor_knows_which_cards_need_a_ddp_package(self):
        self.machine.function("0000:05:00.0", 30, "ice", device="0x159b")
        self.machine.function("0000:06:00.0", 31, "igc", device="0x125b")  # an I226, whose number is close to E823's
        self.assertIn("0000:05:00.0: Intel E810-XXV without its DDP package", self.only())
        self.machine.file("/lib/firmware/intel/ice/ddp/ice.pkg", "")
        self.assertEqual(doctor(self.machine.node()), [])
        self.machine.log = "ice 0000:05:00.0: The DDP package file was not found. Entering Safe Mode.\n"
        self.assertIn("0000:05:00.0: Intel E810-XXV in safe mode", self.only())

    def test_doctor_says_that_dpdk_may_not_read_a_compressed_ddp_package(self):
        self.machine.function("0000:05:00.0", 30, "ice", device="0x159b")
        self.machine.file("/lib/firmware/intel/ice/ddp/ice.pkg.xz", "")
        self.assertEqual(doctor(self.machine.node()), [])
        self.machine.bind("0000:05:00.0", "vfio-pci")
        self.machine.file("/sys/module/vfio_pci/refcnt", "0\n")
        self.assertIn("compressed (/lib/firmware/intel/ice/ddp/ice.pkg.xz)", self.only())

    def test_doctor_finds_a_mellanox_card_that_was_given_away(self):
        self.machine.function("0000:05:00.0", 30, "vfio-pci", vendor="0x15b3", device="0x101d")
        self.assertIn("0000:05:00.0: NVIDIA ConnectX-6 Dx on vfio-pci", self.only())
        self.assertIn("give it back to mlx5_core", self.only())

    def only(self) -> str:
        """The one line that doctor has to say."""
        lines = doctor(self.machine.node())
        self.assertEqual(len(lines), 1, lines)
        return lines[0]

    def test_doctor_says_what_is_wrong_with_the_hugepages_of_the_kept_plan(self):
        self.plan["hugepages"].append({"size": "1G", "numaNode": 0, "pages": 1})
        planfile.keep(self.machine.node(), self.plan)
        self.machine.file("/etc/sysctl.conf", "vm.nr_hugepages=2048\n")
        self.machine.mount("/mnt/huge", "pagesize=2M")
        self.machine.file("/mnt/huge/spdk_pid7map_0", "")
        text = "\n".join(doctor(self.machine.node()))
        for part in (
            "0 of 128 hugepages of 2M on NUMA node 1: memory is in use or in pieces",
            "no pool of 1G on NUMA node 0: boot with the plan's arguments: before 5.8 a kernel hides",
            "/etc/sysctl.conf sets vm.nr_hugepages to 2048, the plan has 256 pages of 2M: take the line out",
            "a process that has gone holds hugepages in /mnt/huge: remove them",
        ):
            self.assertIn(part, text)
        self.assertTrue(self.machine.node().exists("/mnt/huge/spdk_pid7map_0"))

    def test_doctor_says_what_the_service_of_the_kept_plan_needs(self):
        hugepages.apply(self.machine.node(), self.plan)
        planfile.keep(self.machine.node(), with_service(self.plan, "podman"))
        found = [line.partition(":")[0] for line in doctor(self.machine.node())]
        for said in ("no unified cgroups", "podman is not installed, and the service is to run in it"):
            self.assertIn(said, found)

    def test_a_boot_puts_back_only_what_was_in_effect(self):
        for stage in (modules, sysctl):
            stage.apply(self.machine.node(), self.plan)
        keep_for_boot(self.machine.node(), self.plan)
        self.machine.reboot()
        self.machine.file("/proc/sys/vm/max_map_count", "65530\n")
        self.assertEqual(boot(self.machine.node()), 0)
        self.assertEqual(sysctl.check(self.machine.node(), self.plan).state, "ok")
        self.assertEqual(hugepages.check(self.machine.node(), self.plan).state, "absent")
        self.assertEqual(self.machine.text(f"/sys/bus/pci/devices/{PF}/sriov_numvfs"), "0")

    def test_after_an_upgrade_and_before_the_next_up_a_boot_puts_hugepages_back_too(self):
        """The document of an older agent has them, and their own units are not there yet."""
        hugepages.apply(self.machine.node(), self.plan)
        write_document(self.machine.node(), "boot-plan.json", {**self.plan, "nics": []})
        self.machine.reboot()
        self.assertEqual(boot(self.machine.node()), 0)
        self.assertEqual(hugepages.check(self.machine.node(), self.plan).state, "ok")

    def test_a_boot_of_a_node_that_was_never_converged_does_nothing(self):
        node = self.machine.node()
        self.assertEqual((boot(node), node.effects), (0, 0))


if __name__ == "__main__":
    unittest.main()
