"""What the doctor finds at Amazon's ENA interfaces. No instance was at hand: files are in the formats that their
sources show (amzn-drivers, userspace/dpdk/README.md, 6.2.3, and its issues 215, 333, 348; ena_ethdev.c and
ena_ethtool.c)."""

from __future__ import annotations

import itertools
import unittest

from . import planfile
from .doctor import findings
from .doctor.finding import Finding
from .testing_driver import Driver
from .testing_layout import PF
from .testing_service import STARTED_AT, with_service
from .testing_telemetry import FakeTelemetry
from .testing_tree import Machine, plan

SOCKET = "run/pantheonchain/dpdk/rte/dpdk_telemetry.v2"
LIST = "/sys/kernel/debug/x86/pat_memtype_list"
MANAGEMENT, PORT = "0000:00:05.0", "0000:00:06.0"
# Registers of 16 KiB, prefetchable memory of 1 MiB at BAR 2, interrupts; the README's and issue 215's addresses.
BARS = """\
0x00000000febf8000 0x00000000febfbfff 0x0000000000040200
0x0000000000000000 0x0000000000000000 0x0000000000000000
0x00000000fe900000 0x00000000fe9fffff 0x0000000000042208
0x0000000000000000 0x0000000000000000 0x0000000000000000
0x00000000febe0000 0x00000000febeffff 0x0000000000040200
0x0000000000000000 0x0000000000000000 0x0000000000000000
0x0000000000000000 0x0000000000000000 0x0000000000000000
"""
# Of the range before, the interface's own, the range behind.
TYPES = """\
PAT memtype list:
PAT: [mem 0x00000000000f0000-0x0000000000100000] write-back
PAT: [mem 0x00000000fe800000-0x00000000fe900000] {before}
PAT: [mem 0x00000000fe900000-0x00000000fea00000] {own}
PAT: [mem 0x00000000fea00000-0x00000000feb00000] {behind}
"""
SLOW, FAST = "uncached-minus", "write-combining"
# DPDK's own counters come first, then the driver's, of queues last; some of each.
XSTATS = {
    "rx_good_packets": 990,
    "tx_good_packets": 1000,
    "rx_q0_packets": 990,
    "wd_expired": 0,
    "dev_start": 1,
    "dev_stop": 0,
    "tx_drops": 0,
    "bw_in_allowance_exceeded": 0,
    "bw_out_allowance_exceeded": 0,
    "pps_allowance_exceeded": 0,
    "conntrack_allowance_exceeded": 0,
    "linklocal_allowance_exceeded": 0,
    "conntrack_allowance_available": 136812,
    "rx_q0_cnt": 990,
    "tx_q0_cnt": 1000,
}


class OnEna(unittest.TestCase):
    """An instance with one interface for SSH, on the kernel's driver, and one for the data plane, on vfio-pci."""

    def setUp(self) -> None:
        self.machine = Machine()
        self.addCleanup(self.machine.remove)
        self.machine.function(MANAGEMENT, None, "ena", vendor="0x1d0f", device="0xec20", resource=BARS)
        self.machine.interface("ens5", MANAGEMENT, "02:00:00:00:00:05")
        self.machine.function(PORT, 30, "vfio-pci", vendor="0x1d0f", device="0xec20", resource=BARS)

    def run_service(self) -> None:
        asked = with_service(plan(), "native")
        asked["service"]["functions"] = [PORT]
        planfile.keep(self.machine.node(), asked)
        self.machine.data_plane.active = "active"

    def map(self, own: str, before: str = FAST, behind: str = FAST) -> None:
        self.machine.file(LIST, TYPES.format(own=own, before=before, behind=behind))

    def found(self, words: str) -> list[Finding]:
        return [one for one in findings(self.machine.node()) if words in one.cause]


