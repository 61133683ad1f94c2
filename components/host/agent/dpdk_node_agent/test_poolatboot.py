"""dpdk-hugepages@NODE-SIZE.service and hugepages.service: what they do at boot, and how they come and go."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import Sequence
from unittest import mock

from . import boot, runstate, trial, units
from .converge import refuse_impossible
from .errors import AgentError, Refused
from .hugepageunits import ALL, TARGET, TEMPLATE, all_of_them, template
from .node import Completed
from .poolatboot import pool
from .stage import State
from .stages import boot_unit, hugepage_units, hugepages
from .store import write_document
from .testing_commands import answer
from .testing_tree import Killed, Machine, plan

UNITS = "/etc/systemd/system"


class Fixture(unittest.TestCase):
    def setUp(self):
        self.machine, self.plan = Machine(), plan()
        self.addCleanup(self.machine.remove)

    def node(self):
        return self.machine.node()

    def pages(self, numa: int) -> int:
        return int(self.machine.text(f"/sys/devices/system/node/node{numa}/hugepages/hugepages-2048kB/nr_hugepages"))

    def set_up(self) -> None:
        for stage in (hugepages, hugepage_units):
            stage.apply(self.node(), self.plan)


class AtBoot(Fixture):
    def test_each_pool_is_reserved_by_its_own_unit(self):
        self.set_up()
        self.machine.reboot()
        pool(self.node(), "1-2M")
        self.assertEqual((self.pages(0), self.pages(1)), (0, 128))
        pool(self.node(), "0-2M")
        self.assertEqual(self.pages(0), 128)

    def test_a_pool_of_1g_is_reserved_at_run_time_where_the_kernel_can(self):
        for numa in range(2):
            home = f"/sys/devices/system/node/node{numa}"
            self.machine.file(f"{home}/hugepages/hugepages-1048576kB/nr_hugepages", "0\n")
            self.machine.file(f"{home}/meminfo", f"Node {numa} MemTotal:        8388608 kB\n")
        self.plan["hugepages"] = [{"size": "1G", "numaNode": 0, "pages": 2}, {"size": "1G", "numaNode": 1, "pages": 1}]
        self.set_up()
        file = "/sys/devices/system/node/node0/hugepages/hugepages-1048576kB/nr_hugepages"
        self.assertEqual(self.machine.text(file), "2")
        self.machine.file(file, "0\n")
        pool(self.node(), "0-1G")
        self.assertEqual(self.machine.text(file), "2")

    def test_fragmented_memory_is_compacted_and_tried_again(self):
        """Failure 4 of the field. The machine of the tests finds room only after its memory was compacted."""
        self.set_up()
        self.machine.reboot()
        self.machine.room["0"], write = 90, self.machine.write

        def compacting(path: str, text: str) -> bool:
            if path.endswith("compact_memory"):
                self.machine.room["0"] += 30
            return write(path, text)

        self.machine.write = compacting
        pool(self.node(), "0-2M")
        self.assertEqual(self.pages(0), 128)

    def test_a_shortfall_on_one_numa_node_is_an_error_and_leaves_what_was_there(self):
        self.set_up()
        self.machine.reboot()
        self.machine.write("/sys/devices/system/node/node1/hugepages/hugepages-2048kB/nr_hugepages", "60")
        self.machine.room["1"] = 90
        with self.assertRaisesRegex(AgentError, "128 pages of 2M on NUMA node 1.*90 after 4 attempts, back to 60"):
            pool(self.node(), "1-2M")
        self.assertEqual(self.pages(1), 60)

    def test_a_pool_that_the_kernel_arguments_gave_waits_for_nobody(self):
        self.set_up()
        with runstate.changing(self.node()):
            node = self.node()
            pool(node, "0-2M")
        self.assertEqual(node.effects, 0)

    def try_out(self, *asked: str) -> None:
        """A boot with the arguments of a later plan."""
        self.machine.reboot()
        self.machine.file("/proc/cmdline", f"root=UUID=1 {' '.join(asked)} {trial.mark(list(asked))}\n")
        trial.begin(self.node(), list(asked))

    def test_pages_that_a_trial_boot_has_for_a_later_plan_are_not_taken_from_it(self):
        self.set_up()
        self.try_out("hugepages=200")
        self.machine.write("/sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages", "200")
        pool(self.node(), "0-2M")
        self.assertEqual(self.pages(0), 200)

    def test_pages_of_1g_are_never_given_back_at_boot(self):
        """Where a later plan's arguments are for good already and the power was cut before its pools were noted."""
        file = "/sys/devices/system/node/node0/hugepages/hugepages-1048576kB/nr_hugepages"
        self.machine.file(file, "0\n")
        self.machine.file("/sys/devices/system/node/node0/meminfo", "Node 0 MemTotal:        8388608 kB\n")
        self.plan["hugepages"] = [{"size": "1G", "numaNode": 0, "pages": 2}]
        self.set_up()
        self.machine.file(file, "4\n")
        pool(self.node(), "0-1G")
        self.assertEqual(self.machine.text(file), "4")

    def test_pages_of_2m_that_an_older_kernel_has_spread_evenly_are_placed_as_asked(self):
        self.plan["hugepages"][0]["pages"], self.plan["hugepages"][1]["pages"] = 200, 56
        self.set_up()
        self.machine.reboot()
        for numa in range(2):
            self.machine.write(f"/sys/devices/system/node/node{numa}/hugepages/hugepages-2048kB/nr_hugepages", "128")
            pool(self.node(), f"{numa}-2M")
        self.assertEqual((self.pages(0), self.pages(1)), (200, 56))

    def test_an_older_agents_document_takes_no_pages_from_a_trial_either(self):
        self.set_up()
        document = {"node": "alpha", "sysctl": [], "nics": [], "hugepages": self.plan["hugepages"]}
        write_document(self.node(), boot_unit.DOCUMENT, document)
        self.try_out("hugepages=0:200,1:128")
        for numa, pages in enumerate(("200", "128")):
            self.machine.write(f"/sys/devices/system/node/node{numa}/hugepages/hugepages-2048kB/nr_hugepages", pages)
        self.assertEqual(boot.boot(self.node()), 0)
        self.assertEqual((self.pages(0), self.pages(1)), (200, 128))
        self.machine.reboot()
        trial.abandon(self.node())
        self.assertEqual(boot.boot(self.node()), 0)
        self.assertEqual((self.pages(0), self.pages(1)), (128, 128))

    def test_a_trial_boot_of_other_pools_is_not_starved_by_those_of_before(self):
        self.set_up()
        asked = ["hugepagesz=1G", "hugepages=0:2"]
        self.try_out(*asked)
        with self.assertRaisesRegex(AgentError, "dpdk-hugepages@0-2M.service, found 0 of 128; .*up"):
            pool(self.node(), "0-2M")
        self.assertEqual(self.pages(0), 0)
        trial.succeed(self.node(), asked)
        pool(self.node(), "0-2M")
        self.assertEqual(self.pages(0), 128)

    def test_a_pool_that_is_missing_while_the_service_starts_is_said_at_once(self):
        self.set_up()
        self.machine.reboot()
        with runstate.changing(self.node()), runstate.starting_service(self.node()):
            with self.assertRaisesRegex(AgentError, "dpdk-hugepages@0-2M.service, found 0 of 128"):
                pool(self.node(), "0-2M")

    def test_a_pool_that_no_plan_has_is_refused(self):
        with self.assertRaisesRegex(Refused, "no plan that was applied has this pool.*run `up`"):
            pool(self.node(), "0-2M")
        self.set_up()
        with self.assertRaisesRegex(Refused, "found 7-1G; name one of 0-2M, 1-2M"):
            pool(self.node(), "7-1G")

    def test_a_revert_takes_the_pages_from_the_next_boot_too(self):
        self.set_up()
        for stage in (hugepage_units, hugepages):
            stage.revert(self.node())
        self.machine.reboot()
        with self.assertRaises(Refused):
            pool(self.node(), "0-2M")
        self.assertEqual(self.pages(0), 0)


