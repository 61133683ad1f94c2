"""The seed's six issues and its question about drops, each from the state of a machine that has it."""

from __future__ import annotations

import contextlib
import fcntl
import io
import json
import unittest
from typing import Callable, Sequence
from unittest import mock

from . import planfile
from .cli import main
from .doctor import findings
from .doctor.finding import Finding
from .node import Completed
from .stage import ok
from .stages import (
    boot_unit,
    hugepage_mounts,
    hugepage_units,
    hugepages,
    kernel_arguments,
    modules,
    sysctl,
    vfio_access,
    virtual_functions,
)
from .store import save_once
from .testing_layout import PF, UPLINK, VFS
from .testing_service import with_service
from .testing_telemetry import FakeTelemetry
from .testing_tree import Machine, plan

SOCKET = "run/pantheonchain/dpdk/rte/dpdk_telemetry.v2"
MEMINFO = "Node 0, zone   Normal  1 1 1 1 1 1 1 1 1 {free} 0\nNode 1, zone   Normal  1 1 1 1 1 1 1 1 1 {free} 0\n"


class Doctor(unittest.TestCase):
    """A machine with every card and page that the plan asks for; each test takes one thing away."""

    def setUp(self) -> None:
        self.machine, self.plan = Machine(), plan()
        self.failed_units: list[str] = []
        self.asked: list[Sequence[str]] = []
        self.addCleanup(self.machine.remove)
        self.plan["packages"], self.plan["files"] = [], []
        self.machine.file("/proc/buddyinfo", MEMINFO.format(free=128))

    def keep(self) -> None:
        planfile.keep(self.machine.node(), self.plan)

    def prepare(self) -> None:
        """All that the plan asks for, as an `up` leaves it; the kernel arguments run by themselves."""
        node = self.machine.node()
        self.keep()
        for stage in (modules, hugepages, hugepage_mounts, sysctl, vfio_access, virtual_functions):
            stage.apply(node, self.plan)
        for pci in VFS:
            if (self.machine.root / f"sys/bus/pci/devices/{pci}/driver").is_symlink():
                self.machine.unbind(pci)
            self.machine.file(f"/sys/devices/pci0000:00/{pci}/driver_override", "vfio-pci\n")
            self.machine.bind(pci, "vfio-pci")

    def found(self, issue: str) -> list[Finding]:
        return [one for one in findings(self.machine.node()) if one.issue == issue]

    def only(self, issue: str) -> Finding:
        found = self.found(issue)
        self.assertEqual(len(found), 1, found)
        return found[0]

    def test_a_prepared_node_has_none_of_the_issues(self) -> None:
        self.prepare()
        for unit in (boot_unit, hugepage_units):
            unit.apply(self.machine.node(), self.plan)
        with mock.patch.object(kernel_arguments, "check", lambda *_: ok("they run")):  # the folder has no whole GRUB
            self.assertEqual(findings(self.machine.node()), [])

    def test_a_stage_that_no_issue_is_about_is_told_and_one_that_cannot_look_says_why(self) -> None:
        self.plan["packages"] = ["dpdk-dev"]  # the machine is of no known system
        self.prepare()
        found = {one.cause: one.evidence for one in self.found("preparation")}
        self.assertIn("packages can be installed with", found["the stage packages is unverifiable"])
        self.assertIn("the stage boot-unit is absent", found)

    def test_every_finding_has_cause_evidence_and_what_mends_it(self) -> None:
        self.keep()
        self.machine.file("/proc/cmdline", "root=UUID=1\n")
        found = findings(self.machine.node())
        self.assertGreater(len(found), 5)
        for one in found:
            self.assertTrue(one.cause and one.mend and one.evidence, one)
            self.assertEqual(one.line(), f"{one.cause}: {one.mend}")

    # --- 1: NIC binding fails ---

    def test_a_function_that_the_kernel_still_has_is_told_with_its_driver_and_is_never_safe_to_mend(self) -> None:
        self.prepare()
        self.machine.unbind(VFS[0])
        self.machine.bind(VFS[0], "igbvf")
        one = self.only("nic-binding")
        self.assertEqual(one.cause, "data0 vf0 is not bound to vfio-pci: the kernel's driver has it")
        self.assertIn(f"{VFS[0]}: driver igbvf, driver_override vfio-pci, IOMMU group 20", one.evidence)
        self.assertEqual((one.mend, one.stage, one.safe), ("run up again", "", False))

    def test_an_interface_that_is_up_is_the_cause(self) -> None:
        self.plan["nics"] = [{**self.plan["nics"][0], "bind": "vfio-pci", "virtualFunctions": []}]
        self.prepare_only_kept()
        self.machine.file("/sys/class/net/enp1s0/flags", "0x1003\n")
        self.assertIn("its interface enp1s0 is up", self.only("nic-binding").cause)

    def prepare_only_kept(self) -> None:
        self.keep()
        for stage in (modules, vfio_access):
            stage.apply(self.machine.node(), self.plan)

    def test_the_card_that_carries_ssh_is_the_cause(self) -> None:
        uplink = {**self.plan["nics"][0], "name": "uplink", "pci": UPLINK, "bind": "vfio-pci", "virtualFunctions": []}
        self.plan["nics"] = [uplink]
        self.prepare_only_kept()
        one = self.only("nic-binding")
        self.assertIn("it carries the way into the node", one.cause)
        self.assertEqual(one.mend, "choose another NIC in the fleet file")

    def test_functions_that_were_never_made_are_told_with_their_number(self) -> None:
        self.prepare_only_kept()
        found = self.found("nic-binding")
        self.assertEqual([one.cause for one in found], ["data0 vf0 is not there", "data0 vf1 is not there"])
        self.assertEqual(found[0].evidence, f"sriov_numvfs of {PF} is 0")

    def test_a_card_at_another_address_is_found_by_its_mac(self) -> None:
        self.plan["nics"][0]["pci"] = "0000:04:00.0"
        self.prepare_only_kept()
        one = self.only("nic-binding")
        self.assertEqual(one.evidence, f"52:54:00:d0:00:01 is at {PF}")
        self.assertIn(f"write {PF} into hardware.nics.data0.pci", one.mend)

    def test_a_group_with_a_kernel_driver_in_it_is_not_viable(self) -> None:
        self.prepare()
        self.machine.function("0000:02:00.1", 20, "snd_hda_intel", kind="0x040300")
        one = self.only("nic-binding")
        self.assertIn("is bound and cannot be opened", one.cause)
        self.assertEqual(one.evidence, "group 20 has 0000:02:00.1 on snd_hda_intel")

    def test_a_module_that_is_not_loaded_is_safe_to_mend(self) -> None:
        self.prepare()
        self.machine.file("/etc/modules-load.d/dpdk-fleet.conf", "")
        one = self.only("nic-binding")
        self.assertEqual((one.stage, one.safe, one.mend), ("modules", True, "sudo dpdk-node-agent apply modules"))

    def test_a_binding_that_is_not_as_asked_and_still_has_its_driver_is_told(self) -> None:
        """Of an earlier plan, or undone by its timer unless somebody confirms it: nothing else would tell that."""
        self.prepare()
        save_once(self.machine.node(), "nic-binding", UPLINK, {"driver": "virtio-pci", "override": "(null)"})
        one = self.only("nic-binding")
        self.assertEqual(one.cause, "the stage nic-binding is partial")
        self.assertEqual((one.mend, one.stage, one.safe), ("run up again", "", False))
        self.assertIn(f"{UPLINK}: bound for an earlier plan", one.evidence)

    def test_a_locked_down_kernel_that_has_all_modules_is_nothing_wrong(self) -> None:
        self.prepare()
        self.machine.file("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n")
        self.assertEqual(self.found("nic-binding"), [])
        self.machine.file("/etc/modules-load.d/dpdk-fleet.conf", "")
        self.assertIn("the kernel is locked down (integrity)", [one.cause for one in self.found("nic-binding")])

    def test_a_remedy_with_a_colon_in_what_is_to_be_written_stays_whole(self) -> None:
        self.plan["nics"] = [{**self.plan["nics"][0], "bind": "vfio-pci", "virtualFunctions": []}]
        self.keep()
        self.machine.file("/etc/netplan/60.yaml", "network:\n  ethernets:\n    enp1s0:\n      dhcp4: true\n")
        one = next(one for one in self.found("preparation") if "netplan" in one.cause)
        self.assertTrue(one.cause.endswith("/etc/netplan/60.yaml waits for it at boot"), one.cause)
        self.assertEqual(one.mend, "write `optional: true` below enp1s0, or take it out")

    # --- 2: hugepage allocation failed ---

    def test_a_cpu_without_pages_of_1g_is_nothing_wrong_for_a_plan_of_2m(self) -> None:
        self.prepare()
        self.machine.file("/proc/cpuinfo", "processor : 0\nflags : fpu sse4_2\n")
        self.assertEqual(self.found("hugepages"), [])
        self.plan["hugepages"] = [{"size": "1G", "numaNode": 0, "pages": 1}]
        self.keep()
        self.assertIn("no hugepages of 1G", [one.cause for one in self.found("hugepages")])

    def lose_pages(self, numa: int = 1) -> None:
        self.prepare()
        self.machine.file(f"/sys/devices/system/node/node{numa}/hugepages/hugepages-2048kB/nr_hugepages", "100\n")

    def test_pages_that_are_missing_and_fit_are_safe_to_mend(self) -> None:
        self.lose_pages()
        one = self.only("hugepages")
        self.assertEqual(one.cause, "100 of 128 hugepages of 2M on NUMA node 1")
        self.assertEqual(one.evidence, "nr_hugepages 100; free memory of this size without a gap: 128 more")
        self.assertEqual((one.stage, one.safe), ("hugepages", True))

    def test_memory_in_pieces_is_not_mended_by_hand(self) -> None:
        self.lose_pages()
        self.machine.file("/proc/buddyinfo", MEMINFO.format(free=27))  # 28 are missing
        one = self.only("hugepages")
        self.assertEqual((one.stage, one.safe), ("", False))
        self.assertIn("memory is in use or in pieces", one.mend)

    def test_nothing_is_safe_that_a_running_service_stands_on(self) -> None:
        self.lose_pages()
        self.plan = with_service(self.plan, "native")
        self.keep()
        self.machine.data_plane.active = "active"
        found = {one.stage: one.safe for one in self.found("hugepages")}
        self.assertEqual(found, {"hugepages": False, "hugepage-mounts": False})

    def test_a_mount_that_is_gone_is_safe_to_mend(self) -> None:
        self.prepare()
        self.machine.unmount("/mnt/huge")
        one = self.only("hugepages")
        self.assertEqual((one.stage, one.safe), ("hugepage-mounts", True))

    def test_map_files_that_nobody_has_locked_hold_pages(self) -> None:
        self.prepare()
        self.machine.file("/mnt/huge/rtemap_0", "")
        self.machine.file("/mnt/huge/notes", "")
        self.assertIn("1 files such as /mnt/huge/rtemap_0", self.only("hugepages").evidence)
        with open(self.machine.root / "mnt/huge/rtemap_0") as held:
            fcntl.flock(held, fcntl.LOCK_SH)
            self.assertEqual(self.found("hugepages"), [])

    def test_pages_that_no_boot_reserves_are_told(self) -> None:
        self.prepare()
        self.machine.file("/proc/cmdline", "intel_iommu=on iommu=pt isolcpus=managed_irq,domain,2-3\n")
        self.assertIn("/proc/cmdline lacks default_hugepagesz=2M", self.only("hugepages").evidence)

    # --- 3: IOMMU not enabled ---

    def test_a_plan_that_goes_without_is_not_told_to_turn_one_on_and_still_hears_of_its_nics(self) -> None:
        self.machine.remove_iommu()
        self.plan["vfioNoIommu"] = True
        self.plan["nics"] = [{**self.plan["nics"][0], "bind": "vfio-pci", "virtualFunctions": []}]
        self.plan["kernel"]["arguments"] = []
        self.prepare_only_kept()
        self.assertEqual(self.found("iommu"), [])
        self.assertIn("data0 is not bound to vfio-pci", self.only("nic-binding").cause)

    def test_a_plan_without_vfio_needs_no_iommu_and_no_module_of_it(self) -> None:
        self.machine.remove_iommu()
        self.plan["nics"], self.plan["modules"], self.plan["kernel"]["arguments"] = [], [], []
        self.keep()
        self.assertEqual(self.found("iommu"), [])
        self.assertEqual([one for one in self.found("nic-binding") if "vfio-pci" in one.cause], [])

    def test_arguments_that_do_not_run_and_a_probe_that_failed_are_told(self) -> None:
        self.prepare()
        self.machine.file("/proc/cmdline", self.machine.text("/proc/cmdline").replace("intel_iommu=on ", ""))
        self.machine.log = "vfio-pci: probe of 0000:01:00.0 failed with error -22\n"
        causes = [one.cause for one in self.found("iommu")]
        self.assertEqual(
            causes,
            [
                "the running kernel has no intel_iommu=on, which the plan asks for",
                "vfio-pci was refused a device by the kernel",
            ],
        )

    # --- 4: low performance ---

    def test_cpus_that_the_scheduler_uses_are_named(self) -> None:
        self.prepare()
        self.machine.file("/sys/devices/system/cpu/isolated", "3\n")
        one = self.only("performance")
        self.assertEqual(one.cause, "the scheduler uses CPUs of the data plane: 2")
        self.assertIn("isolated is 3, asked isolcpus=managed_irq,domain,2-3", one.evidence)

    def test_a_card_whose_numa_node_does_not_poll_is_told(self) -> None:
        self.prepare()
        self.plan = with_service(self.plan, "native")
        self.keep()
        causes = [one.cause for one in self.found("performance")]
        self.assertIn(f"{VFS[0]} is on NUMA node 0, and none of its CPUs polls", causes)
        self.machine.file(f"/sys/devices/pci0000:00/{VFS[0]}/numa_node", "1\n")
        self.assertEqual([one.cause for one in self.found("performance")], ["no unified cgroups"])

    def test_a_slot_that_is_too_small_is_told_and_an_unknown_one_is_not(self) -> None:
        self.prepare()
        home = f"/sys/devices/pci0000:00/{PF}"
        has = {"max_link_width": "16", "max_link_speed": "16.0 GT/s PCIe", "current_link_width": "8"}
        for name, text in has.items():
            self.machine.file(f"{home}/{name}", f"{text}\n")
        self.machine.file(f"{home}/current_link_speed", "Unknown\n")
        self.assertEqual(self.found("performance"), [])
        self.machine.file(f"{home}/current_link_speed", "8.0 GT/s PCIe\n")
        self.assertEqual(self.only("performance").evidence, f"{PF}: x8 at 8 GT/s, the card has x16 at 16 GT/s")

    def test_kernel_parameters_are_safe_to_mend(self) -> None:
        self.prepare()
        self.machine.file("/proc/sys/vm/max_map_count", "65530\n")
        one = self.only("performance")
        self.assertEqual((one.stage, one.safe), ("sysctl", True))

    # --- 5: crashes ---

    def service(self, active: str, journal: str = "", **shown: str) -> list[Finding]:
        self.plan = with_service(self.plan, "native")
        self.keep()
        answers = {"ActiveState": active, "SubState": "x", "Result": "success", "ExecMainStatus": "0", "NRestarts": "0"}
        text = "".join(f"{name}={value}\n" for name, value in {**answers, **shown}.items())

        def run(argv, _timeout, _stdin):
            if argv[:2] == ("systemctl", "is-failed"):
                return Completed(0 if argv[-1] in self.failed_units else 1, "", "")
            self.asked.append(argv)
            return {"systemctl": Completed(0, text, ""), "journalctl": Completed(0, journal, "")}.get(
                argv[0], Completed(0, "", "")
            )

        node = self.machine.node()
        node.runner = run
        return [one for one in findings(node) if one.issue == "crashes"]

    def test_the_cause_of_a_dead_service_is_what_it_said_or_how_it_ended(self) -> None:
        failed: Callable[..., list[Finding]] = lambda **how: self.service("failed", **how)  # noqa: E731
        cases = [
            (failed(journal="EAL: Cannot get hugepage information.\n", Result="exit-code"), "no hugepages"),
            (failed(Result="exit-code", ExecMainStatus="78"), "refuses its configuration"),
            (failed(Result="exit-code", ExecMainStatus="69"), "a port was taken"),
            (failed(Result="oom-kill"), "the kernel took its memory away"),
            (failed(Result="core-dump", ExecMainStatus="11"), "a core dump"),
            (failed(Result="exit-code", ExecMainStatus="1"), "it ended by itself"),
            (self.service("inactive"), "it was stopped, or never started"),
        ]
        for found, cause in cases:
            self.assertEqual(len(found), 1, found)
            self.assertIn(cause, found[0].cause)
            self.assertIn("pantheonchain-dpdk.service is ", found[0].evidence)

    def test_words_of_an_earlier_start_are_not_taken_for_the_cause_of_this_end(self) -> None:
        old = "EAL: Cannot get hugepage information.\n"
        one = self.service("failed", old, Result="exit-code", ExecMainStatus="78", InvocationID="0123abcd")[0]
        self.assertIn("refuses its configuration", one.cause)
        journal = [argv for argv in self.asked if argv[0] == "journalctl"]
        self.assertTrue(all("_SYSTEMD_INVOCATION_ID=0123abcd" in argv for argv in journal), journal)

    def test_a_unit_that_it_requires_and_that_failed_is_the_cause(self) -> None:
        """systemd then leaves it inactive, as if nobody had started it, and never tries again."""
        self.failed_units = ["dpdk-hugepages@1-2M.service"]
        one = self.service("inactive")[0]
        self.assertIn("it does not start without dpdk-hugepages@1-2M.service, which failed", one.cause)
        self.assertIn("systemctl status dpdk-hugepages@1-2M.service", one.mend)

    def test_the_last_words_are_the_evidence(self) -> None:
        found = self.service("failed", "one\ntwo\nthree\nfour\n", Result="exit-code", ExecMainStatus="1")
        self.assertIn("exit code 1; two / three / four", found[0].evidence)

    def test_a_service_that_runs_after_crashes_is_told_and_one_that_starts_is_not(self) -> None:
        self.assertEqual(self.service("activating"), [])
        found = self.service("active", NRestarts="3")
        self.assertEqual(found[0].cause, "the data plane died and was started again 3 times")

    # --- 6 and Q7: connectivity and drops, by telemetry ---

    def telemetry(self, answers: dict) -> None:
        self.prepare()
        self.plan = with_service(self.plan, "native")
        self.keep()
        self.machine.data_plane.active = "active"
        usual = {
            "/ethdev/list": [0],
            "/ethdev/link_status,0": {"status": "UP"},
            "/ethdev/stats,0": {"ipackets": 990, "opackets": 1000},
            "/ethdev/info,0": {"name": VFS[0]},
        }
        served = FakeTelemetry(self.machine.root / SOCKET, {**usual, **answers})
        self.addCleanup(served.close)

    def test_a_quiet_data_plane_has_neither(self) -> None:
        beta = {"address": "10.78.0.2", "sent": 1000, "received": 996, "lost": 4}
        self.telemetry({"/pantheon/peers": {"beta": beta}})
        self.assertEqual(self.found("connectivity") + self.found("packet-drops"), [])

    def test_a_link_that_is_down_because_its_card_is_down_is_told_so(self) -> None:
        self.telemetry({"/ethdev/link_status,0": {"status": "DOWN"}})
        self.machine.file("/sys/class/net/enp1s0/flags", "0x1002\n")
        one = self.only("connectivity")
        self.assertIn(f"the link of {VFS[0]} is down: its card's interface enp1s0 is down", one.cause)
        self.assertEqual(one.mend, "sudo ip link set enp1s0 up")

    def test_a_peer_that_is_never_heard_and_one_that_loses_are_told_with_their_counts(self) -> None:
        peers = {
            "beta": {"address": "10.78.0.2", "sent": 500, "received": 0, "lost": 500},
            "gamma": {"address": "10.78.0.3", "sent": 500, "received": 400, "lost": 100},
        }
        self.telemetry({"/pantheon/peers": peers})
        causes = [one.cause for one in self.found("connectivity")]
        self.assertEqual(
            causes, ["nothing was ever heard from beta (10.78.0.2)", "answers of gamma (10.78.0.3) were lost"]
        )

    def test_a_service_that_does_not_tell_of_itself_is_told(self) -> None:
        self.prepare()
        self.plan = with_service(self.plan, "native")
        self.keep()
        self.machine.data_plane.active = "active"
        self.assertIn("there is no /run/pantheonchain", self.only("connectivity").evidence)

    def test_each_counter_of_lost_frames_has_its_own_cause_and_key(self) -> None:
        stats = {"ipackets": 990, "opackets": 999, "imissed": 10, "rx_nombuf": 5, "ierrors": 1, "oerrors": 1}
        pool = {"size": 4095, "common_pool_count": 12, "total_cache_count": 8}
        self.telemetry({"/ethdev/stats,0": stats, "/mempool/list": ["ports"], "/mempool/info,ports": pool})
        found = {one.evidence.split()[0]: one for one in self.found("packet-drops")}
        self.assertEqual(sorted(found), ["ierrors", "imissed", "oerrors", "rx_nombuf"])
        self.assertEqual(found["imissed"].evidence, "imissed 10 of 1000 frames since the service started (1 %)")
        self.assertIn("rxDescriptors", found["imissed"].mend)
        self.assertTrue(found["rx_nombuf"].evidence.endswith("; mempool ports: 4095 buffers, 20 of them free"))
        self.assertIn("mempoolSize", found["rx_nombuf"].mend)

    def test_a_program_that_tells_no_free_buffers_gives_the_size_as_evidence(self) -> None:
        pools = {"/mempool/list": ["ports"], "/mempool/info,ports": {"size": 4095}}  # DPDK 22.11
        self.telemetry({"/ethdev/stats,0": {"ipackets": 9, "rx_nombuf": 1}, **pools})
        self.assertTrue(self.only("packet-drops").evidence.endswith("(10 %); mempool ports: 4095 buffers"))

    def test_an_empty_mempool_is_told_before_a_frame_is_lost(self) -> None:
        pool = {"size": 4095, "common_pool_count": 0, "total_cache_count": 0}
        self.telemetry({"/mempool/list": ["ports"], "/mempool/info,ports": pool})
        self.assertEqual(self.only("packet-drops").evidence, "0 of 4095 buffers free")


class Verb(unittest.TestCase):
    def test_the_verb_gives_lines_for_people_and_objects_for_programs(self) -> None:
        machine = Machine()
        self.addCleanup(machine.remove)
        machine.file("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n")
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            code = main(["--root", str(machine.root), "doctor", "--json"])
        found = [one for one in json.loads(out.getvalue()) if "locked down" in one["cause"]]
        self.assertEqual((code, found[0]["issue"], found[0]["stage"]), (1, "nic-binding", None))
        self.assertIs(found[0]["safe"], False)
        self.assertEqual(sorted(found[0]), ["cause", "evidence", "issue", "mend", "safe", "stage"])


if __name__ == "__main__":
    unittest.main()