class WriteCombining(OnEna):
    def told(self) -> list[Finding]:
        return self.found("is mapped")

    def only(self) -> Finding:
        found = self.told()
        self.assertEqual(len(found), 1, found)
        return found[0]

    def test_memory_that_is_not_write_combining_is_told_with_its_cost_and_the_patch(self) -> None:
        self.run_service()
        self.map(SLOW)
        one = self.only()
        self.assertEqual(one.issue, "performance")
        self.assertIn(f"{PORT} is mapped uncached-minus and not write-combining, which", one.cause)
        self.assertIn(f"{LIST} has BAR 2 (0xfe900000-0xfe9fffff) as uncached-minus", one.evidence)
        self.assertIn("amzn-drivers' write-combining patch", one.mend)

    def test_every_type_but_the_one_is_told_by_its_name(self) -> None:
        for kind in ("uncached", "write-back", "write-through"):  # cattr_name of arch/x86/mm/pat/memtype.h
            self.map(kind)
            self.assertIn(f"mapped {kind} and not write-combining", self.only().cause)

    def test_the_list_of_kernels_before_5_6_is_read_too(self) -> None:
        self.machine.file(LIST, "PAT memtype list:\nuncached-minus @ 0xfe900000-0xfea00000\n")
        self.assertIn("mapped uncached-minus", self.only().cause)
        self.machine.file(LIST, "PAT memtype list:\nwrite-combining @ 0xfe900000-0xfea00000\n")
        self.assertEqual(self.told(), [])

    def test_its_neighbours_memory_says_nothing_of_it(self) -> None:
        self.run_service()
        self.map(FAST, before=SLOW, behind=SLOW)
        self.assertEqual(self.told(), [])

    def test_a_part_of_it_that_is_mapped_otherwise_counts(self) -> None:
        self.map(FAST)
        list_ = self.machine.text(LIST) + "\nPAT: [mem 0x00000000fe9ff000-0x00000000fea00000] uncached-minus\n"
        self.machine.file(LIST, list_)
        self.assertIn("mapped uncached-minus", self.only().cause)

    def test_while_no_program_has_it_there_is_no_mapping_and_nothing_is_told(self) -> None:
        self.machine.file(LIST, "PAT memtype list:\nPAT: [mem 0x00000000fe800000-0x00000000fe900000] uncached-minus\n")
        self.assertEqual(self.told(), [])

    def test_a_port_of_another_program_than_ours_is_seen_too(self) -> None:
        self.map(SLOW)
        self.assertIn(PORT, self.only().cause)

    def test_neither_the_kernels_interface_nor_another_makers_card_is_judged(self) -> None:
        self.map(SLOW)
        self.machine.unbind(PORT)
        self.machine.bind(PORT, "ena")
        self.machine.function("0000:00:07.0", 31, "vfio-pci", resource=BARS)
        self.assertEqual(self.told(), [])

    def test_hardware_without_prefetchable_memory_has_no_such_queues(self) -> None:
        self.map(SLOW)
        self.machine.file(f"/sys/devices/pci0000:00/{PORT}/resource", BARS.replace("42208", "40200"))
        self.assertEqual(self.told(), [])

    def test_where_debugfs_is_not_mounted_it_is_said_while_the_service_runs_and_only_then(self) -> None:
        self.run_service()
        one = self.only()
        self.assertIn("cannot be told: debugfs is not mounted", one.cause)
        self.assertEqual(one.mend, "sudo mount -t debugfs debugfs /sys/kernel/debug, then run doctor again")
        self.machine.data_plane.active = "inactive"
        self.assertEqual(self.told(), [])

    def test_a_list_that_a_locked_down_kernel_keeps_to_itself_is_no_proof_of_anything(self) -> None:
        self.run_service()
        (self.machine.root / LIST[1:]).mkdir(parents=True)  # cannot be read as a file, even by root
        self.machine.file("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n")
        one = self.only()
        self.assertIn("the kernel lets nobody read its list", one.cause)
        self.assertIn(f"{LIST} cannot be read, lockdown is integrity", one.evidence)

    def test_on_arm_nothing_can_be_told_and_where_the_module_comes_from_is_the_evidence(self) -> None:
        self.run_service()
        self.machine.file("/proc/cpuinfo", "processor\t: 0\nFeatures\t: fp asimd evtstrm aes crc32\n")
        one = self.only()
        self.assertIn("cannot be told: Arm has no list of memory types", one.cause)
        self.assertIn("vfio-pci is the kernel's own", one.evidence)
        self.machine.file("/sys/module/vfio_pci_core/taint", "OE\n")
        self.assertIn("vfio-pci was built outside the kernel's tree", self.only().evidence)

    def test_a_module_from_outside_that_has_no_effect_is_told_apart_from_the_kernels_own(self) -> None:
        """amzn-drivers' issue 348: every step of the patch was taken, and the memory was uncached-minus."""
        self.map(SLOW)
        self.assertIn("; vfio-pci is the kernel's own", self.only().evidence)
        self.machine.file("/sys/module/vfio_pci/taint", "OE\n")
        self.assertIn("; vfio-pci was built outside the kernel's tree", self.only().evidence)