class Units(Fixture):
    def test_the_seeds_name_stands_for_all_pools(self):
        self.set_up()
        text = self.machine.text(f"{UNITS}/{ALL}")
        for line in ("Requires", "After"):
            self.assertIn(f"\n{line}=dpdk-hugepages@0-2M.service dpdk-hugepages@1-2M.service\n", text)
        template_there = self.machine.text(f"{UNITS}/{TEMPLATE}")
        self.assertIn("ExecStart=/usr/local/sbin/dpdk-node-agent hugepages %i\n", template_there)

    def test_it_is_up_after_the_first_up_as_after_every_boot(self):
        started = []

        def starting(machine: Machine, argv: Sequence[str]) -> Completed:
            if list(argv[:2]) == ["systemctl", "start"]:
                started.append(argv[-1])
            return answer(machine, argv)

        with mock.patch("dpdk_node_agent.testing_tree.answer", starting):
            self.set_up()
        self.assertIn(ALL, started)

    @mock.patch("dpdk_node_agent.stages.kernel_arguments.refuse_impossible")  # this machine has no boot loader
    def test_what_fights_the_pools_is_refused_before_the_first_stage(self, _boot_loader: mock.Mock):
        self.machine.file("/etc/sysctl.conf", "vm.nr_hugepages=2048\n")
        with self.assertRaisesRegex(Refused, "/etc/sysctl.conf sets vm.nr_hugepages to 2048"):
            refuse_impossible(self.node(), self.plan)
        (self.machine.root / "etc/sysctl.conf").unlink()
        self.machine.file(f"{UNITS}/{ALL}", "[Service]\n")
        with self.assertRaisesRegex(Refused, "a unit of this name is there already"):
            refuse_impossible(self.node(), self.plan)
        self.plan["hugepages"] = []
        refuse_impossible(self.node(), self.plan)

    def test_a_unit_of_somebody_else_with_the_same_name_is_refused_and_left_alone(self):
        self.machine.file(f"{UNITS}/{ALL}", "[Service]\n")
        with self.assertRaisesRegex(Refused, f"a unit of this name is there already, at {UNITS}/{ALL}"):
            self.set_up()
        self.assertEqual(self.machine.text(f"{UNITS}/{ALL}"), "[Service]")

    def test_another_number_of_pages_changes_no_unit(self):
        self.set_up()
        text = self.machine.text(f"{UNITS}/{ALL}")
        self.plan["hugepages"][0]["pages"] = 64
        self.assertEqual(hugepage_units.check(self.node(), self.plan).state, State.PARTIAL)
        self.set_up()
        self.assertEqual(self.machine.text(f"{UNITS}/{ALL}"), text)
        self.machine.reboot()
        pool(self.node(), "0-2M")
        self.assertEqual(self.pages(0), 64)

    def test_systemd_has_read_a_changed_template_wherever_the_agent_was_killed(self):
        """As after an upgrade: what is enabled looks as asked only where it was read."""
        file, read = f"{UNITS}/{TEMPLATE}", {}

        def reading(machine: Machine, argv: Sequence[str]) -> Completed:
            if list(argv) == ["systemctl", "daemon-reload"]:
                read["text"] = machine.text(file)
            return answer(machine, argv)

        with mock.patch("dpdk_node_agent.testing_tree.answer", reading):
            text = all_of_them(self.plan["hugepages"])
            for k in range(1, 12):
                units.install(self.node(), hugepage_units.NAME, ALL, text, TARGET, {TEMPLATE: "old"})
                with self.subTest(effect=k), contextlib.suppress(Killed):
                    hugepage_units.apply(self.machine.node(kill_at=k), self.plan)
                hugepage_units.apply(self.node(), self.plan)
                self.assertEqual(read["text"], template().strip())

    def test_a_plan_without_hugepages_takes_them_away(self):
        self.set_up()
        self.plan["hugepages"] = []
        self.assertEqual(hugepage_units.check(self.node(), self.plan).state, State.PARTIAL)
        hugepage_units.apply(self.node(), self.plan)
        self.assertEqual(hugepage_units.check(self.node(), self.plan).state, State.OK)
        self.assertEqual([name for name in self.node().names(UNITS) if "hugepages" in name], [])

    def test_systemd_finds_nothing_wrong(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("no systemd-analyze here")
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, TEMPLATE).write_text(template().replace("/usr/local/sbin/dpdk-node-agent", "/bin/true"))
            Path(folder, ALL).write_text(all_of_them(self.plan["hugepages"]))
            # Both, so that what one pulls in is found.
            words = ["systemd-analyze", "verify", f"{folder}/{ALL}", f"{folder}/dpdk-hugepages@0-2M.service"]
            done = subprocess.run(words, capture_output=True, text=True, check=False)
            self.assertEqual([line for line in done.stderr.splitlines() if "hugepages" in line], [])


if __name__ == "__main__":
    unittest.main()