class Allowances(OnEna):
    def serve(self, *looks: dict | str | None) -> None:
        """What the port counts at each look, the last one for ever; no counters where it does not tell."""
        self.run_service()
        answers = itertools.chain(looks, itertools.repeat(looks[-1]))
        served = FakeTelemetry(
            self.machine.root / SOCKET,
            {
                "/ethdev/list": [0],
                "/ethdev/link_status,0": {"status": "UP"},
                "/ethdev/stats,0": {"ipackets": 990, "opackets": 1000},
                "/ethdev/info,0": {"name": PORT},
                "/ethdev/xstats,0": lambda: {**XSTATS, **told} if isinstance(told := next(answers), dict) else told,
            },
        )
        self.addCleanup(served.close)

    def told(self) -> list[Finding]:
        return self.found("AWS held back")

    def only(self) -> Finding:
        found = self.told()
        self.assertEqual(len(found), 1, found)
        return found[0]

    def test_a_port_within_its_allowances_is_not_told_whatever_room_is_left(self) -> None:
        self.serve({"conntrack_allowance_available": 0})
        self.assertEqual(self.told(), [])

    def test_each_allowance_has_its_own_cause_and_remedy(self) -> None:
        self.serve({name: 7 for name in XSTATS if name.endswith("_exceeded")})
        found = {one.evidence.split()[0]: one for one in self.told()}
        self.assertEqual(len(found), 5)
        for name, one in found.items():
            self.assertEqual((one.issue, one.stage, one.safe), ("packet-drops", "", False))
            self.assertTrue(one.cause.startswith(f"AWS held back frames of {PORT}: "), one.cause)
            self.assertIn(f"{name} 7 since the service started ({STARTED_AT})", one.evidence)
        for part in ("cause", "mend"):
            self.assertEqual(len({getattr(one, part) for one in found.values()}), 5)
        conntrack = found["conntrack_allowance_exceeded"]
        self.assertTrue(conntrack.evidence.endswith("; room for 136812 more connections now"), conntrack.evidence)
        self.assertIn("not tracked", conntrack.mend)

    def test_what_grows_while_the_doctor_looks_is_told_with_how_much(self) -> None:
        self.serve({"pps_allowance_exceeded": 4711}, {"pps_allowance_exceeded": 4723})
        self.assertRegex(self.only().evidence, r"^pps_allowance_exceeded 4723 since .*, 12 of them in the last [\d.]+ s$")

    def test_what_does_not_grow_any_more_is_told_so(self) -> None:
        self.serve({"bw_out_allowance_exceeded": 4711})
        self.assertRegex(self.only().evidence, r"4711 since .*, none of them in the last [0-9.]+ s$")

    def test_a_device_that_was_reset_between_two_looks_has_not_grown(self) -> None:
        self.serve({"bw_in_allowance_exceeded": 4711}, {"bw_in_allowance_exceeded": 3})
        self.assertEqual(self.only().evidence, f"bw_in_allowance_exceeded 3 since the service started ({STARTED_AT})")

    def test_a_port_that_does_not_know_its_counters_or_ends_the_connection_is_no_finding(self) -> None:
        self.serve(None, "")  # one at each look
        self.assertEqual(self.told(), [])

    def test_a_first_look_that_saw_nothing_tells_of_no_growth(self) -> None:
        self.serve("", {"bw_in_allowance_exceeded": 3})
        self.assertTrue(self.only().evidence.endswith(f"started ({STARTED_AT})"), self.only().evidence)

    def test_the_kernels_interface_is_asked_by_its_driver_without_a_plan(self) -> None:
        counters = {"tx_timeout": 0, "interface_up": 1, "linklocal_allowance_exceeded": 1024, "queue_0_tx_cnt": 368940}
        self.machine.drivers["ens5"] = Driver(counters=counters)
        one = self.only()
        self.assertIn("AWS held back frames of ens5: more packets went to AWS's DNS", one.cause)
        self.assertRegex(one.evidence, "^linklocal_allowance_exceeded 1024 since its driver was reset last, none of")

    def test_a_driver_that_gets_more_queues_between_two_questions_is_read_all_the_same(self) -> None:
        class Growing(Driver):
            def answer(self, request: bytes) -> bytes:
                if request[0] == 0x1D:  # ETHTOOL_GSTATS
                    self.counters["queue_1_tx_cnt"] = 1
                return super().answer(request)

        self.machine.drivers["ens5"] = Growing(counters={"pps_allowance_exceeded": 5, "queue_0_tx_cnt": 9})
        self.assertIn("pps_allowance_exceeded 5 since its driver", self.only().evidence)

    def test_another_makers_interface_is_not_asked(self) -> None:
        self.machine.bind(PF, "igb")
        self.machine.drivers["enp1s0"] = Driver(counters={"pps_allowance_exceeded": 1})
        self.assertEqual(self.told(), [])


if __name__ == "__main__":
    unittest.main()
